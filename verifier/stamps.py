"""Time stamps (RFC 3161): a token says that a hash existed at an instant, and who says so.

Everything in a token is either signed, or part of the way to the root, or of one fixed value: a changed bit is found.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from verifier import certificates
from verifier.certificates import Untrusted

LARGEST = 128 * 2**10
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_KINDS: tuple[tuple[type[Any], str], ...] = (
    (ec.EllipticCurvePublicKey, "ecdsa"),
    (rsa.RSAPublicKey, "rsassa_pkcs1v15"),
    (ed25519.Ed25519PublicKey, "ed25519"),
)


class BadStamp(ValueError):
    """The token does not prove it; the text says why."""


@dataclass(frozen=True)
class Stamp:
    """That the hash existed at `at`, by the word of `authority`."""

    at: datetime
    authority: str
    root: str
    """Fingerprint of the root to which the authority's certificate leads."""


def verify(
    token: bytes | memoryview, content: bytes, others: Sequence[x509.Certificate], roots: Collection[str]
) -> Stamp:
    """What the token proves about `content`. Raises BadStamp, or Untrusted if the authority does not lead to a root."""
    info, signed = _opened(bytes(token))
    _require_imprint(info, content)
    at = _instant(info)
    embedded = [_certificate(choice) for choice in signed["certificates"] or ()]
    signer = signed["signer_infos"][0]
    leaf = _named(signer, [*embedded, *others])
    _require_signature(signer, signed, leaf)
    known = [*embedded, *others]
    way = certificates.chain(leaf, known, roots, at, certificates.for_time_stamps)
    for certificate in embedded:
        if certificate not in way:
            certificates.chain(certificate, known, roots, at)
    return Stamp(at, certificates.shown(leaf), certificates.fingerprint(way[-1]))


def _opened(token: bytes) -> tuple[Any, Any]:
    """What the token says, and the structure around it that is signed."""
    if len(token) > LARGEST:
        raise BadStamp("too large for a time stamp")
    try:
        outer = cms.ContentInfo.load(token, strict=True)
        if outer["content_type"].native != "signed_data":
            raise BadStamp("not a signed time stamp")
        signed = outer["content"]
        content = signed["encap_content_info"]
        if content["content_type"].native != "tst_info" or signed["version"].native != "v3":
            raise BadStamp("not a time stamp")
        if len(signed["signer_infos"]) != 1 or signed["crls"]:
            raise BadStamp("a time stamp has one signer and carries no lists")
        info = tsp.TSTInfo.load(bytes(content["content"]), strict=True)
        return info.native and info, signed
    except (ValueError, TypeError, KeyError, OverflowError, IndexError) as error:
        if isinstance(error, BadStamp):
            raise
        raise BadStamp(f"damaged: {type(error).__name__}") from None


def _require_imprint(info: Any, content: bytes) -> None:
    imprint = info["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    if name not in _HASHES:
        raise BadStamp(f"the time stamp rests on the hash {name}")
    if imprint["hashed_message"].native != hashlib.new(name, content).digest():
        raise BadStamp("the time stamp is for another content")


def _instant(info: Any) -> datetime:
    at = info["gen_time"].native
    if info["version"].native != "v1" or not isinstance(at, datetime) or at.tzinfo is None:
        raise BadStamp("the time stamp names no instant")
    return at.astimezone(UTC)


def _certificate(choice: Any) -> x509.Certificate:
    if choice.name != "certificate":
        raise BadStamp("an attribute certificate is no part of a time stamp")
    return certificates.from_der(choice.chosen.dump())


def _named(signer: Any, known: Sequence[x509.Certificate]) -> x509.Certificate:
    """The signer's certificate, as the token names it and as its signed attribute pins it (RFC 5035)."""
    sid = signer["sid"]
    if sid.name != "issuer_and_serial_number" or signer["version"].native != "v1":
        raise BadStamp("the signer is not named by issuer and number")
    wanted = (sid.chosen["issuer"].dump(), sid.chosen["serial_number"].native)
    for certificate in known:
        if (certificate.issuer.public_bytes(), certificate.serial_number) == wanted:
            _require_pinned(signer, certificate)
            return certificate
    raise BadStamp("the signer's certificate is missing")


def _require_pinned(signer: Any, certificate: x509.Certificate) -> None:
    """Older authorities pin by SHA-1 (RFC 2634); the signature over it is a strong one all the same."""
    attributes = _attributes(signer)
    if "signing_certificate_v2" in attributes:
        first = attributes["signing_certificate_v2"]["certs"][0]
        name = first["hash_algorithm"]["algorithm"].native
        digest = _HASHES.get(name)
    else:
        first = attributes["signing_certificate"]["certs"][0] if "signing_certificate" in attributes else None
        digest = hashes.SHA1()  # noqa: S303  # what that attribute is made of
    if first is None or digest is None or first["cert_hash"].native != certificate.fingerprint(digest):
        raise BadStamp("the time stamp does not pin its signer's certificate")


def _attributes(signer: Any) -> dict[str, Any]:
    """The signed attributes by name, each of one value."""
    found: dict[str, Any] = {}
    for attribute in signer["signed_attrs"]:
        name = attribute["type"].native
        if name in found or len(attribute["values"]) != 1:
            raise BadStamp("a signed attribute is there twice")
        found[name] = attribute["values"][0]
    return found


def _require_signature(signer: Any, signed: Any, leaf: x509.Certificate) -> None:
    digest = _digest(signer["digest_algorithm"])
    if [d.dump() for d in signed["digest_algorithms"]] != [signer["digest_algorithm"].dump()]:
        raise BadStamp("the time stamp does not name its hash")
    attributes = _attributes(signer)
    kind, message = attributes.get("content_type"), attributes.get("message_digest")
    if kind is None or kind.native != "tst_info":
        raise BadStamp("what was signed is no time stamp")
    content = bytes(signed["encap_content_info"]["content"])
    if message is None or message.native != hashlib.new(digest.name, content).digest():
        raise BadStamp("what the time stamp says was changed after it was signed")
    algorithm = signer["signature_algorithm"]
    expected = next((name for kind_, name in _KINDS if isinstance(leaf.public_key(), kind_)), "")
    if algorithm.signature_algo != expected or (expected == "ecdsa" and algorithm["parameters"].native is not None):
        raise BadStamp("the signature is not of the kind of its key")
    if expected == "ecdsa" and algorithm.hash_algo != digest.name:
        raise BadStamp("the signature rests on two hashes")
    if len(signer["unsigned_attrs"]):
        raise BadStamp("the time stamp carries something that nobody signed")
    # What is signed is the set as such, not the tagged field that holds it (RFC 5652, 5.4).
    attributes_signed = b"\x31" + signer["signed_attrs"].dump()[1:]
    try:
        certificates.verify_with_key(leaf.public_key(), signer["signature"].native, attributes_signed, digest)
    except Untrusted as error:
        raise BadStamp(str(error)) from None


def _digest(algorithm: Any) -> hashes.HashAlgorithm:
    name = algorithm["algorithm"].native
    if name not in _HASHES or algorithm["parameters"].native is not None:
        raise BadStamp(f"the time stamp rests on the hash {name}")
    return _HASHES[name]
