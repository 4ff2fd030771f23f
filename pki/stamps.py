"""Time stamps (RFC 3161): who gives them, in which order they are asked, and what makes an answer believable."""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

ALGORITHMS = ("sha256", "sha384", "sha512")
CLOCKS_APART = timedelta(minutes=5)
"""An authority whose clock differs more from ours is not believed, nor are we: somebody has to look."""
Clock = Callable[[], datetime]

# It tells of each token it refuses with a traceback; here a refusal is an answer like another.
logging.getLogger("pyhanko.sign.validation.generic_cms").setLevel(logging.CRITICAL)


class Answer(core.Sequence):  # type: ignore[misc]  # the library has no types
    """TimeStampResp of RFC 3161, in which the token may be missing: the library's own wants one in refusals, too."""

    _fields = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


class NoStamp(Exception):
    """There is no time stamp; the message says why. Trying again may help: never go on with a time of one's own."""


class AuthorityAway(NoStamp):
    """It did not answer in time, or with something else than a time stamp answer."""


class StampRefused(NoStamp):
    """The authority refused the request."""


class StampNotBelieved(NoStamp):
    """The answer is not about what was asked, or not from somebody we trust."""


class StampingAuthority(Protocol):
    """Whoever confirms that a digest existed at an instant."""

    @property
    def name(self) -> str:
        """What it is called in evidence; the company's own says that it is."""

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        """A time stamp token (CMS ContentInfo, DER) over the digest. Raises NoStamp."""


@dataclass(frozen=True)
class InOrder:
    """Asks one authority after another; whoever answers first, and believably, has stamped."""

    authorities: Sequence[StampingAuthority]

    @property
    def name(self) -> str:
        return " → ".join(authority.name for authority in self.authorities)

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        problems = []
        for authority in self.authorities:
            try:
                return authority.stamp(digest, algorithm)
            except NoStamp as problem:
                problems.append(f"{authority.name}: {problem}")
        raise NoStamp("; ".join(problems) or "no time stamp authority is set up")


@dataclass(frozen=True)
class Question:
    """What an authority is asked, and what its answer has to match."""

    digest: bytes
    algorithm: str
    nonce: int

    def der(self) -> bytes:
        request = tsp.TimeStampReq(
            {
                "version": "v1",
                "message_imprint": {
                    "hash_algorithm": algos.DigestAlgorithm({"algorithm": self.algorithm}),
                    "hashed_message": self.digest,
                },
                "nonce": self.nonce,
                "cert_req": True,
            }
        )
        return bytes(request.dump())


def question(digest: bytes, algorithm: str) -> Question:
    """A fresh one. Raises ValueError for a weak algorithm, or a digest that is not its."""
    if algorithm not in ALGORITHMS or len(digest) != hashlib.new(algorithm).digest_size:
        raise ValueError(f"a digest of {len(digest)} bytes by {algorithm}: {', '.join(ALGORITHMS)} are stamped")
    return Question(digest, algorithm, secrets.randbits(63) | 1 << 62)


def token_of(response: bytes, asked: Question, roots: Sequence[x509.Certificate], clock: Clock) -> bytes:
    """The token in an answer, if everything about it is right.

    Raises AuthorityAway for what is no answer, StampRefused, and StampNotBelieved for another imprint or nonce, a clock
    far from ours, a broken signature, or a certificate that doesn't lead to one of the roots.
    """
    try:
        answer = Answer.load(response, strict=True)
        granted = answer["status"]["status"].native in ("granted", "granted_with_mods")
        if not granted:
            said = (*(answer["status"]["status_string"].native or ()), *(answer["status"]["fail_info"].native or ()))
            raise StampRefused(", ".join(sorted(map(str, said)))[:200] or answer["status"]["status"].native)
        token = answer["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        _require_match(info, asked, clock)
    except (ValueError, KeyError, TypeError, AttributeError, LookupError) as error:
        raise AuthorityAway("the answer is no time stamp answer") from error
    _require_trust(token["content"], asked, roots)
    return bytes(token.dump())


def time_of(token: bytes) -> datetime:
    """The instant that a token confirms."""
    signed = cms.ContentInfo.load(token)["content"]
    at: datetime = signed["encap_content_info"]["content"].parsed["gen_time"].native
    return at


def authority_of(token: bytes) -> str:
    """Who gave a token, by the name in the certificate that signed it; the own one is called 自建."""
    signed = cms.ContentInfo.load(token)["content"]
    sid = signed["signer_infos"][0]["sid"].native
    for each in signed["certificates"]:
        certificate = each.chosen
        if certificate.serial_number == sid.get("serial_number"):
            return str(certificate.subject.human_friendly)
    return ""


def _require_match(info: tsp.TSTInfo, asked: Question, clock: Clock) -> None:
    imprint = info["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != asked.algorithm:
        raise StampNotBelieved("it stamped by another algorithm")
    if imprint["hashed_message"].native != asked.digest:
        raise StampNotBelieved("it stamped something else")
    if info["nonce"].native != asked.nonce:
        raise StampNotBelieved("it answered another question (nonce)")
    apart = abs(info["gen_time"].native - clock())
    if apart > CLOCKS_APART:
        raise StampNotBelieved(f"its clock and ours are {apart} apart: check the time of this server (NTP)")


def _require_trust(signed: cms.SignedData, asked: Question, roots: Sequence[x509.Certificate]) -> None:
    """Signature, signer's purpose (RFC 3161, section 2.3), and the way to a root that is configured."""
    embedded = [each.chosen for each in signed["certificates"] if each.name == "certificate"]
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in roots],
        other_certs=embedded,
        moment=datetime.now(UTC),
    )
    try:
        verdict = asyncio.run(validate_tst_signed_data(signed, context, lambda _: asked.digest))
    except Exception as error:  # whatever a stranger's answer breaks on, it is not believed
        raise StampNotBelieved(f"its signature can't be checked: {error}"[:300]) from error
    if not (verdict["intact"] and verdict["valid"]):
        raise StampNotBelieved("its signature is wrong")
    if problem := verdict["trust_problem_indic"]:
        raise StampNotBelieved(f"its certificate leads to no root of WANBI_TSA_ROOTS, or has ended ({problem.name})")
