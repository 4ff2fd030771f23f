"""How long the law lets a departure's files be kept, to be pinned to a case (RET-01, PIP-04)."""

from datetime import date

from domain.law.answers import LegalAnswer
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.obligations import RetentionPlan


def plan(book: RuleBook, last_day: date) -> RetentionPlan | None:
    """The years of RET-01, and what can still be claimed when they are over; None where no such rule is known.

    A region that asks for wage ledgers longer (GD-02) prolongs what tells of wages.
    Claims before arbitration (LIM-01) keep a case's file in use; those of LIM-02 and LIM-03 are warned of.
    """
    kept = book.find("RET-01", last_day)
    if kept is None:
        return None
    claims = (book.find(rule, last_day) for rule in ("LIM-02", "LIM-03"))
    ledgers = book.find("GD-02", last_day)
    least = ledgers.number("ledger_years") if ledgers else 0
    return RetentionPlan(
        contract_years=max(kept.number("contract_years"), least),
        case_file_years=max(kept.number("case_file_years"), least),
        non_compete_years=kept.number("non_compete_years"),
        claims=tuple((rule.id, rule.number("years")) for rule in claims if rule is not None),
    )


def answers(book: RuleBook, last_day: date) -> tuple[LegalAnswer, ...]:
    """What a plan made of this book for that day rests on."""
    found = plan(book, last_day)
    if found is None:
        return ()
    years = f"P{found.contract_years}Y, P{found.case_file_years}Y, P{found.non_compete_years}Y"
    kept = book.answer("RET-01", last_day, f"+ {years}", action=Action.RECORD)
    ledgers, erased = book.find("GD-02", last_day), book.find("PIP-04", last_day)
    law = [kept]
    if ledgers is not None:
        working = f"≥ P{ledgers.number('ledger_years')}Y"
        law.append(book.answer(ledgers.id, last_day, working, action=Action.RECORD))
    if erased is not None:
        law.append(book.answer(erased.id, last_day, "→ 0", action=Action.RECORD))
    return tuple(law)
