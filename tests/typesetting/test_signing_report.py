"""The signing report says of each party what it did and how that is known; stamps and seals are small pages."""

from dataclasses import replace

import pytest

from tests.pdf import read_pdf, sizes
from tests.typesetting.records import AT, LIN, REFUSED, REPORT, SHA256, SIGNED
from typesetting.people import Person, Words
from typesetting.signing_report import typeset_signing_report
from typesetting.stamps import Seal, Stamp, typeset_seal, typeset_stamp
from typesetting.typesetter import Typesetter

HOSTILE = ("", "W" * 3000, "龑" * 5000, "𦈏🎉\x00", '#panic("x")', "e" + "\u0301" * 200, "\n" * 99)


@pytest.mark.law("ESG-02", "ESG-05")
def test_the_report_says_who_signed_what_when_and_how_it_is_known() -> None:
    document = typeset_signing_report(Typesetter(), REPORT, AT)
    shown = read_pdf(document.pdf)
    for said in (
        "离职工作交接记录", SHA256, SHA256[::-1], "林晓（S1512）", "已签署signed", "密码password", "CN=签署 CA",
        "4F:19:0A", "record-terms 2026-11", "5F3A91", "2026-12-21 09:30:05 +08:00",
    ):  # fmt: skip
        assert shown.says(said), said
    assert set(document.boxes) == {"seal"}


def test_a_refusal_stands_there_with_its_reason_and_its_witness() -> None:
    shown = read_pdf(typeset_signing_report(Typesetter(), REPORT, AT).pdf)
    assert shown.has_row("拒签理由 Reason for refusing", "要求纸质文本")
    assert shown.has_row("见证人 Witnessed by", "王犇（M0021）")


def test_what_does_not_apply_is_not_mentioned() -> None:
    shown = read_pdf(typeset_signing_report(Typesetter(), replace(REPORT, signings=(REFUSED,), archived=()), AT).pdf)
    assert shown.mentions(("证书主体", "时间戳", "根证书")) == []


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:8]))
def test_the_report_prints_whatever_somebody_typed(text: str) -> None:
    signings = (replace(SIGNED, person=Person(text, text)), replace(REFUSED, reason=text or "无"))
    assert typeset_signing_report(Typesetter(), replace(REPORT, signings=signings), AT).data


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:8]))
@pytest.mark.parametrize(("width", "height"), [(218.0, 69.5), (40.0, 40.0), (500.0, 60.0)])
def test_a_stamp_and_a_seal_are_one_page_of_their_size_whatever_the_name(
    text: str, width: float, height: float
) -> None:
    stamp = Stamp(Person(text, text), Words("移交人", "Leaver"), AT, "4F:19", Words("密码"))
    for page in (
        typeset_stamp(Typesetter(), stamp, width, height),
        typeset_seal(Typesetter(), Seal(text, text[:40], AT), width, height),
    ):
        assert sizes(page) == [pytest.approx((width, height), abs=0.1)]


def test_a_stamp_too_small_to_be_read_is_refused() -> None:
    stamp = Stamp(LIN, Words("移交人"), AT, "1", Words("密码"))
    with pytest.raises(ValueError, match="can't be read"):
        typeset_stamp(Typesetter(), stamp, 200, 20)
