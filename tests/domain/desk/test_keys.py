"""One company, number or address has one key however it is written; different ones have different keys."""

import pytest

from domain.desk.keys import mail_key, name_key, phone_key


@pytest.mark.parametrize(
    "names",
    [
        (
            "宁波海潮国际货运有限公司",
            "宁波海潮国际货运",
            "宁波海潮国际货运（有限公司）",
            "宁波　海潮国际货运 股份有限公司",
        ),
        ("Folk och fä HB", "FOLK OCH FÄ HB", "Folk och fa\u0308 HB", "folk-och-fa hb"),
        ("Alfreds Futterkiste GmbH", "ALFREDS FUTTERKISTE", "Alfreds Futterkiste, GmbH."),
        ("ＡＣＭＥ Ｔｒａｄｉｎｇ Co., Ltd.", "acme trading", "ACME Trading Inc."),
    ],
)
def test_writings_of_one_name_have_one_key(names: tuple[str, ...]) -> None:
    assert len({name_key(name) for name in names}) == 1


def test_different_names_have_different_keys() -> None:
    names = ("宁波海潮", "宁波海洋", "QUICK-Stop", "QUICK-Start", "Costa", "公司", "Co", "***", "有限公司")
    assert len({name_key(name) for name in names}) == len(names)


def test_a_name_always_has_a_key() -> None:
    assert all(name_key(name) for name in ("公司", "GmbH", "!", " . "))


@pytest.mark.parametrize(
    "phones",
    [
        ("138 0013 8000", "+86 138-0013-8000", "0086 13800138000", "８６１３８００１３８０００", "(138)00138000"),
        ("0574-8765 4321", "+86 0574 87654321"),
        ("030-0074321", "030 0074321"),
    ],
)
def test_writings_of_one_number_have_one_key(phones: tuple[str, ...]) -> None:
    assert len({phone_key(phone) for phone in phones}) == 1


def test_what_calls_nobody_has_no_key() -> None:
    assert [phone_key(phone) for phone in ("", "110", "n/a", "+86")] == [None] * 4
    assert phone_key("8613800138000") != phone_key("8613800138001")


def test_mail_addresses_are_compared_without_case() -> None:
    assert mail_key(" Wang.Fang@Example.COM ") == "wang.fang@example.com"
    assert mail_key("  ") is None
