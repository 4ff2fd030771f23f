"""Every document: PDF/A that carries its data, the same bytes for the same data, and text that is only text."""

import hashlib
import io
import json
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copy
from typing import Any

import noto_cjk_sans_otc
import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.pdf import attached, read_pdf, sizes, squeezed
from tests.typesetting.records import AT
from typesetting import press
from typesetting.boxes import by_key
from typesetting.fonts import font_set
from typesetting.plain import plain
from typesetting.typesetter import Typesetter

SEE = "𠮷㛃龑喆犇"
HOSTILE = (
    "",
    "a\x00b\x1bc",
    "\u202eabc\u2066x",
    "离职🎉\uffff\ue000𦈏",
    '#panic("x") #read("/etc/passwd") $x^2$ <script>alert(1)</script> *a* _b_ `c` @d // e \\ [f] {g} ~',
    '#import "@preview/cetz:0.3.4": *',
    "= 标题\n== 标题\n- a\n+ b\n/ c: d",
    "W" * 3000,
    "。" * 3000,
    "中" * 5000,
    "a\u00a0" * 1000,
    "e" + "\u0301" * 200,
    SEE,
    "\n" * 200,
)
LETTER: dict[str, Any] = {
    "company": "华东示例物流有限公司",
    "customer": "客户",
    "contact": "赵敏",
    "before": "林晓",
    "receiver": {"name": "周㛃", "mail": "zhou@example.com"},
    "since": date(2026, 12, 1),
}


def typeset(**changes: Any) -> Any:
    return Typesetter().typeset("introduction", {**LETTER, **changes}, AT)


def metadata(pdf: bytes) -> str:
    found: bytes = PdfFileReader(io.BytesIO(pdf)).root["/Metadata"].data
    return found.decode()


def test_a_document_is_pdf_a_3b_dated_as_it_was_told_and_carries_its_exact_data() -> None:
    made = typeset()
    said = metadata(made.pdf)
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in said
    assert "<xmp:CreateDate>2026-12-21T01:30:05+00:00</xmp:CreateDate>" in said
    assert attached(made.pdf) == made.data == rfc8785.dumps(plain(LETTER))
    assert made.data_sha256 == hashlib.sha256(made.data).hexdigest()


def test_the_same_data_and_date_give_the_same_bytes_and_others_give_others() -> None:
    first = typeset().pdf
    assert typeset(**dict(reversed(LETTER.items()))).pdf == first
    assert typeset(before="林小").pdf != first
    assert Typesetter().typeset("introduction", LETTER, AT + timedelta(days=1)).pdf != first
    assert Typesetter().typeset("introduction", LETTER, AT.astimezone(UTC)).pdf == first


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_whatever_somebody_typed_is_text_on_a_page_and_exact_in_the_data(text: str) -> None:
    made = typeset(
        customer=text, contact=text, before=text, company=text or "公司", receiver={"name": text, "mail": text}
    )
    assert json.loads(attached(made.pdf))["customer"] == text
    assert {(round(w), round(h)) for w, h in sizes(made.pdf)} == {(595, 842)}
    if text.isascii() and text.isprintable() and len(text) < 200:
        assert read_pdf(made.pdf).says(text)


def test_rare_characters_of_names_are_printed() -> None:
    assert read_pdf(typeset(customer=SEE).pdf).says(SEE)
    assert read_pdf(typeset(customer="𦈏某").pdf).says("〔U+2620F〕某")


def test_long_runs_of_letters_stay_inside_the_page_and_can_be_copied_whole() -> None:
    made = read_pdf(typeset(customer="x" * 3000).pdf)
    assert made.says("x" * 3000)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_no_text_keeps_a_document_from_being_made(text: str) -> None:
    assert json.loads(typeset(customer=text).data)["customer"] == text


def test_every_character_that_a_font_is_said_to_have_can_be_printed() -> None:
    codes = sorted(frozenset().union(*font_set().covered))
    readable = [chr(code) for code in codes if unicodedata.category(chr(code))[0] not in "CMZ"]
    assert len(readable) > 40_000
    pages = [readable[at : at + 3500] for at in range(0, len(readable), 3500)]
    for page in pages:
        assert typeset(customer=" ".join(page[:1900]), before=" ".join(page[1900:])).pdf


def test_a_large_document_is_made_in_a_process_of_its_own_and_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    here = typeset()
    started: list[Any] = []
    run = subprocess.run

    def noted(*args: Any, **kwargs: Any) -> Any:
        started.append(args)
        return run(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", noted)
    monkeypatch.setattr(press, "LARGE", 10)
    apart = typeset()
    assert (apart.pdf, apart.boxes, len(started)) == (here.pdf, here.boxes, 1)
    with pytest.raises(press.Unfit, match=r"^introduction: .* does not contain key"):
        Typesetter().typeset("introduction", {"company": "甲"}, AT)


def test_a_template_that_lacks_data_fails_and_prints_nothing_else() -> None:
    with pytest.raises(press.Unfit, match="introduction"):
        Typesetter().typeset("introduction", {"company": "甲"}, AT)


@pytest.mark.parametrize("path", sorted(press.TEMPLATES.iterdir()), ids=lambda path: path.name)
def test_templates_read_nothing_but_their_data_and_each_other(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert path.suffix == ".typ"
    assert "@preview" not in source
    assert "eval(" not in source
    assert not [
        line for line in source.splitlines() if "read(" in line or ("import" in line and '"base.typ"' not in line)
    ]


def test_the_compiler_reads_no_folder_but_that_of_the_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    templates = tmp_path / "templates"
    templates.mkdir()
    monkeypatch.setattr(press, "TEMPLATES", templates)
    for named in ("../secret.txt", str(tmp_path / "secret.txt")):
        (templates / "leak.typ").write_text(f'#read("{named}") #metadata(())<boxes>')
        with pytest.raises(press.Unfit):
            Typesetter().typeset("leak", {}, AT)


def test_data_have_a_form_in_json_or_are_refused() -> None:
    assert plain({"a": (date(2026, 1, 2), Decimal("1E+3"), AT)}) == {
        "a": ["2026-01-02", "1000", "2026-12-21T09:30:05+08:00"]
    }
    for unfit in (datetime(2026, 1, 1), object(), 1.5):  # noqa: DTZ001 - that it has no zone is the point
        with pytest.raises(ValueError, match=r"no time zone|no form in JSON"):
            plain({"a": unfit})
    with pytest.raises(ValueError, match="time zone"):
        Typesetter().typeset("introduction", LETTER, datetime(2026, 1, 1))  # noqa: DTZ001


def test_two_fields_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        by_key([["a", 0, 1, 2, 3, 4], ["a", 1, 1, 2, 3, 4]])


def test_the_companys_own_fonts_are_asked_for_what_the_others_lack(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no font in"):
        Typesetter(tmp_path).typeset("introduction", LETTER, AT)
    font_set.cache_clear()
    copy(Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc", tmp_path)
    made = Typesetter(tmp_path).typeset("introduction", LETTER, AT)
    assert "Noto Sans CJK KR" in font_set(tmp_path).serif
    assert read_pdf(made.pdf).says("赵敏")


def test_starting_the_program_of_its_own_says_what_is_wrong() -> None:
    done = subprocess.run([sys.executable, "-m", "typesetting.press"], input=b"{}", capture_output=True, check=False)
    assert done.returncode != 0


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)


def test_what_is_printed_of_a_letter_is_what_the_data_say() -> None:
    shown = read_pdf(typeset().pdf)
    for text in _texts({**LETTER, "since": "2026年12月1日"}):
        assert squeezed(text) in shown.text
