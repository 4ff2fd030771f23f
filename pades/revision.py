"""Revisions of a PDF: each is added at the end, so that what anybody signed stays a prefix, byte by byte."""

import io
from collections.abc import Sequence

from asn1crypto import crl, ocsp
from cryptography.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.validation.dss import DocumentSecurityStore

from pades.errors import BrokenDocument
from pades.office import Office
from pki.adapters import asn1


class _Revision(IncrementalPdfFileWriter):
    """Leaves the metadata alone. They say PDF/A-3b; what pyHanko would write in their place is not of that standard."""

    def _update_meta(self) -> None:
        """pyHanko's own has no option for it: `xmp_unmanaged` still writes producer and date."""


def writer(pdf: bytes) -> IncrementalPdfFileWriter:
    """Adds a revision to the document. Raises BrokenDocument if it can't be read."""
    try:
        return _Revision(io.BytesIO(pdf))
    except (PdfError, ValueError, OSError) as error:
        raise BrokenDocument(f"the document can't be read: {error}") from error


def with_answers(pdf: bytes, signer: Certificate, office: Office) -> bytes:
    """Adds what is needed to check a signature and its stamp when nobody can be asked any more (PAdES B-LT)."""
    certificates: Sequence[Certificate] = (signer, office.pki.tsa.certificate)
    answers = office.answers(certificates)
    revision = writer(pdf)
    DocumentSecurityStore.supply_dss_in_writer(
        revision,
        sig_contents=None,
        certs=[asn1(certificate) for certificate in (*certificates, *office.pki.chain)],
        ocsps=[ocsp.OCSPResponse.load(answer) for answer in answers.ocsps],
        crls=[crl.CertificateList.load(answer) for answer in answers.crls],
    )
    output = io.BytesIO()
    revision.write(output)
    return output.getvalue()


def field_size(pdf: bytes, name: str) -> tuple[float, float]:
    """Width and height of a signature field in points. Raises BrokenDocument if there is none of that name."""
    root = writer(pdf).root
    for each in root["/AcroForm"]["/Fields"] if "/AcroForm" in root else ():
        entry = each.get_object()
        if str(entry["/T"]) == name:
            left, bottom, right, top = (float(edge) for edge in entry["/Rect"])
            return right - left, top - bottom
    raise BrokenDocument(f"the document has no field {name}")
