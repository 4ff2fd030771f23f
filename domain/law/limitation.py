"""How long a claim can still be brought (LIM-01 to LIM-04), and how long papers are kept therefore (RET-01)."""

from dataclasses import dataclass
from datetime import date

from domain.law.answers import LegalAnswer
from domain.law.local_wages import minimum_wage
from domain.law.periods import add_months, add_years
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.workings import figure
from domain.money import Money


@dataclass(frozen=True)
class Deadline:
    day: date
    """The last day, included."""
    answer: LegalAnswer


@dataclass(frozen=True)
class FinalAward:
    final: bool | None
    """True if an award is final for the employer; None where the region's minimum wage is not known."""
    threshold: Money | None
    answer: LegalAnswer


@dataclass(frozen=True)
class Retention:
    """Until which day, included, each kind of paper is kept; a legal hold or an open limitation keeps it longer."""

    case_file: date
    contract: date
    wage_sheets: date
    non_compete: date | None
    """None without a non-compete."""
    logs: date
    answer: LegalAnswer


def arbitration_until(book: RuleBook, last_day: date, interruptions: tuple[date, ...] = ()) -> Deadline:
    """The last day to apply for arbitration: a year from the end, begun anew by each interruption (LIM-01, LMA 27).

    An interruption is a claim, a complaint or a promise to pay. Those during the employment change nothing; one after
    the year is over is counted as well, since a promise binds then too and papers must not be destroyed too early.
    Raises NoRule.
    """
    begins = max((last_day, *interruptions))
    return _deadline(book, "LIM-01", last_day, begins)


def civil_suit_until(book: RuleBook, last_day: date, known_on: date, harmed_on: date) -> Deadline:
    """Three years from when damage and debtor were known, never beyond twenty from the harm (LIM-02, CC 188).

    Raises NoRule, ValueError if it was known before it happened.
    """
    if known_on < harmed_on:
        raise ValueError(f"nobody knows on {known_on} of what happens on {harmed_on}")
    rule = book.rule("LIM-02", last_day)
    from_knowing = add_years(known_on, rule.number("years"))
    at_most = add_years(harmed_on, rule.number("longest_years"))
    day = min(from_knowing, at_most)
    working = f"min({_years(known_on, rule.number('years'))}, {_years(harmed_on, rule.number('longest_years'))})"
    return Deadline(day, book.answer("LIM-02", last_day, f"{working} = {day.isoformat()}", action=Action.RECORD))


def inspection_until(book: RuleBook, last_day: date, act_ended_on: date) -> Deadline:
    """The last day on which labour inspection still takes up an act: two years from its end (LIM-03). Raises NoRule."""
    return _deadline(book, "LIM-03", last_day, act_ended_on)


def final_award(book: RuleBook, last_day: date, claimed: Money) -> FinalAward:
    """Whether an award on pay is final for the employer: up to twelve monthly minimum wages (LIM-04, LMA 47).

    Raises NoRule.
    """
    months = book.rule("LIM-04", last_day).number("months")
    least = minimum_wage(book, last_day, claimed.currency)
    if least is None:
        return FinalAward(None, None, book.answer("LIM-04", last_day, figure(claimed)))
    threshold = least * months
    final = claimed <= threshold
    sign = "≤" if final else ">"
    working = f"{figure(claimed)} {sign} {months} × {figure(least)} = {figure(threshold)}"
    return FinalAward(final, threshold, book.answer("LIM-04", last_day, working))


def retention(book: RuleBook, last_day: date, non_compete_ends: date | None = None) -> Retention:
    """How long the papers of one case are kept from its last day, or from the end of its non-compete (RET-01).

    Raises NoRule.
    """
    rule = book.rule("RET-01", last_day)
    years = {name: rule.number(f"{name}_years") for name in ("case_file", "contract", "wage_sheet", "non_compete")}
    months = rule.number("log_months")
    case_file = add_years(last_day, years["case_file"])
    restriction = add_years(non_compete_ends, years["non_compete"]) if non_compete_ends else None
    answer = book.answer("RET-01", last_day, f"{_years(last_day, years['case_file'])} = {case_file.isoformat()}")
    return Retention(
        case_file=case_file,
        contract=add_years(last_day, years["contract"]),
        wage_sheets=add_years(last_day, years["wage_sheet"]),
        non_compete=restriction,
        logs=add_months(last_day, months),
        answer=answer,
    )


def still_open(deadlines: tuple[Deadline, ...], on: date) -> tuple[Deadline, ...]:
    """The limitations that run on that day: papers purged then may be missed in court, and that is warned of."""
    return tuple(deadline for deadline in deadlines if on <= deadline.day)


def _deadline(book: RuleBook, rule_id: str, last_day: date, begins: date) -> Deadline:
    years = book.rule(rule_id, last_day).number("years")
    day = add_years(begins, years)
    working = f"{_years(begins, years)} = {day.isoformat()}"
    return Deadline(day, book.answer(rule_id, last_day, working, action=Action.RECORD))


def _years(start: date, years: int) -> str:
    """ISO 8601: the day and a period of years."""
    return f"{start.isoformat()} + P{years}Y"
