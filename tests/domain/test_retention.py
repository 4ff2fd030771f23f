"""A file is in use, then only stored, then erased: announced before, and never under a legal hold (PIP-04, RET-01)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain import aftercare_decisions as decisions
from domain import agenda, holds, process, retention
from domain.case import Case
from domain.change import Rule
from domain.law.periods import add_months, add_years
from domain.obligations import DutyKind, FileKind, InterruptionKind, KeptFile
from domain.timezones import end_of
from tests import duties
from tests.domain import afterwards as a
from tests.domain import cases as c

DONE = date(2026, 12, 28)
YEAR_OVER = end_of(add_years(c.LAST_DAY, 1), c.SHANGHAI)


def done(kind: DutyKind) -> Rule:
    return lambda case, now: decisions.complete_duty(case, c.HR, kind, DONE, "receipt", now)


def paid(month: int, due: date) -> Rule:
    return lambda case, now: decisions.confirm_compensation(case, c.HR, month, due, "bank", now)


def looked_after(months: int = 0) -> Case:
    """Every duty done, every month paid, and the year for claims over."""
    case = a.closed(months)
    for kind in duties.EVERYWHERE:
        case = a.on(DONE, done(kind), case).case
    for month in range(1, months + 1):
        due = add_months(c.LAST_DAY, month)
        case = a.on(due, paid(month, due), case).case
    return a.lived(case, max(YEAR_OVER, end_of(add_months(c.LAST_DAY, months), c.SHANGHAI)), c.opening(DONE))[0]


def files(case: Case) -> dict[FileKind, KeptFile]:
    assert case.aftercare is not None
    return {file.kind: file for file in case.aftercare.files}


def gone(case: Case, kind: FileKind, now: datetime) -> Case:
    """The file was erased, and its certificate came back."""
    return process.carry_out(lambda case, now: retention.erased(case, kind, "certificate", now), case, now).case


def erased_when_due(case: Case, until: datetime) -> list[tuple[FileKind, date]]:
    """What is erased by then, and on which day, if each order is carried out at once."""
    found, now = [], YEAR_OVER
    while (due := agenda.next_due(case, now)) is not None and due <= until:
        now = max(due, now)
        case, _ = a.lived(case, now, now - timedelta(seconds=1))
        if (kind := retention.due(case)) is not None:
            found.append((kind, now.astimezone(c.OVER.tzinfo).date()))
            case = gone(case, kind, now)
    return found


@pytest.mark.law("PIP-04", "RET-01")
def test_a_file_is_only_stored_as_soon_as_nothing_is_left_to_look_after() -> None:
    before, _ = a.lived(a.closed(), YEAR_OVER)
    assert before.aftercare is not None
    assert before.aftercare.restricted_at is None, "duties are still open"
    case = looked_after()
    assert case.aftercare is not None
    assert case.aftercare.restricted_at == YEAR_OVER
    assert {kind: file.until for kind, file in files(case).items()} == {
        FileKind.CONTRACT: add_years(c.LAST_DAY, 2),
        FileKind.CASE_FILE: add_years(c.LAST_DAY, 3),
    }


@pytest.mark.law("PIP-04", "RET-01")
def test_each_file_is_erased_after_the_last_day_of_its_time_and_not_before() -> None:
    day_after = timedelta(days=1)
    assert erased_when_due(looked_after(), end_of(date(2040, 1, 1), c.SHANGHAI)) == [
        (FileKind.CONTRACT, add_years(c.LAST_DAY, 2) + day_after),
        (FileKind.CASE_FILE, add_years(c.LAST_DAY, 3) + day_after),
    ]


@pytest.mark.law("RET-01", "NC-03")
def test_a_non_compete_is_kept_for_its_own_time_if_that_is_longer() -> None:
    case = looked_after(months=24)
    assert files(case)[FileKind.NON_COMPETE].until == add_years(add_months(c.LAST_DAY, 24), 3)
    assert [kind for kind, _ in erased_when_due(case, end_of(date(2040, 1, 1), c.SHANGHAI))] == list(FileKind)


@pytest.mark.law("PIP-04", "LIM-02", "LIM-03")
def test_an_erasure_is_announced_a_month_before_with_what_can_still_be_claimed() -> None:
    case = looked_after()
    announced = c.opening(add_years(c.LAST_DAY, 2) - timedelta(days=30))
    _, facts = a.lived(case, announced, YEAR_OVER)
    assert [(fact.kind, fact.at, fact.data["file"]) for fact in facts] == [("ErasureAnnounced", announced, "contract")]
    assert facts[0].data["claims"] == (f"LIM-02:{add_years(c.LAST_DAY, 3).isoformat()}",), "inspection's time is over"


@pytest.mark.law("PIP-04")
def test_a_legal_hold_stops_an_erasure_and_it_is_announced_anew() -> None:
    case, now = looked_after(), c.opening(add_years(c.LAST_DAY, 2))
    case, _ = a.lived(case, now, YEAR_OVER)
    assert files(case)[FileKind.CONTRACT].announced_at is not None
    hold = process.carry_out(lambda case, now: holds.place_hold(case, c.COUNSEL, "a claim", now), case, now).case
    still, facts = a.lived(hold, end_of(date(2040, 1, 1), c.SHANGHAI), now)
    assert (facts, retention.due(still)) == ((), None)
    lifted = c.opening(date(2040, 1, 2))
    change = process.carry_out(lambda case, now: holds.lift_hold(case, c.COUNSEL, "settled", now), still, lifted)
    assert c.kinds(change) == ("HoldLifted", "ErasureAnnounced", "ErasureAnnounced")
    assert agenda.next_due(change.case, lifted) == lifted + retention.ANNOUNCED_BEFORE


@pytest.mark.law("PIP-04")
def test_a_hold_placed_after_the_order_keeps_what_is_not_erased_yet() -> None:
    over = end_of(add_years(c.LAST_DAY, 2), c.SHANGHAI)
    case, _ = a.lived(looked_after(), over, YEAR_OVER)
    assert retention.due(case) is FileKind.CONTRACT
    hold = holds.place_hold(case, c.COUNSEL, "a claim", over).case
    assert retention.due(hold) is None
    assert files(gone(hold, FileKind.CONTRACT, over))[FileKind.CONTRACT].erased_at == over, "what is gone is gone"


@pytest.mark.law("PIP-04", "LIM-01")
def test_a_claim_puts_a_stored_file_back_into_use_until_its_year_is_over() -> None:
    on = add_years(c.LAST_DAY, 1) + timedelta(days=20)
    claim = lambda case, now: decisions.record_interruption(case, c.COUNSEL, InterruptionKind.CLAIM, on, "r", now)  # noqa: E731
    case = a.on(on, claim, looked_after()).case
    assert case.aftercare is not None
    assert case.aftercare.restricted_at is None
    again = end_of(add_years(on, 1), c.SHANGHAI)
    case, _ = a.lived(case, again, c.opening(on) + timedelta(hours=1))
    assert case.aftercare is not None
    assert case.aftercare.restricted_at == again


@pytest.mark.law("PIP-04")
def test_a_case_whose_file_was_erased_remembers_no_person() -> None:
    case, over = looked_after(), end_of(add_years(c.LAST_DAY, 3), c.SHANGHAI)
    case, _ = a.lived(gone(a.lived(case, over, YEAR_OVER)[0], FileKind.CONTRACT, over), over, over)
    forgotten = gone(case, FileKind.CASE_FILE, over)
    for name in ("'e1'", "'leaver'", "'witness'", "'receiver'", "'security'", "'counsel'", "'hr'", "'receipt"):
        assert name not in repr(forgotten), f"it still knows {name}"
    assert (forgotten.final_day, forgotten.closed_at) == (case.final_day, case.closed_at)
    assert forgotten.aftercare is not None
    assert forgotten.aftercare.ended_at == over
    with c.conflict("retention.erased_already"):
        on = add_years(c.LAST_DAY, 3)
        alive = replace(forgotten, aftercare=replace(forgotten.aftercare, ended_at=None))
        decisions.record_interruption(alive, c.COUNSEL, InterruptionKind.CLAIM, on, "r", over)


@pytest.mark.law("PIP-04")
def test_which_facts_lose_their_content_with_which_file() -> None:
    both = (FileKind.NON_COMPETE,)
    assert not retention.erases(FileKind.CONTRACT, "ItemAccepted")
    assert retention.erases(FileKind.CASE_FILE, "ItemAccepted", also_kept=both)
    assert not retention.erases(FileKind.CASE_FILE, "CompensationPaid", also_kept=both)
    assert retention.erases(FileKind.CASE_FILE, "CompensationPaid")
    assert retention.erases(FileKind.NON_COMPETE, "CompensationPaid")
    assert not retention.erases(FileKind.CASE_FILE, "FileErased"), "what was erased stays provable"


def test_where_no_law_says_how_long_nothing_is_erased_and_nothing_waits() -> None:
    case = a.closed()
    plan = case.agreed.aftercare
    assert plan is not None
    case = replace(case, plan=replace(case.agreed, aftercare=replace(plan, retention=None)))
    for kind in duties.EVERYWHERE:
        case = a.on(DONE, done(kind), case).case
    case, facts = a.lived(case, YEAR_OVER, c.opening(DONE))
    assert [fact.kind for fact in facts][-2:] == ["FileRestricted", "AftercareEnded"]
