"""A signed handover record (PDF): every signature up to the root, and nothing in it that nobody signed (ISO 32000-2).

A signature over an earlier revision stays valid whatever is added later, so a valid signature proves little by itself.
The record is believed only if every change after the certified text was a signature, and the last time stamp covers the
whole file.
"""

import asyncio
import hashlib
import io
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import async_validate_pdf_timestamp
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from verifier.report import Check

EVIDENCE = "2.25.333079295191563543647824106536931814256"
"""Under which certificate and signature name the SHA-256 of what was recorded of the signer's will."""
CERTIFICATION, SEAL = "certification", "seal"
_END = re.compile(rb"%%EOF\r?\n?")


class FactLike(Protocol):
    """A fact of the chain, as far as it matters here."""

    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


class Expected(Protocol):
    """What the chain says of the record."""

    @property
    def sha256(self) -> str: ...
    @property
    def facts(self) -> tuple[FactLike, ...]: ...


@dataclass(frozen=True)
class Signed:
    """One signature of the document."""

    field: str
    signer: str
    at: str
    """By the time stamp; empty if there is none."""
    evidence: str
    """SHA-256 in hexadecimal; empty if the signature names none."""
    begins: int
    """Where in the file its own bytes begin."""
    problem: str
    """Empty if it is valid."""


@dataclass(frozen=True)
class Reading:
    """Everything about the signatures of a document."""

    signed: tuple[Signed, ...] = ()
    unsigned: tuple[str, ...] = ()
    """Fields that nobody has signed."""
    whole: bool = False
    """True if the last thing is a time stamp that covers the entire file."""
    problem: str = ""
    """Why it could not be read; empty otherwise."""
    by_field: dict[str, Signed] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_field", {each.field: each for each in self.signed})


def read(pdf: bytes, root: bytes) -> Reading:
    """What the document's signatures say, believed up to this root certificate (DER). Never raises on account of it."""
    with _quiet():
        try:
            return asyncio.run(_read(pdf, asn1.Certificate.load(root)))
        except Exception as error:  # whatever a stranger's file breaks on: it is not valid
            return Reading(problem=f"{type(error).__name__}: {error}")


def check_record(pdf: bytes, root: bytes, expected: Expected) -> list[Check]:
    """Whether the document is the signed record that the chain tells of. Never raises on account of the document."""
    return list(_checks(pdf, read(pdf, root), expected))


def _checks(pdf: bytes, reading: Reading, expected: Expected) -> Iterator[Check]:
    same = hashlib.sha256(pdf).hexdigest() == expected.sha256
    yield Check("交接书与证据链所载一致", "The record is the one that the chain names", same)
    yield Check("交接书可读取", "The record can be read", not reading.problem, reading.problem)
    for each in reading.signed:
        told = each.problem or f"{each.signer}, {each.at}"
        yield Check(f"签名 {each.field}", f"Signature {each.field}", not each.problem, told)
    yield Check("归档时间戳覆盖全文", "The archival time stamp covers the whole file", reading.whole)
    for name, zh, en in ((CERTIFICATION, "正文已定稿", "The text is certified"), (SEAL, "公司已盖章", "It is sealed")):
        yield Check(zh, en, name in reading.by_field)
    yield from _text_check(pdf, reading, expected)
    yield from _signers(pdf, reading, expected)


def _text_check(pdf: bytes, reading: Reading, expected: Expected) -> Iterator[Check]:
    """The text that was put before everybody is how the file begins."""
    presented = [fact for fact in expected.facts if fact.kind == "RecordPresented"]
    certified = presented[-1].data.get("sha256") if presented else None
    first = min((each.begins for each in reading.signed if each.field != CERTIFICATION), default=len(pdf))
    yield Check("签署的即为出示的正文", "What was signed is the text presented", certified in _beginnings(pdf, first))


def _signers(pdf: bytes, reading: Reading, expected: Expected) -> Iterator[Check]:
    """Whoever the chain says has signed has signed here, on the evidence and the text it names; nobody else."""
    told = {str(fact.data["field"]): fact.data for fact in _of_last_record(expected) if "field" in fact.data}
    there = set(reading.by_field) - {CERTIFICATION, SEAL}
    differ = sorted(there ^ set(told))
    yield Check("签署人与证据链一致", "Signed by those whom the chain names", not differ, ", ".join(differ))
    for name in sorted(there & set(told)):
        signed, data = reading.by_field[name], told[name]
        evidence = bool(signed.evidence) and signed.evidence == data.get("evidence")
        seen = data.get("seen") in _beginnings(pdf, signed.begins)
        yield Check(f"{name} 的意愿证据", f"Evidence of the will of {name}", evidence)
        yield Check(f"{name} 所见即所签", f"{name} signed what {name} saw", seen)


def _of_last_record(expected: Expected) -> list[FactLike]:
    """The signatures of the record that was presented last."""
    found: list[FactLike] = []
    for fact in expected.facts:
        if fact.kind == "RecordPresented":
            found = []
        elif fact.kind == "RecordSigned":
            found.append(fact)
    return found


def _beginnings(pdf: bytes, before: int) -> set[str]:
    """SHA-256 of each revision that ends before this place of the file."""
    ends = [found.end() for found in _END.finditer(pdf) if found.end() <= before]
    return {hashlib.sha256(pdf[:end]).hexdigest() for end in ends}


async def _read(pdf: bytes, root: asn1.Certificate) -> Reading:
    reader = PdfFileReader(io.BytesIO(pdf))
    signatures = list(reader.embedded_regular_signatures)
    stamps = list(reader.embedded_timestamp_signatures)
    names = {each.field_name for each in (*signatures, *stamps)}
    fields = reader.root["/AcroForm"]["/Fields"] if "/AcroForm" in reader.root else ()
    unsigned = tuple(str(each.get_object()["/T"]) for each in fields if str(each.get_object()["/T"]) not in names)
    whole = bool(stamps) and await _covers_all(reader, stamps[-1], root)
    return Reading(tuple([await _signed(each, root) for each in signatures]), unsigned, whole)


async def _covers_all(reader: PdfFileReader, stamp: EmbeddedPdfSignature, root: asn1.Certificate) -> bool:
    """True if it is a genuine stamp over every byte before it, and nothing comes after it."""
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {"trust_roots": [root], "allow_fetching": False, "revocation_mode": "soft-fail"}
    )
    status = await async_validate_pdf_timestamp(stamp, context)
    genuine = bool(status.intact and status.valid and status.trusted)
    return genuine and stamp.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE


async def _signed(signature: EmbeddedPdfSignature, root: asn1.Certificate) -> Signed:
    valid = Signed(
        field=signature.field_name,
        signer=str(signature.signer_cert.subject.native.get("common_name", "")),
        at="",
        evidence=_evidence(signature),
        begins=int(signature.sig_object["/ByteRange"][1]),
        problem="",
    )
    try:
        result = await ades_lta_validation(signature, _policy(root))
    except Exception as error:  # a broken signature may break the library at any place
        return replace(valid, problem=f"{type(error).__name__}: {error}")
    status = result.api_status
    if result.ades_subindic is not AdESPassed.OK or status is None:
        return replace(valid, problem=f"{result.ades_subindic} {result.failure_msg or ''}".strip())
    problems = [
        text
        for text, wrong in (
            ("the signed bytes were changed", not status.intact),
            ("the signature is not by the key of the certificate", not status.valid),
            ("something else than a signature was added later", not status.docmdp_ok),
            ("somebody else than the field was made for has signed", status.seed_value_ok is False),
        )
        if wrong
    ]
    return replace(valid, problem="; ".join(problems), at=result.best_signature_time.isoformat())


def _evidence(signature: EmbeddedPdfSignature) -> str:
    """The hash that the signed attributes name, if the certificate names the same; else nothing."""
    named = [a["values"][0] for a in signature.signer_info["signed_attrs"] if a["type"].dotted == EVIDENCE]
    issued = [
        extension["extn_value"].native[2:]
        for extension in signature.signer_cert["tbs_certificate"]["extensions"]
        if extension["extn_id"].dotted == EVIDENCE
    ]
    if len(named) != 1 or len(issued) != 1:
        return ""
    digest = bytes(named[0].native)
    return digest.hex() if digest == issued[0] and len(digest) == 32 else ""


def _policy(root: asn1.Certificate) -> PdfSignatureValidationSpec:
    """Trust ends at this root, every certificate needs an answer on revocation, and nobody is asked for one."""
    trust = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[root]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    local = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    return PdfSignatureValidationSpec(SignatureValidationSpec(trust, revinfo_gathering_policy=local))


@contextmanager
def _quiet() -> Iterator[None]:
    """The libraries tell of each wrong signature in the log; here it is an answer like another."""
    loggers = [logging.getLogger(name) for name in ("pyhanko", "pyhanko_certvalidator")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
