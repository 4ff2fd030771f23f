"""The company's own time stamp authority (RFC 3161). It says of itself that it is: 自建.

Its clock is the server's, so a stamp proves no more than the company says; where that is not enough, an external
authority is asked (`pki/external.py`).
"""

import hashlib
import secrets
from datetime import UTC, datetime

from asn1crypto import algos, cms, tsp, x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute

from pki.adapters import asn1
from pki.certificates import common_name, hash_of
from pki.keys import Identity
from pki.names import STAMP_POLICY
from pki.stamps import ALGORITHMS, Answer, Clock, StampRefused, question

ACCURACY = 1
"""Seconds by which a stamp may be off, as long as the server's clock is kept."""
LARGEST_REQUEST = 16_384
"""Bytes; a usual one has less than a hundred."""


class _Refusal(Exception):
    def __init__(self, failure: str, message: str) -> None:
        super().__init__(message)
        self.failure = failure


def _now() -> datetime:
    return datetime.now(UTC)


class OwnAuthority:
    """Stamps in this process, and answers requests that came over HTTP. Keeps nothing: serial numbers are random."""

    def __init__(self, identity: Identity, issuer: Certificate, clock: Clock = _now) -> None:
        self._key = identity.key
        self._hash = hash_of(identity.key.curve)
        self._name = common_name(identity.certificate)
        self._certificate = asn1(identity.certificate)
        self._chain = [self._certificate, asn1(issuer)]
        certified = as_signing_certificate_v2(self._certificate)
        self._signer_named = bytes(simple_cms_attribute("signing_certificate_v2", certified).dump())
        self._clock = clock

    @property
    def name(self) -> str:
        return self._name

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        """Fulfils StampingAuthority. Raises StampRefused for a weak or wrong digest."""
        try:
            asked = question(digest, algorithm)
        except ValueError as error:
            raise StampRefused(str(error)) from error
        return bytes(self._token(tsp.TimeStampReq.load(asked.der())).dump())

    def respond(self, request: bytes) -> bytes:
        """The answer to a request, both DER. What can't be stamped is refused in the answer, never by an exception."""
        try:
            token = self._token(_parsed(request))
        except _Refusal as refusal:
            status = {
                "status": "rejection",
                "status_string": [str(refusal)],
                "fail_info": tsp.PKIFailureInfo({refusal.failure}),
            }
            return bytes(Answer({"status": status}).dump())
        return bytes(Answer({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

    def _token(self, request: tsp.TimeStampReq) -> cms.ContentInfo:
        info = {
            "version": "v1",
            "policy": STAMP_POLICY.dotted_string,
            "message_imprint": request["message_imprint"],
            "serial_number": secrets.randbits(127),
            "gen_time": self._clock().replace(microsecond=0),
            "accuracy": {"seconds": ACCURACY},
            "tsa": x509.GeneralName("directory_name", self._certificate.subject),
        }
        if request["nonce"].native is not None:
            info["nonce"] = request["nonce"].native
        return self._signed(tsp.TSTInfo(info).dump(), with_certificates=bool(request["cert_req"].native))

    def _signed(self, content: bytes, *, with_certificates: bool) -> cms.ContentInfo:
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("message_digest", hashlib.new(self._hash.name, content).digest()),
                cms.CMSAttribute.load(self._signer_named),
            ]
        ).dump()
        digest = algos.DigestAlgorithm({"algorithm": self._hash.name})
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    "issuer_and_serial_number",
                    {"issuer": self._certificate.issuer, "serial_number": self._certificate.serial_number},
                ),
                "digest_algorithm": digest,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": f"{self._hash.name}_ecdsa"}),
                "signed_attrs": cms.CMSAttributes.load(attributes),  # read anew, it is not encoded anew at each step
                "signature": self._key.sign(attributes, ec.ECDSA(self._hash)),
            }
        )
        signed = {
            "version": "v3",
            "digest_algorithms": cms.DigestAlgorithms((digest,)),
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
            "signer_infos": [signer],
        }
        if with_certificates:
            signed["certificates"] = self._chain
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _parsed(request: bytes) -> tsp.TimeStampReq:
    """The request, if it is one that can be granted. Raises _Refusal."""
    try:
        asked = tsp.TimeStampReq.load(request, strict=True)
        version = asked["version"].native
        algorithm = asked["message_imprint"]["hash_algorithm"]["algorithm"].native
        digest = asked["message_imprint"]["hashed_message"].native
        policy = asked["req_policy"].native
        extensions = asked["extensions"].native
        _ = asked["nonce"].native, asked["cert_req"].native
    except (ValueError, KeyError, TypeError) as error:
        raise _Refusal("bad_data_format", "this is no time stamp request") from error
    if version != "v1":
        raise _Refusal("bad_request", "version 1 is spoken here")
    if algorithm not in ALGORITHMS:
        raise _Refusal("bad_alg", f"stamped are digests by {', '.join(ALGORITHMS)}")
    if len(digest) != hashlib.new(algorithm).digest_size:
        raise _Refusal("bad_data_format", "the digest's length does not fit its algorithm")
    if policy not in (None, STAMP_POLICY.dotted_string):
        raise _Refusal("unaccepted_policy", f"the only policy is {STAMP_POLICY.dotted_string}")
    if extensions:
        raise _Refusal("unaccepted_extensions", "no extensions are known here")
    return asked
