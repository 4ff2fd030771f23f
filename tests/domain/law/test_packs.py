"""What a rule pack may be: everything else is refused, with the line that is wrong and the reason."""

from datetime import date
from decimal import Decimal

import pytest

from domain.law.packs import BadPack, Parameters, parse
from domain.law.parameters import count, fraction, one_of, tenure
from domain.law.rulebook import NoRule, PinnedBook, RuleBook
from domain.law.rules import Action, Anchor

KNOWN: Parameters = {
    "A-01": {"days": count, "cap": fraction, "unit": one_of("calendar", "working")},
    "C-01": {"steps": tenure},
}
PACK = """\
pack = "x"
version = "2026-11"
jurisdiction = "XX"
time_zone = "Asia/Shanghai"
currency = "CNY"

[[rule]]
id = "A-01"
cite = { zh = "第一条", en = "art. 1" }
says = { zh = "说", en = "says" }
does = { zh = "做", en = "does" }
effective_from = 2020-01-01
effective_to = 2025-12-31
anchor = "arrival"
action = "block"
confidence = "statute"
params = { days = 10, cap = "0.20", unit = "working" }

[[rule]]
id = "A-01"
cite.zh = "新第一条"
cite.en = "art. 1 as amended"
says.zh = '''
说
'''
says.en = "says"
does.zh = "做"
does.en = "does"
effective_from = 2026-01-01
anchor = "act"
action = "warn"
confidence = "statute"
reviewed_by = "Counsel"
reviewed_at = 2026-11-01
params.days = 12
params.cap = "0.10"
params.unit = "calendar"
"""
OVERLAY = PACK.replace('pack = "x"', 'pack = "x-y"\nregion = "XX-YY"\nbase = "x"')


def at(text: str, wrong: str | int) -> int:
    """The line (from 1) on which the last `wrong` stands, or that line itself."""
    if isinstance(wrong, int):
        return wrong
    return text[: text.rindex(wrong)].count("\n") + 1


def test_a_pack_is_read_as_it_is_written() -> None:
    old, new = parse(PACK, KNOWN).rules
    assert (old.cite.zh, old.cite.en, old.anchor, old.action) == ("第一条", "art. 1", Anchor.ARRIVAL, Action.BLOCK)
    assert (old.number("days"), old.decimal("cap"), old.word("unit")) == (10, Decimal("0.20"), "working")
    assert (new.says.zh.strip(), new.effective_to, new.reviewed_by) == ("说", None, "Counsel")
    assert (new.number("days"), new.decimal("cap"), new.reviewed_at) == (12, Decimal("0.10"), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("on", "cite"),
    [
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), "art. 1"),
        (date(2025, 12, 31), "art. 1"),
        (date(2026, 1, 1), "art. 1 as amended"),
    ],
)
def test_a_rule_holds_from_its_first_to_its_last_day(on: date, cite: str | None) -> None:
    found = parse(PACK, KNOWN).find("A-01", on)
    assert (found.cite.en if found else None) == cite


@pytest.mark.parametrize(
    ("found", "instead", "wrong", "reason"),
    [
        # what every pack says of itself
        ('pack = "x"', "", 1, "'pack' is missing"),
        ('currency = "CNY"', "", 1, "'currency' is missing"),
        ('currency = "CNY"', 'currency = "yuan"', "yuan", "currency must be a code"),
        ('version = "2026-11"', 'version = "../etc"', "../etc", "version must be year and month"),
        ('version = "2026-11"', "version = 2026", "version", "version must be text"),
        ('pack = "x"', 'pack = "X/Y"', "X/Y", "pack must be lower-case"),
        ('"Asia/Shanghai"', '"Asia/Nowhere"', "Nowhere", "no time zone 'Asia/Nowhere'"),
        ('currency = "CNY"', 'currency = "CNY"\nauthor = "me"', "author", "unknown key 'author'"),
        ('currency = "CNY"', 'currency = "CNY"\nbase = "x"', "base", "region and base belong together"),
        ('currency = "CNY"', 'currency = "CNY"\nbase = "x"\nregion = "YY-ZZ"', "YY-ZZ", "YY-ZZ is no region of XX"),
        # what a rule must have
        ('cite = { zh = "第一条", en = "art. 1" }\n', "", 7, "A-01 lacks 'cite'"),
        ('cite.zh = "新第一条"\n', "", "cite.en", "A-01: cite must be"),
        ('cite.en = "art. 1 as amended"', 'cite.en = " "', "cite.en", "A-01: cite is empty in one language"),
        ('cite = { zh = "第一条"', 'cite = { zh = ""', "cite = ", "A-01: cite is empty in one language"),
        ('does = { zh = "做", en = "does" }', 'does = "does"', 'does = "does"', "A-01: does must be"),
        ('effective_from = 2026-01-01\nanchor = "act"', 'anchor = "act"', "[[rule]]", "A-01 lacks 'effective_from'"),
        ("effective_from = 2020-01-01", 'effective_from = "2020"', '"2020"', "effective_from must be a date"),
        ("= 2020-01-01", "= 2020-01-01T00:00:00", "T00:00:00", "effective_from must be a date"),
        # what no rule may have
        ('id = "A-01"\ncite.zh', 'id = "Z-99"\ncite.zh', "Z-99", "'Z-99' is no rule that the software knows"),
        ('id = "A-01"\ncite.zh', "id = 3\ncite.zh", "id = 3", "3 is no rule that the software knows"),
        ("params = {", 'predicate = "days > 3"\nparams = {', "predicate", "A-01: unknown key 'predicate'"),
        ('action = "warn"', 'action = "refuse"', "refuse", "A-01: action must be one of block, warn, record"),
        ('anchor = "act"', 'anchor = "whenever"', "whenever", "A-01: anchor must be one of"),
        ('"statute"\nreviewed', '"sure"\nreviewed', "sure", "A-01: confidence must be one of"),
        ("reviewed_at = 2026-11-01\n", "", "reviewed_by", "reviewed_by and reviewed_at belong together"),
        ('reviewed_by = "Counsel"\n', "", "[[rule]]", "reviewed_by and reviewed_at belong together"),
        # figures
        ("days = 12", "days = -1", "-1", "A-01: days must be a whole number, not negative"),
        ("days = 12", "days = true", "true", "A-01: days must be a whole number"),
        ("days = 12", 'days = "__import__(1)"', "__import__", "A-01: days must be a whole number"),
        ('cap = "0.10"', 'cap = "-0.10"', "-0.10", "A-01: cap must be a decimal in quotes, not negative"),
        ('cap = "0.10"', "cap = 0.10", "0.10", "A-01: cap must be a decimal in quotes"),
        ('cap = "0.10"', 'cap = "wage * 2"', "wage", "A-01: cap must be a decimal in quotes"),
        ('unit = "calendar"', 'unit = "lunar"', "lunar", "A-01: unit must be one of calendar, working"),
        ("params.days = 12\n", "", "params.cap", "A-01 lacks the parameter 'days'"),
        ("params.days = 12", "params.days = 12\nparams.hours = 1", "hours", "A-01: unknown parameter 'hours'"),
        ("params = { days = 10,", 'params = { code = "exec()", days = 10,', "code", "A-01: unknown parameter 'code'"),
        # versions
        ("effective_to = 2025-12-31", "effective_to = 2019-12-31", "2019-12-31", "A-01 ends before it begins"),
        ("effective_to = 2025-12-31\n", "", "= 2026-01-01", "A-01: two versions hold on 2026-01-01"),
        ("effective_to = 2025-12-31", "effective_to = 2026-03-31", "= 2026-01-01", "A-01: two versions hold"),
        ("effective_to = 2025-12-31", "effective_to = 2025-12-30", "= 2026-01-01", "no version holds on 2025-12-31"),
    ],
)
def test_a_hostile_pack_is_refused_with_line_and_reason(
    found: str, instead: str, wrong: str | int, reason: str
) -> None:
    assert found in PACK
    damaged = PACK.replace(found, instead, 1)
    with pytest.raises(BadPack) as refused:
        parse(damaged, KNOWN)
    assert f", line {at(damaged, wrong)}: " in str(refused.value)
    assert reason in str(refused.value)


def test_what_is_not_toml_is_refused_with_its_line() -> None:
    with pytest.raises(BadPack, match=r"not TOML: .*line 2"):
        parse('pack = "x"\nversion = \n', KNOWN)


@pytest.mark.parametrize("rules", ["rule = 3", 'rule = "all"', 'rule = ["A-01"]', "rule = { id = 1 }"])
def test_rules_that_are_no_tables_are_refused(rules: str) -> None:
    head = PACK[: PACK.index("[[rule]]")]
    with pytest.raises(BadPack, match=r"table|must be text"):
        parse(head + rules, KNOWN)


def test_a_pack_without_rules_is_refused() -> None:
    with pytest.raises(BadPack, match="'rule' is missing"):
        parse(PACK[: PACK.index("[[rule]]")], KNOWN)


@pytest.mark.parametrize("steps", ['"1w:1d"', '["soon"]', '["2y:2w", "26w:1w"]', '["1w:1d", "1w:2d"]', "[1]"])
def test_steps_of_tenure_rise_or_are_refused(steps: str) -> None:
    first = PACK[: PACK.index('[[rule]]\nid = "A-01"\ncite.zh')].replace("A-01", "C-01")
    good = first[: first.index("params")] + 'params = { steps = ["0w:1d", "26w:1w", "2y:2w"] }'
    assert parse(good, KNOWN).rules[0].words("steps") == ("0w:1d", "26w:1w", "2y:2w")
    with pytest.raises(BadPack, match="line 17: C-01: steps must be"):
        parse(good[: good.index("params")] + f"params = {{ steps = {steps} }}", KNOWN)


def test_a_region_lies_over_its_own_jurisdiction_only() -> None:
    national, regional = parse(PACK, KNOWN), parse(OVERLAY, KNOWN)
    assert RuleBook(national, regional).pinned == PinnedBook("x", "2026-11", "x-y", "2026-11")
    stranger = parse(PACK.replace('pack = "x"', 'pack = "z"'), KNOWN)
    with pytest.raises(BadPack, match=r"x-y .* lies over 'x', not over 'z'"):
        RuleBook(stranger, regional)
    namesake = parse(PACK.replace('"XX"', '"ZZ"'), KNOWN)
    with pytest.raises(BadPack, match=r"x-y \(XX\) lies over 'x', not over 'x' \(ZZ\)"):
        RuleBook(namesake, regional)


def test_the_regions_rule_goes_before_the_nations_where_it_holds() -> None:
    regional = parse(OVERLAY.replace("2020-01-01", "2021-01-01").replace("days = 10", "days = 7"), KNOWN)
    book = RuleBook(parse(PACK, KNOWN), regional)
    assert book.rule("A-01", date(2020, 12, 31)).number("days") == 10
    assert book.rule("A-01", date(2021, 1, 1)).number("days") == 7
    assert book.answer("A-01", date(2021, 1, 1), "7").pack == "x-y"
    assert book.answer("A-01", date(2020, 12, 31), "10").pack == "x"


def test_a_book_says_which_rule_it_lacks() -> None:
    book = RuleBook(parse(PACK, KNOWN))
    with pytest.raises(NoRule, match="pack x 2026-11 has no A-01 for 2019-12-31"):
        book.rule("A-01", date(2019, 12, 31))
    with pytest.raises(NoRule, match="has no B-99"):
        book.rule("B-99", date(2026, 1, 1))
