"""What of a text is printed: everything that can be read, nothing that hides, reverses or overprints other text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typesetting.fonts import font_set
from typesetting.printable import CUT, LONGEST, printable, printable_data

COVERED = font_set().covered
ZWSP, RLO, LRI, ZWJ, BOM, SHY = "\u200b", "\u202e", "\u2066", "\u200d", "\ufeff", "\u00ad"


def shown(text: str) -> str:
    return printable(text, COVERED)


@pytest.mark.parametrize(
    "text",
    [
        "林晓",
        "欧阳㛃",
        "龑喆",
        "𠮷田",
        "王犇",
        "O'Neill",
        "Nguyễn Văn Ấ",
        "Łukasz",
        "Привет",
        "12,000.00 × 20 % ≤ ⌊9⌋",
        "①②③（甲）",
    ],
)
def test_what_can_be_read_stays_as_it_is(text: str) -> None:
    assert shown(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\x00b\x07c\x1bd", "abcd"),
        (f"不{RLO}同意{LRI}x", "不同意x"),
        (f"{BOM}a{ZWSP}b{ZWJ}c{SHY}d", "abcd"),
        ("葛\U000e0100", "葛"),
        ("\u3164\uffa0\u115f", ""),
        ("a\tb", "a b"),
        ("a\r\nb\u2028c\x85d", "a\nb\nc\nd"),
        ("𦈏某", "〔U+2620F〕某"),
        ("离职🎉", "离职〔U+1F389〕"),
        ("\ue000\uffff\U000e0001", "〔U+E000〕〔U+FFFF〕"),
        ("\ud800x", "〔U+D800〕x"),
        ("سلام", "〔U+0633〕〔U+0644〕〔U+0627〕〔U+0645〕"),
        ("e\u0301", "é"),
        ("①２㎏ﬁ", "①２㎏ﬁ"),
    ],
)
def test_what_hides_or_reverses_is_dropped_and_what_no_font_has_is_named(text: str, printed: str) -> None:
    assert shown(text) == printed


def test_marks_do_not_climb_into_other_lines() -> None:
    stacked = shown("a" + "\u0316" * 200 + "b")
    assert stacked.endswith("b")
    assert len(stacked) < 30


def test_a_text_without_end_is_cut_and_says_where_the_rest_is() -> None:
    assert shown("中" * LONGEST) == "中" * LONGEST
    assert shown("中" * (LONGEST + 1)) == "中" * LONGEST + CUT


def test_every_text_in_the_data_is_printable_and_keys_and_numbers_are_left_alone() -> None:
    assert printable_data({"a": [1, None, True, {"b": f"x{RLO}y"}]}, COVERED) == {"a": [1, None, True, {"b": "xy"}]}


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_printed_is_in_a_font_and_printing_it_again_changes_nothing(text: str) -> None:
    printed = shown(text)
    everything = frozenset().union(*COVERED)
    assert all(character == "\n" or ord(character) in everything for character in printed)
    assert shown(printed) == printed
