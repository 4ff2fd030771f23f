"""The container is one way of writing files: anything else a zip can be is refused before it is read."""

import io
import struct
import zipfile

import pytest

from tests.verifier.made import repacked
from verifier import container
from verifier.container import BadContainer, unpack

FILES = {"a.json": b"{}", "documents/b.html": b"<p>", container.README: "说明".encode()}


def refused(content: bytes, said: str) -> None:
    with pytest.raises(BadContainer, match=said):
        unpack(content)


def zipped(name: str = "a.json", content: bytes = b"{}", method: int = zipfile.ZIP_STORED, **info: int) -> bytes:
    target = io.BytesIO()
    entry = zipfile.ZipInfo(name)
    for field, value in info.items():
        setattr(entry, field, value)
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr(entry, content, method)
    return target.getvalue()


def test_it_is_a_zip_for_everybody_else() -> None:
    with zipfile.ZipFile(io.BytesIO(repacked(FILES))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == FILES


def test_it_gives_back_what_was_put_in() -> None:
    assert {name: bytes(content) for name, content in unpack(repacked(FILES)).items()} == FILES


def test_every_bit_of_it_counts() -> None:
    whole = repacked(FILES)
    for place in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(BadContainer):
            unpack(bytes(changed))


def test_every_cut_of_it_is_found() -> None:
    whole = repacked(FILES)
    for length in range(len(whole)):
        with pytest.raises(BadContainer):
            unpack(whole[:length])


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../a.json", "a/../b", "a\\b", "C:a", "a b.json", ".hidden", "a//b", "a/", "", "x" * 201, "é.json",
     "a\n.json", "con|x", "a.b.c.d.e", "w/x/y/z/q"],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_look_like_another_are_refused(name: str) -> None:
    with pytest.raises(BadContainer):
        repacked({name: b"x"})
    encoded = name.encode()
    header = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, len(encoded), 0)
    with pytest.raises(BadContainer):
        unpack(header + encoded)


def test_a_file_that_is_there_twice_is_refused() -> None:
    one = repacked({"a.json": b"{}"})
    entry = one[: one.index(b"PK\x01\x02")]
    refused(entry + one, "there twice")


def test_files_out_of_order_are_refused() -> None:
    a, b = (repacked({name: b"{}"}) for name in ("a.json", "b.json"))
    refused(b[: b.index(b"PK\x01\x02")] + a, "out of order")


def test_compressed_files_are_not_inflated_however_small_they_look() -> None:
    bomb = zipped(content=b"\0" * 10_000_000, method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 20_000
    refused(bomb, "compressed")
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        refused(zipped(method=method), "compressed")


def test_an_encrypted_file_is_refused() -> None:
    whole = bytearray(repacked({"a.json": b"{}"}))
    whole[6] |= 1
    refused(bytes(whole), "encrypted")


def test_an_archive_within_the_archive_is_refused() -> None:
    refused(repacked({"a.json": zipped()}), "archive within")


def test_zips_that_others_write_are_not_bundles() -> None:
    refused(zipped(), "not written as in a bundle|list of files")
    refused(zipped(date_time=(2026, 1, 1, 0, 0, 0)), "not written as in a bundle")  # type: ignore[arg-type]  # a date
    refused(b"", "no file in it|list of files")
    refused(b"not a zip at all", "list of files")


def test_sizes_that_promise_more_than_there_is_are_refused() -> None:
    whole = bytearray(repacked({"a.json": b"{}"}))
    whole[18:26] = struct.pack("<II", 2**31, 2**31)
    refused(bytes(whole), "too large|cut off")
    whole[18:26] = struct.pack("<II", 10_000, 10_000)
    refused(bytes(whole), "cut off")


def test_too_many_and_too_large_files_are_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_FILES", 2)
    with pytest.raises(BadContainer, match="more than 2"):
        repacked(FILES)
    monkeypatch.setattr(container, "LARGEST_FILE", 1)
    with pytest.raises(BadContainer, match="too large"):
        repacked({"a.json": b"{}"})
