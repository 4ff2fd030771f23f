"""Several people sign one document, each with a key of their own; it is sealed, and what is done to it later shows."""

import hashlib
import io
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from pades.errors import AlreadySigned, BrokenDocument, InvalidCertificate, NotTheirs, WrongSignature
from pades.office import Office
from pades.sealing import archived, sealed
from pades.signature import finish
from pki import names
from pki.certificates import evidence_of
from pki.register import serial_of
from tests.pades import builders as b
from tests.pki import builders as keys
from verifier.pdf import EVIDENCE, Reading, read


@pytest.fixture(scope="module")
def of() -> Office:
    return b.office()


@pytest.fixture(scope="module")
def revisions(of: Office) -> list[bytes]:
    return b.signed_by_all(of)


def reading(pdf: bytes, of: Office) -> Reading:
    return read(pdf, of.pki.root.public_bytes(Encoding.DER))


def problems(found: Reading) -> list[str]:
    return [f"{each.field}: {each.problem}" for each in found.signed if each.problem]


def is_believed(found: Reading) -> bool:
    there = {each.field for each in found.signed} == set(b.EVERYBODY)
    return there and found.whole and not found.problem and not problems(found) and not found.unsigned


def test_everybody_s_signature_leads_to_the_company_s_root_and_the_last_stamp_covers_the_file(
    of: Office, revisions: list[bytes]
) -> None:
    found = reading(revisions[-1], of)
    assert problems(found) == []
    assert is_believed(found)


def test_what_each_person_saw_is_how_the_final_file_begins(revisions: list[bytes]) -> None:
    assert all(revisions[-1].startswith(seen) for seen in revisions)


def test_each_signature_names_the_evidence_of_its_signer_s_will(of: Office, revisions: list[bytes]) -> None:
    found = reading(revisions[-1], of)
    for person in b.PEOPLE:
        assert found.by_field[person.field].evidence == hashlib.sha256(person.field.encode()).hexdigest()


def test_the_metadata_that_say_pdf_a_are_left_alone(revisions: list[bytes]) -> None:
    first, last = (PdfFileReader(io.BytesIO(pdf)).root["/Metadata"].data for pdf in (b.text(), revisions[-1]))
    assert first == last


def test_a_record_that_is_not_sealed_yet_shows_who_has_still_to_sign(of: Office, revisions: list[bytes]) -> None:
    found = reading(revisions[2], of)
    assert set(found.unsigned) == {"witness", "seal"}
    assert not is_believed(found)


def test_another_person_can_t_sign_in_somebody_s_place(of: Office, revisions: list[bytes]) -> None:
    stranger = b.Signer(b.RECEIVER, of, b.WITNESS.subject)
    with pytest.raises(NotTheirs):
        stranger.begin(revisions[1])


def test_nobody_signs_twice(of: Office, revisions: list[bytes]) -> None:
    with pytest.raises(AlreadySigned):
        b.Signer(b.LEAVER, of).begin(revisions[1])
    with pytest.raises(AlreadySigned):
        sealed(revisions[-1], "again", b.picture(), of)


def test_a_signature_by_another_key_is_refused(of: Office, revisions: list[bytes]) -> None:
    signer, other = b.Signer(b.LEAVER, of), b.Signer(b.LEAVER, of)
    begun = signer.begin(revisions[0])
    with pytest.raises(WrongSignature):
        finish(begun, signer.certificate, other.signature(begun), of)
    with pytest.raises(WrongSignature):
        finish(begun, signer.certificate, bytes(500), of)


def test_a_signature_for_another_document_is_refused(of: Office, revisions: list[bytes]) -> None:
    signer = b.Signer(b.LEAVER, of)
    begun, other = signer.begin(revisions[0]), signer.begin(b.document(of))
    with pytest.raises(WrongSignature):
        finish(begun, signer.certificate, signer.signature(other), of)


def test_an_expired_certificate_signs_nothing(of: Office, revisions: list[bytes]) -> None:
    signer = b.Signer(b.LEAVER, of, issued_at=keys.now() - timedelta(hours=1))
    with pytest.raises(InvalidCertificate):
        signer.begin(revisions[0])


def test_a_revoked_certificate_signs_nothing_and_what_it_signed_before_stays_valid() -> None:
    register = keys.MemoryRegister()
    of = b.office(register)
    document = b.signed_by_all(of)
    register.revoke(serial_of(of.pki.seal.certificate), ReasonFlags.key_compromise, keys.now())
    with pytest.raises(InvalidCertificate):
        sealed(document[-2], "once more", b.picture(), of)
    assert is_believed(reading(document[-1], of))


def test_what_is_no_document_is_refused(of: Office) -> None:
    for content in (b"", b"no PDF", b"%PDF-1.7\n"):
        with pytest.raises(BrokenDocument):
            sealed(content, "x", b.picture(), of)


def test_a_record_can_be_stamped_anew_before_the_last_stamp_expires(of: Office, revisions: list[bytes]) -> None:
    assert is_believed(reading(archived(revisions[-1], of), of))


def painted_over(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.find_page_for_modification(0)[0].get_object()
    paint = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 100 500 300 40 re f Q"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), paint])
    writer.update_container(page)
    return _written(writer)


def noted_upon(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.find_page_for_modification(0)[0].get_object()
    entries = {
        "/Type": generic.pdf_name("/Annot"),
        "/Subtype": generic.pdf_name("/FreeText"),
        "/Rect": generic.ArrayObject([generic.NumberObject(edge) for edge in (100, 100, 300, 200)]),
        "/Contents": generic.TextStringObject("not handed over"),
    }
    note = writer.add_object(generic.DictionaryObject({generic.pdf_name(k): v for k, v in entries.items()}))
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", []), note])
    writer.update_container(page)
    return _written(writer)


def attached_to(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    file = EmbeddedFileObject.from_file_data(writer, data=b"x", mime_type="text/plain")
    embed_file(writer, FileSpec("a.txt", embedded_data=file))
    return _written(writer)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


@pytest.mark.parametrize("tamper", [painted_over, noted_upon, attached_to, lambda pdf: pdf + b"\n%more"])
def test_what_is_added_afterwards_shows_even_if_it_is_stamped(tamper, of: Office, revisions: list[bytes]) -> None:  # type: ignore[no-untyped-def]  # one of the functions above
    changed = tamper(revisions[-1])
    assert not is_believed(reading(changed, of))
    if not changed.endswith(b"%more"):
        assert not is_believed(reading(archived(changed, of), of))


def test_a_record_rolled_back_to_an_earlier_revision_is_not_believed(of: Office, revisions: list[bytes]) -> None:
    for earlier in revisions[:-1]:
        assert not is_believed(reading(earlier, of))


def test_another_root_vouches_for_nothing(revisions: list[bytes]) -> None:
    stranger = keys.founded("另一家公司").keys.root.public_bytes(Encoding.DER)
    found = read(revisions[-1], stranger)
    assert len(problems(found)) == len(b.EVERYBODY)
    assert not found.whole


def test_a_flipped_byte_is_found_wherever_it_is(of: Office, revisions: list[bytes]) -> None:
    """Zeroes that fill up the room of the last stamp are the one place without a meaning; the manifest covers them."""
    pdf = revisions[-1]
    hole = pdf.rindex(b"/ByteRange")
    for at in [*range(9, len(pdf) - 1, len(pdf) // 24), hole + 40]:
        changed = bytearray(pdf)
        changed[at] ^= 1
        if pdf[at : at + 1] == b"0" and at > len(pdf) - 9_000:
            continue
        assert not is_believed(reading(bytes(changed), of)), at


def test_the_verifier_looks_for_evidence_where_it_is_put() -> None:
    assert names.EVIDENCE.dotted_string == EVIDENCE


def test_certificates_name_nobody_else_s_evidence(of: Office) -> None:
    signer = b.Signer(b.LEAVER, of)
    assert evidence_of(signer.certificate) == signer.evidence


@pytest.mark.skipif(
    shutil.which("pdfsig") is None, reason="poppler's pdfsig is not installed: apt-get install poppler-utils"
)
def test_another_program_finds_every_signature_valid(tmp_path: Path, revisions: list[bytes]) -> None:
    file = tmp_path / "record.pdf"
    file.write_bytes(revisions[-1])
    told = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid.") == len(b.EVERYBODY)
    assert told.count("Total document signed") == 1
