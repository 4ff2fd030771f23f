"""The handover record: everything of the handover stands in it, and each party has a box that nothing can displace."""

from dataclasses import replace
from itertools import combinations

import pytest

from tests.pdf import Page, read_pdf, sizes
from tests.typesetting.records import AT, ITEM, RECORD, SHA256, WANG, ZHOU, record
from typesetting.boxes import Box
from typesetting.handover import HandoverRecord, Party, ranges, typeset_handover
from typesetting.people import Person, Words
from typesetting.typesetter import Typeset, Typesetter

A4 = (595.28, 841.89)


def made(record: HandoverRecord) -> Typeset:
    return typeset_handover(Typesetter(), record, AT)


def read(record: HandoverRecord) -> Page:
    return read_pdf(made(record).pdf)


def overlap(one: Box, other: Box) -> bool:
    return (
        one.page == other.page
        and min(one.right, other.right) > max(one.left, other.left)
        and min(one.top, other.top) > max(one.bottom, other.bottom)
    )


def require_boxes_on_pages_of_their_own_places(document: Typeset, keys: list[str]) -> None:
    assert list(document.boxes) == keys
    pages = len(sizes(document.pdf))
    for box in document.boxes.values():
        assert 0 <= box.page < pages
        assert 0 <= box.left < box.right <= A4[0]
        assert 0 <= box.bottom < box.top <= A4[1]
        assert box.width > 110
        assert box.height > 60
    assert not [pair for pair in combinations(document.boxes.values(), 2) if overlap(*pair)]


@pytest.mark.law("HND-01", "ESG-01")
def test_the_record_says_what_was_handed_over_to_whom_who_confirmed_and_how_it_is_signed() -> None:
    shown = read(RECORD)
    for said in (
        "移交人 Leaver", "林晓（S1512）", "周㛃（S1033）", "王犇（M0021）", "2026年12月23日", "23 December 2026",
        "客户 Customers", "标准 Criterion：全部有联系人 / every one has a contact", "编号 Ref.：DOC-1",
        "理由 Reason：已报废", "代 for 周㛃", "2026-12-21 09:30:05 +08:00", "电脑未还", SHA256,
        RECORD.terms.zh, RECORD.terms.en, "公司盖章",
    ):  # fmt: skip
        assert shown.says(said), said
    assert shown.has_row("客户 Customers", "43", "42", "1")


def test_items_stand_together_by_category_numbered_in_that_order() -> None:
    rows = [row for row in read(RECORD).rows if len(row) == 5 and row[0].isdigit()]
    assert [(row[0], row[1].partition("标准")[0]) for row in rows[:3]] == [
        ("1", "客户档案Customerfiles"),
        ("2", "重点客户Keycustomers"),
        ("3", "门禁卡"),
    ]


@pytest.mark.law("HND-02")
def test_what_is_missing_is_said_in_one_place_and_nothing_is_said_to_be_missing_if_nothing_is() -> None:
    shown = read(RECORD)
    for said in ("交接项1项，序号：2", "客户1项未办结", "未确认的部门：信息技术部", "have not confirmed: IT"):
        assert shown.says(said), said
    done = read(record(items=(ITEM,), counts=(), clearances=RECORD.clearances[:1]))
    assert done.says("没有。Nothing.")
    assert not done.says("序号")


def test_numbers_are_written_as_ranges() -> None:
    assert ranges([]) == ""
    assert ranges([1, 2, 3, 5, 7, 8]) == "1–3, 5, 7–8"


def test_the_footer_of_every_page_carries_the_hash_of_the_data() -> None:
    document = made(RECORD)
    assert read_pdf(document.pdf).footers() == [document.data_sha256] * len(sizes(document.pdf))


def test_each_party_has_a_box_and_the_company_one_for_its_seal() -> None:
    require_boxes_on_pages_of_their_own_places(made(RECORD), ["leaver", "receiver-1", "witness", "seal"])


def test_a_hundred_receivers_have_a_box_each_in_their_order() -> None:
    receivers = tuple(Party(f"receiver-{n}", "receiver", Person(f"接收{n}", f"S{n:04}")) for n in range(1, 101))
    parties = (RECORD.parties[0], *receivers, RECORD.parties[-1])
    document = made(record(parties=parties))
    require_boxes_on_pages_of_their_own_places(document, [*(party.key for party in parties), "seal"])


@pytest.mark.parametrize("name", ["W" * 3000, "龑" * 5000, "。" * 900, "a b " * 900, "\n" * 300, "𦈏" * 500])
def test_nobodys_long_name_moves_a_box_or_leaves_its_own(name: str) -> None:
    usual = made(RECORD).boxes
    parties = tuple(replace(party, person=Person(name, name)) for party in RECORD.parties)
    document = made(record(parties=parties, company=name, leaver=Person(name, name), position=name))
    require_boxes_on_pages_of_their_own_places(document, list(usual))
    for key, box in document.boxes.items():
        assert (box.width, box.height) == pytest.approx((usual[key].width, usual[key].height), abs=0.05)


def test_keys_of_two_parties_must_differ_and_none_is_the_seals() -> None:
    for key in ("leaver", "seal"):
        with pytest.raises(ValueError, match="keys must differ"):
            made(record(parties=(*RECORD.parties, Party(key, "receiver", ZHOU))))


def test_hostile_words_in_an_item_do_not_leave_their_cell() -> None:
    evil = '#panic("x") $x$ <script>alert(1)</script>'
    item = replace(
        ITEM,
        category=evil,
        title=Words(evil, evil + "x"),
        criterion=Words(evil, "W" * 3000),
        receiver=Person("W" * 3000, evil),
        proof="http://example.com/" + "a" * 2000,
        reference="中" * 5000,
        reason="\u202e" + evil,
    )
    document = made(record(items=(item, ITEM)))
    assert read_pdf(document.pdf).says(evil)
    require_boxes_on_pages_of_their_own_places(document, ["leaver", "receiver-1", "witness", "seal"])


def test_three_thousand_items_are_all_there_on_numbered_pages() -> None:
    items = tuple(replace(ITEM, reference=f"DOC-{n}", status="open" if n % 2 else "accepted") for n in range(3000))
    document = made(record(items=items))
    shown = read_pdf(document.pdf)
    assert [row[0] for row in shown.rows if len(row) == 5 and row[0].isdigit()][:3000] == [
        str(n) for n in range(1, 3001)
    ]
    assert shown.says("交接项1500项")
    assert shown.pages > 100
    require_boxes_on_pages_of_their_own_places(document, ["leaver", "receiver-1", "witness", "seal"])


def test_an_empty_handover_is_a_record_too() -> None:
    shown = read(record(items=(), counts=(), clearances=(), parties=(Party("witness", "witness", WANG),)))
    assert shown.says("没有交接项")
    assert shown.says("没有需要确认的部门")


def test_the_same_record_gives_the_same_bytes() -> None:
    assert made(RECORD).pdf == made(record()).pdf
