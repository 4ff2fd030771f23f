"""A person's signature in two steps, because the key is the person's own: what is to be signed goes out, and what was
signed comes back. Nothing of the document is kept open in between: it is signed as it was, or not at all."""

import asyncio
import io
from dataclasses import dataclass
from enum import Enum

from asn1crypto import algos, cms, core
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate
from pyhanko.sign.ades.api import CAdESSignedAttrSpec, GenericCommitment
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError, UnacceptableSignerError, simple_cms_attribute
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument

from pades.appearance import picture
from pades.errors import AlreadySigned, NotTheirs, WrongSignature
from pades.office import Office
from pades.revision import with_answers, writer
from pki.adapters import asn1
from pki.certificates import evidence_of
from pki.names import EVIDENCE

_ECDSA = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
_RESERVED = 24_576
"""Hexadecimal digits for the signature with its certificates and its stamp."""
_LONGEST = 72
"""Bytes of an ECDSA signature on P-256, DER."""


class Commitment(Enum):
    """What a signature commits its signer to (ETSI EN 319 122-1, 5.2.3)."""

    HANDED_OVER = GenericCommitment.PROOF_OF_ORIGIN
    RECEIVED = GenericCommitment.PROOF_OF_RECEIPT
    WITNESSED = GenericCommitment.PROOF_OF_APPROVAL


@dataclass(frozen=True)
class Intent:
    """Who signs where, and why."""

    field: str
    certificate: Certificate
    """Issued on the evidence of the signer's will, whose hash it names."""
    commitment: Commitment
    reason: str
    appearance: bytes
    """One page of PDF that fills the field."""


@dataclass(frozen=True)
class Begun:
    """A signature that waits for its signer. All of it can be stored."""

    pdf: bytes
    """The document with a hole for the signature."""
    digest: bytes
    start: int
    end: int
    to_sign: bytes
    """What the signer's key has to sign: the signed attributes, DER."""


def begin(pdf: bytes, intent: Intent, office: Office) -> Begun:
    """Prepares the signature. Raises BrokenDocument, NotTheirs, AlreadySigned, InvalidCertificate."""
    return asyncio.run(_begin(pdf, intent, office))


async def _begin(pdf: bytes, intent: Intent, office: Office) -> Begun:
    await office.require_valid(intent.certificate)
    signer = _external(intent.certificate, None, office)
    commitment = CAdESSignedAttrSpec(commitment_type=intent.commitment.value.asn1)
    metadata = PdfSignatureMetadata(
        field_name=intent.field,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=intent.reason,
        cades_signed_attr_spec=commitment,
    )
    output = io.BytesIO()
    pen = PdfSigner(metadata, signer, stamp_style=picture(intent.appearance))
    try:
        prepared, _, _ = await pen.async_digest_doc_for_signing(
            writer(pdf), existing_fields_only=True, bytes_reserved=_RESERVED, output=output
        )
    except UnacceptableSignerError as error:
        raise NotTheirs(f"{intent.field} waits for somebody else: {error}") from error
    except SigningError as error:
        raise AlreadySigned(f"{intent.field} can't be signed: {error}") from error
    attributes = await signer.signed_attrs(
        prepared.document_digest,
        "sha256",
        attr_settings=PdfCMSSignedAttributes(cades_signed_attrs=commitment),
        use_pades=True,
    )
    evidence = core.OctetString(bytes.fromhex(evidence_of(intent.certificate)))
    to_sign = cms.CMSAttributes([*attributes, simple_cms_attribute(EVIDENCE.dotted_string, evidence)])
    return Begun(
        pdf=output.getvalue(),
        digest=prepared.document_digest,
        start=prepared.reserved_region_start,
        end=prepared.reserved_region_end,
        to_sign=to_sign.dump(),
    )


def finish(begun: Begun, certificate: Certificate, signature: bytes, office: Office) -> bytes:
    """The signed document, stamped, with what is needed to check it (PAdES B-LT).

    `signature` is ECDSA over SHA-256 of `to_sign`, DER. Raises WrongSignature, and pki.stamps.NoStamp.
    """
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) > _LONGEST:
        raise WrongSignature("documents are signed with keys on P-256")
    try:
        key.verify(signature, begun.to_sign, ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise WrongSignature("this was not signed with the key of the certificate") from error
    return asyncio.run(_finish(begun, certificate, signature, office))


async def _finish(begun: Begun, certificate: Certificate, signature: bytes, office: Office) -> bytes:
    signed = await _external(certificate, signature, office).async_sign_prescribed_attributes(
        "sha256", cms.CMSAttributes.load(begun.to_sign), timestamper=office.stamper()
    )
    output = io.BytesIO(begun.pdf)
    prepared = PreparedByteRangeDigest(begun.digest, begun.start, begun.end)
    await PdfTBSDocument.async_finish_signing(output, prepared, signed)
    return with_answers(output.getvalue(), certificate, office)


def _external(certificate: Certificate, signature: bytes | None, office: Office) -> ExternalSigner:
    return ExternalSigner(
        signing_cert=asn1(certificate),
        cert_registry=office.chain,
        signature_value=signature or _LONGEST,
        signature_mechanism=_ECDSA,
    )
