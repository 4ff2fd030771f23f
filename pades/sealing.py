"""The company's seal, and the archival time stamp over everything (PAdES B-LTA): nothing can be added afterwards."""

import asyncio
import io

from pyhanko.sign.ades.api import CAdESSignedAttrSpec, GenericCommitment
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper

from pades.appearance import picture
from pades.certification import SEAL
from pades.errors import AlreadySigned
from pades.office import Office
from pades.revision import with_answers, writer


def sealed(pdf: bytes, reason: str, appearance: bytes, office: Office) -> bytes:
    """The document with the company's seal, then stamped as a whole.

    Raises BrokenDocument, AlreadySigned, InvalidCertificate, and pki.stamps.NoStamp.
    """
    metadata = PdfSignatureMetadata(
        field_name=SEAL,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=reason,
        cades_signed_attr_spec=CAdESSignedAttrSpec(commitment_type=GenericCommitment.PROOF_OF_APPROVAL.asn1),
    )
    return archived(asyncio.run(_sealed(pdf, metadata, appearance, office)), office)


async def _sealed(pdf: bytes, metadata: PdfSignatureMetadata, appearance: bytes, office: Office) -> bytes:
    identity = office.pki.seal
    await office.require_valid(identity.certificate)
    pen = PdfSigner(metadata, office.signer(identity), timestamper=office.stamper(), stamp_style=picture(appearance))
    try:
        signed = await pen.async_sign_pdf(writer(pdf), existing_fields_only=True)
    except SigningError as error:
        raise AlreadySigned(f"the document can't be sealed: {error}") from error
    return with_answers(signed.getvalue(), identity.certificate, office)


def archived(pdf: bytes, office: Office) -> bytes:
    """The document under one more archival time stamp: made anew before the certificate of the last one expires."""
    output = io.BytesIO()
    asyncio.run(PdfTimeStamper(office.stamper()).async_timestamp_pdf(writer(pdf), "sha256", output=output))
    return output.getvalue()
