"""The packs that ship: they load, know every rule, change on the right day, and are found by region and version."""

from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import pytest

from domain.law import known, packs
from domain.law.answers import PinnedBook
from domain.law.packs import BadPack, RulePack, parse
from domain.law.rules import Action, Confidence, LegalRule, Review
from models.law import library, read

DATA = Path(packs.__file__).parent / "data"
SHIPPED = sorted(library().packs.values(), key=lambda pack: pack.name)
CHINA = library().pack("cn")
REGIONAL_ONLY = {*known.REGIONAL, "PAY-11", "PAY-12"}
NO_FIGURE_YET = {"PAY-12"}
"""The local average wage changes every year and city by city; nobody has vouched for a figure."""
TODAY = date(2026, 11, 23)


def starts() -> list[tuple[RulePack, LegalRule, LegalRule | None]]:
    """Every version of every shipped rule with the version before it."""
    found: list[tuple[RulePack, LegalRule, LegalRule | None]] = []
    for pack in SHIPPED:
        for _, versions in groupby(sorted(pack.rules, key=lambda r: (r.id, r.effective_from)), key=lambda r: r.id):
            sooner = None
            for rule in versions:
                found.append((pack, rule, sooner))
                sooner = rule
    return found


def test_every_file_that_ships_is_a_pack_and_every_pack_has_a_file() -> None:
    assert {(file.parent.name, file.stem) for file in DATA.rglob("*.toml")} == set(library().packs)
    regions = ("bj", "gd", "js", "sd", "sh", "sz", "zj")
    assert [pack.name for pack in SHIPPED if pack.base] == [f"cn-{region}" for region in regions]
    assert [pack.name for pack in library().templates()] == ["de", "fr", "gb", "hk", "in", "jp", "sg", "us-ca"]


def test_every_rule_that_the_software_knows_ships_and_every_national_one_in_chinas_pack() -> None:
    shipped = {rule.id for pack in SHIPPED for rule in pack.rules}
    assert shipped == set(known.ALL) - NO_FIGURE_YET
    assert {rule.id for rule in CHINA.rules} == set(known.ALL) - REGIONAL_ONLY - {"FGN-01"}


@pytest.mark.parametrize(
    ("pack", "rule", "sooner"), starts(), ids=lambda part: getattr(part, "name", None) or getattr(part, "id", "none")
)
def test_every_rule_begins_on_its_day_and_not_the_day_before(
    pack: RulePack, rule: LegalRule, sooner: LegalRule | None
) -> None:
    assert pack.find(rule.id, rule.effective_from) == rule
    assert pack.find(rule.id, rule.effective_from - timedelta(days=1)) == sooner
    if rule.effective_to is not None:
        assert pack.find(rule.id, rule.effective_to) == rule
        assert pack.find(rule.id, rule.effective_to + timedelta(days=1)) not in (rule, None)


@pytest.mark.parametrize("value", ["1", "-1", "1.5", "true", "nan", "[]", "[1]", "{}", '""', '"x"', "2020-01-01"])
def test_a_value_of_another_kind_is_refused_on_its_line_wherever_it_stands(value: str) -> None:
    lines = (DATA / "cn-sz" / "2026-11.toml").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        key, equals, _ = line.partition(" = ")
        if equals:
            try:
                parse("\n".join([*lines[: number - 1], f"{key} = {value}", *lines[number:]]), known.ALL)
            except BadPack as refused:
                assert f", line {number}: " in str(refused)  # noqa: PT017  # what is of the right kind is taken


@pytest.mark.parametrize(
    ("parameter", "wrong"),
    [
        ("form", "fax"),
        ("unit", "fortnight"),
        ("end_anchor", "friday"),
        ("count_start", "tomorrow"),
        ("certificate", "no"),
    ],
)
def test_a_template_with_a_word_of_its_own_is_refused_on_its_line(parameter: str, wrong: str) -> None:
    lines = (DATA / "de" / "2026-11.toml").read_text(encoding="utf-8").splitlines()
    number = next(at for at, line in enumerate(lines) if line.startswith(f"params.{parameter} = "))
    lines[number] = f'params.{parameter} = "{wrong}"'
    with pytest.raises(BadPack, match=rf"de, line {number + 1}: FGN-01: {parameter} must be one of"):
        parse("\n".join(lines), known.ALL)


def test_every_rule_holds_today() -> None:
    for pack, rule, _ in starts():
        assert pack.find(rule.id, TODAY) is not None, (pack.name, rule.id)


@pytest.mark.law("TS-01", "TS-02")
@pytest.mark.parametrize(
    ("on", "article"), [(date(2025, 10, 14), "(2019) art. 9"), (date(2025, 10, 15), "(2025) art. 10")]
)
def test_trade_secrets_are_cited_by_the_law_on_the_day_of_the_act(on: date, article: str) -> None:
    assert library().book().rule("TS-01", on).cite.en.endswith(article)
    assert ("2019" in library().book().rule("TS-02", on).cite.en) is (on.month == 10 and on.day == 14)


def test_the_second_interpretation_holds_from_september_2025() -> None:
    for rule in ("NC-01", "NC-07"):
        assert library().book().find(rule, date(2025, 8, 31)) is None
        assert library().book().find(rule, date(2025, 9, 1)) is not None


@pytest.mark.parametrize(
    ("region", "days", "unit", "pack"),
    [
        ("", 0, "calendar", "cn"),
        ("CN-SH", 0, "calendar", "cn-sh"),
        ("CN-GD", 0, "calendar", "cn-gd"),
        ("CN-GD-SZ", 3, "working", "cn-sz"),
        ("CN-ZJ", 5, "calendar", "cn-zj"),
        ("CN-JS", 2, "working", "cn-js"),
        ("CN-SD", 15, "calendar", "cn-sd"),
        ("CN-BJ", 0, "calendar", "cn"),
        ("CN-XZ", 0, "calendar", "cn"),
    ],
)
def test_final_wages_are_due_by_the_regions_day(region: str, days: int, unit: str, pack: str) -> None:
    book = library().book(region)
    rule = book.rule("PAY-02", TODAY)
    assert (rule.number("due_days"), rule.word("unit")) == (days, unit)
    assert book.answer("PAY-02", TODAY, "").pack == pack


def test_a_minimum_wage_is_a_regions_and_only_warns() -> None:
    for pack in SHIPPED:
        found = pack.find("PAY-11", TODAY)
        assert (found is not None) is bool(pack.base), pack.name
        if found is not None:
            assert (found.action, found.confidence) == (Action.WARN, Confidence.UNVERIFIED)


def test_a_foreign_template_is_unverified_and_only_warns() -> None:
    for pack in library().templates():
        (rule,) = pack.rules
        assert (rule.id, rule.action, rule.confidence) == ("FGN-01", Action.WARN, Confidence.UNVERIFIED)
        assert pack.jurisdiction == pack.name.upper()


@pytest.mark.parametrize("rule", ["NOT-06", "NOT-08", "NOT-10", "NOT-11", "PAY-06", "PAY-07"])
def test_what_courts_judge_differently_is_marked_so(rule: str) -> None:
    assert library().book().rule(rule, TODAY).confidence is Confidence.CASE_SPLIT


def test_a_case_keeps_the_versions_that_it_was_pinned_to() -> None:
    shanghai = library().book("CN-SH")
    assert shanghai.pinned == PinnedBook("cn", "2026-11", "cn-sh", "2026-11")
    assert library().book("CN-GD", pinned=shanghai.pinned).pinned == shanghai.pinned
    assert library().book("CN-GD", Review(production=True)).review.production


def test_a_pack_or_version_that_does_not_ship_is_named() -> None:
    with pytest.raises(KeyError, match="no rule pack 'atlantis'"):
        library().pack("atlantis")
    with pytest.raises(KeyError, match="rule pack 'cn' has no version '1999-01'"):
        library().book(pinned=PinnedBook("cn", "1999-01"))


def test_the_newest_version_is_taken_unless_another_is_pinned(tmp_path: Path) -> None:
    text = (DATA / "cn" / "2026-11.toml").read_text(encoding="utf-8")
    (tmp_path / "cn").mkdir()
    for version in ("2026-11", "2026-11.2", "2026-11.10"):
        renamed = text.replace('version = "2026-11"', f'version = "{version}"')
        (tmp_path / "cn" / f"{version}.toml").write_text(renamed, encoding="utf-8")
    shelf = read(tmp_path)
    assert shelf.book().national.version == "2026-11.10"
    assert shelf.book(pinned=PinnedBook("cn", "2026-11.2")).national.version == "2026-11.2"


@pytest.mark.parametrize(
    ("file", "damage", "reason"),
    [
        ("cn/2026-11.toml", ("params.notice_days = 30", "params.notice_days = -30"), r"cn/2026-11.toml: cn, line \d+"),
        ("cn/2026-11.toml", ('"2026-11"', '"2027-01"'), "says that it is cn 2027-01"),
        ("cn-sh/2026-11.toml", ('base = "cn"', 'base = "hk"'), r"lies over 'hk', not over|lies over 'hk'"),
        ("cn-sh/2026-11.toml", ('base = "cn"', 'base = "us"'), "'us', which does not ship"),
    ],
)
def test_a_damaged_shelf_is_refused(tmp_path: Path, file: str, damage: tuple[str, str], reason: str) -> None:
    for name in ("cn/2026-11.toml", "cn-sh/2026-11.toml", "hk/2026-11.toml"):
        (tmp_path / name).parent.mkdir()
        text = (DATA / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace(*damage, 1) if name == file else text, encoding="utf-8")
    with pytest.raises(BadPack, match=reason):
        read(tmp_path)
