"""The finished text: the fields that will be signed are put in, then it is certified (DocMDP: fill in forms only).

Fields are never made after the first signature, so nobody can be added to what others have signed.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.fields import SigCertConstraintFlags, SigCertConstraints, SigFieldSpec, SigSeedValueSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from pades.office import Office
from pades.revision import with_answers, writer
from pki.certificates import organization

CERTIFICATION = "certification"
"""Name of the field that certifies the text; it has no place on the page."""
SEAL = "seal"
"""Name of the field for the company's seal."""


@dataclass(frozen=True)
class Field:
    """A place to sign at, in points from the lower left corner of the page."""

    name: str
    page: int
    """The first is 0."""
    box: tuple[int, int, int, int]
    """Left, bottom, right, top."""
    common_name: str
    """Only a certificate for this name may sign here; that it is of the company's own authority is checked anyway."""


def certified(pdf: bytes, places: Sequence[Field], reason: str, office: Office) -> bytes:
    """The document with its fields, its text certified: what everybody will sign.

    Raises BrokenDocument, InvalidCertificate, and pki.stamps.NoStamp.
    """
    revision = writer(pdf)
    for place in places:
        fields.append_signature_field(revision, _specification(place, office))
    metadata = PdfSignatureMetadata(
        field_name=CERTIFICATION,
        certify=True,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason=reason,
    )
    return asyncio.run(_certified(revision, metadata, office))


async def _certified(revision: IncrementalPdfFileWriter, metadata: PdfSignatureMetadata, office: Office) -> bytes:
    identity = office.pki.certifying
    await office.require_valid(identity.certificate)
    pen = PdfSigner(metadata, office.signer(identity), timestamper=office.stamper())
    signed = await pen.async_sign_pdf(revision)
    return with_answers(signed.getvalue(), identity.certificate, office)


def _specification(place: Field, office: Office) -> SigFieldSpec:
    company = organization(office.pki.issuing)
    subject = asn1_x509.Name.build({"common_name": place.common_name, "organization_name": company})
    only = SigCertConstraints(flags=SigCertConstraintFlags.SUBJECT_DN, subject_dn=subject)
    return SigFieldSpec(
        place.name,
        on_page=place.page,
        box=place.box,
        seed_value_dict=SigSeedValueSpec(cert=only),
        readable_field_name=place.name,
    )
