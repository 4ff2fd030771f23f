"""A rule book of Chinese rules with the figures of docs/law.md, built in code: what calculations are tested with."""

from collections.abc import Mapping
from datetime import date

from domain.law.known import ALL
from domain.law.packs import RulePack
from domain.law.rulebook import RuleBook
from domain.law.rules import Action, Anchor, Confidence, LegalRule, Review, Value
from domain.people import Text

Raw = Mapping[str, object]

NATIONAL: dict[str, Raw] = {
    "NOT-13": {},
    "NOT-14": {},
    "NOT-15": {"notice_days": 30, "damages_factor": "2"},
    "HND-03": {"half_year_months": 6, "wage_cap_factor": "3", "capped_years": 12, "average_months": 12},
    "CRT-04": {"pay_factor": "3.00", "year_days": 365, "paid_days_a_month": "21.75"},
    "FRZ-04": {},
    "PAY-01": {},
    "PAY-02": {"due_days": 0, "unit": "calendar"},
    "PAY-03": {"cap": "0.20"},
    "PAY-04": {"gates": ["G1", "G2", "G3", "G4", "G5", "G6"]},
    "PAY-05": {},
    "PAY-06": {"statuses": ["earned", "pending_condition", "disputed"]},
    "PAY-07": {"pro_rata": False},
    "PAY-08": {"extra_low": "0.50", "extra_high": "1.00"},
    "PAY-09": {
        "months": 3,
        "single_low": 5000,
        "single_high": 20000,
        "many_workers": 10,
        "many_low": 30000,
        "many_high": 100000,
    },
    "RET-01": {
        "case_file_years": 3,
        "contract_years": 2,
        "wage_sheet_years": 2,
        "non_compete_years": 3,
        "log_months": 6,
    },
    "LIM-01": {"years": 1},
    "LIM-02": {"years": 3, "longest_years": 20},
    "LIM-03": {"years": 2},
    "LIM-04": {"months": 12},
    "TS-08": {},
    "NC-01": {},
    "NC-02": {"max_months": 24},
    "NC-03": {},
    "NC-04": {"rate": "0.30"},
    "NC-05": {"unpaid_months": 3, "escalate_days": 60},
    "NC-06": {"months": 3},
    "NC-07": {},
    "NC-08": {"rate": "0.30", "long_rate": "0.50", "long_after_months": 12, "penalty_factor": "5"},
}
ACTIONS = {
    **dict.fromkeys(("NOT-13", "NOT-14", "PAY-03", "PAY-04", "PAY-05", "CRT-04", "NC-02", "NC-06"), Action.BLOCK),
    **dict.fromkeys(("PAY-06", "PAY-07", "HND-03", "NC-01", "NC-05", "NC-08", "LIM-01", "LIM-02"), Action.WARN),
    **dict.fromkeys(("LIM-03", "LIM-04", "RET-01", "PAY-09", "TS-08"), Action.WARN),
}
CONFIDENCES = {
    "PAY-06": Confidence.CASE_SPLIT,
    "PAY-07": Confidence.INTERPRETATION,
    "PAY-09": Confidence.INTERPRETATION,
    "TS-08": Confidence.CASE_SPLIT,
    "NC-04": Confidence.INTERPRETATION,
    "NC-05": Confidence.INTERPRETATION,
    "NC-06": Confidence.INTERPRETATION,
    "NC-08": Confidence.GUIDELINE,
}
CITY: dict[str, Raw] = {"PAY-11": {"monthly_minimum_wage": 2690}, "PAY-12": {"monthly_average_wage": 12000}}
"""A city of the tests: its figures are nobody's in particular."""


def rule(name: str, raw: Raw, since: date = date(2008, 1, 1)) -> LegalRule:
    """The rule with its figures, typed as a pack's are."""
    params: dict[str, Value] = {key: kind(raw[key]) for key, kind in ALL[name].items()}
    return LegalRule(
        id=name,
        cite=Text(f"{name} 条", f"art. {name}"),
        quote_zh="",
        says=Text("法", "law"),
        does=Text("做", "does"),
        effective_from=since,
        effective_to=None,
        anchor=Anchor.LAST_DAY,
        action=ACTIONS.get(name, Action.RECORD),
        confidence=CONFIDENCES.get(name, Confidence.STATUTE),
        params=params,
    )


def pack(name: str, rules: Mapping[str, Raw], base: str = "", region: str = "") -> RulePack:
    return RulePack(
        name=name,
        version="1",
        jurisdiction="CN",
        time_zone="Asia/Shanghai",
        currency="CNY",
        rules=tuple(rule(rule_id, raw) for rule_id, raw in rules.items()),
        region=region,
        base=base,
    )


def book(region: Mapping[str, Raw] | None = None, review: Review | None = None) -> RuleBook:
    """China, with the city of the tests laid over it unless another region is given; `{}` is a region without rules."""
    overlay = pack("cn-city", CITY if region is None else region, base="cn", region="city")
    return RuleBook(pack("cn", NATIONAL), overlay, review or Review())
