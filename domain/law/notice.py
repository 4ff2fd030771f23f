"""The notice: when it ends the employment. Arrival starts the clock; nobody approves a resignation (NOT-01).

NOT-06: the day of arrival is not counted, calendar days, no roll-over for holidays. NOT-07: the day is that of the
law's own time zone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.errors import invalid
from domain.law import foreign, wording
from domain.law.answers import LegalAnswer
from domain.law.endings import Ending, Relation
from domain.law.notice_facts import Intent, NoticeFacts, Road, agreed_day, contract_end
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.timezones import local_date

_ALSO_SPOKEN = ("NOT-02", "NOT-05")


@dataclass(frozen=True)
class NoticeAnswer:
    earliest_last_day: date
    """The first day on which the employment may end without both sides' agreement."""
    last_day: date
    law: tuple[LegalAnswer, ...]

    @property
    def warnings(self) -> tuple[LegalAnswer, ...]:
        """What a person has to see before going on."""
        return tuple(answer for answer in self.law if answer.action == Action.WARN)


def judge(book: RuleBook, facts: NoticeFacts, holidays: tuple[date, ...] = ()) -> NoticeAnswer:
    """When the employment ends. `holidays` only warn (NOT-06).

    Raises Refusal if this ending can't begin like this, and says what it needs; NoRule if the law is silent that day.
    """
    arrived_on = local_date(facts.arrived_at, book.national.time_zone)
    elsewhere = book.find(foreign.RULE, arrived_on)
    road = (_ROADS if elsewhere is None else foreign.ROADS).get(facts.ending, _dismissal)
    earliest, law = road(book, facts, arrived_on)
    if elsewhere is None and facts.ending is Ending.RESIGNATION:
        earliest, facts, ends = _within_the_term(book, facts, arrived_on, earliest)
        law = (*law, *ends)
    last_day = facts.wished_last_day or earliest
    if last_day < earliest:
        raise invalid("resignation.last_day_too_early", earliest=earliest.isoformat())
    if last_day in holidays and elsewhere is None:
        warned = book.answer("NOT-06", arrived_on, str(last_day), action=Action.WARN, reason="holiday", day=last_day)
        law = (*law, warned)
    return NoticeAnswer(earliest, last_day, law)


def _within_the_term(
    book: RuleBook, facts: NoticeFacts, arrived_on: date, earliest: date
) -> tuple[date, NoticeFacts, tuple[LegalAnswer, ...]]:
    """A fixed term ends the employment also while a notice runs (art. 44): no last day lies beyond it."""
    term, wanted = facts.contract_until, facts.wished_last_day
    if term is None or term < arrived_on or max(earliest, wanted or earliest) <= term:
        return earliest, facts, ()
    last_day = max(earliest, wanted or earliest)
    said = f"min({last_day}, {term}) = {term}"
    warned = book.answer("NOT-15", arrived_on, said, action=Action.WARN, reason="term_ends_first", day=term)
    return min(earliest, term), replace(facts, wished_last_day=min(wanted, term) if wanted else None), (warned,)


def _resignation(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    """NOT-03: a notice that tells of the employer's fault does not take this road, unless HR answers for it by name."""
    end, law = _ordinary(book, facts, arrived_on)
    law = (*law, *_only_spoken(book, facts, arrived_on, law[0]), *_as_an_offer(book, facts, arrived_on))
    rule = book.rule("NOT-03", arrived_on)
    said = wording.found(rule.words("phrases"), facts.text)
    if not said:
        return end, law
    if not facts.not_fault_because and book.action(rule) is Action.BLOCK:
        raise invalid("notice.tells_of_employer_fault", phrases="、".join(said))
    phrases, because = "、".join(said), facts.not_fault_because
    warned = book.answer(
        "NOT-03", arrived_on, phrases, action=Action.WARN, reason="fault_set_aside", phrases=phrases, because=because
    )
    return end, (*law, warned)


def _only_spoken(book: RuleBook, facts: NoticeFacts, arrived_on: date, by: LegalAnswer) -> tuple[LegalAnswer, ...]:
    """Art. 37 asks for writing in its sentence about the thirty days, and not in the one about probation (NOT-02)."""
    if facts.written or by.rule_id in _ALSO_SPOKEN:
        return ()
    return (book.answer(by.rule_id, arrived_on, "", action=Action.WARN, reason="notice_only_spoken"),)


def _as_an_offer(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> tuple[LegalAnswer, ...]:
    """NOT-10: a letter that asks for approval, or sets a condition, may be no notice; a person says what it is."""
    rule = book.find("NOT-10", arrived_on)
    if rule is None:
        return ()
    if facts.intent is Intent.OFFER:
        raise invalid("notice.offer_takes_an_agreement")
    law: tuple[LegalAnswer, ...] = ()
    if said := "、".join(wording.found(rule.words("phrases"), facts.text)):
        law += (book.answer(rule.id, arrived_on, said, action=Action.WARN, reason="may_be_an_offer", phrases=said),)
    if said := "、".join(wording.found(rule.words("conditions"), facts.text)):
        law += (book.answer(rule.id, arrived_on, said, action=Action.WARN, reason="may_be_conditional", phrases=said),)
    return law


def _ordinary(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    if facts.relation is Relation.DISPATCHED:
        raise invalid("notice.goes_to_the_agency")
    if facts.relation is Relation.PART_TIME:
        days = book.rule("NOT-05", arrived_on).number("notice_days")
        return _after(book, "NOT-05", arrived_on, days)
    if facts.probation_until is not None and arrived_on <= facts.probation_until:
        return _after(book, "NOT-02", arrived_on, book.rule("NOT-02", arrived_on).number("notice_days"))
    days = book.rule("NOT-01", arrived_on).number("notice_days")
    if facts.agreed_notice_days <= days:
        return _after(book, "NOT-01", arrived_on, days)
    longer = book.find("SH-01", arrived_on) if facts.keeps_secrets else None
    if longer is not None:
        agreed = min(facts.agreed_notice_days, longer.number("max_notice_days"))
        return _after(book, longer.id, arrived_on, agreed)
    end, law = _after(book, "NOT-01", arrived_on, days)
    void = book.answer(
        "NOT-12",
        arrived_on,
        f"{facts.agreed_notice_days} > {days}",
        action=Action.WARN,
        reason="longer_notice_void",
        agreed=facts.agreed_notice_days,
        days=days,
    )
    return end, (*law, void)


def _employer_fault(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    """NOT-03: at once; never relabelled as a resignation."""
    rule = book.rule("NOT-03", arrived_on)
    known = (*rule.words("grounds"), *rule.words("immediate"))
    if not facts.grounds or set(facts.grounds) - set(known):
        raise invalid("notice.grounds_needed", known=", ".join(known))
    grounds = ", ".join(facts.grounds)
    warned = book.answer("NOT-03", arrived_on, grounds, action=Action.WARN, reason="employer_fault", grounds=grounds)
    return arrived_on, (warned,)


def _mutual(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    """NOT-04: any day, by a signed agreement that says who proposed it."""
    said = agreed_day(facts, book.rule("NOT-04", arrived_on).words("initiators"))
    return arrived_on, (book.answer("NOT-04", arrived_on, said, action=Action.RECORD),)


def _expiry(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    ends = contract_end(facts, arrived_on)
    return ends, (book.answer("NOT-15", arrived_on, str(ends), action=Action.RECORD, reason="expiry", day=ends),)


def _dismissal(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    """NOT-15: a dismissal has its own grounds and procedure; it is never begun, or switched to, from here."""
    raise invalid("notice.dismissal_is_not_begun_here")


def _after(book: RuleBook, rule_id: str, arrived_on: date, days: int) -> Road:
    end = arrived_on + timedelta(days=days)
    return end, (book.answer(rule_id, arrived_on, f"{arrived_on} + {days} = {end}", action=Action.RECORD),)


_ROADS: Mapping[Ending, Callable[[RuleBook, NoticeFacts, date], Road]] = {
    Ending.RESIGNATION: _resignation,
    Ending.EMPLOYER_FAULT: _employer_fault,
    Ending.MUTUAL: _mutual,
    Ending.EXPIRY: _expiry,
}
