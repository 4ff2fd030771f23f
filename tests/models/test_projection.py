"""The read model follows the case: who has what to do, who may see it, who was told."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select

from domain import checklist, clearances, closing
from domain.case import Case, Stage
from domain.change import Notification
from domain.handover import Proof
from models.database import reading, writing
from models.projection import END_OF_TIME, from_snapshot, to_snapshot
from models.tables import Account, Notice, NotificationRow, Participant, TaskRow
from tests.builders import ARRIVAL, HR, LEAVER, actor
from tests.models import written

CLERK = actor("finance-clerk")


def write(engine: Engine, case: Case, version: int, *notifications: Notification) -> tuple[str, ...]:
    """Writes the case; the accounts that could not be told."""
    sent = written.request(case, version, written.facts(version, "StageEntered"), notifications=notifications)
    return written.ledger(engine).record(sent).unreachable


def handing_over(engine: Engine) -> Case:
    return closing.enter(written.opened(engine), Stage.HANDING_OVER, ARRIVAL).case


def tasks(engine: Engine, account: str) -> list[str]:
    with reading(engine) as session:
        rows = session.exec(select(TaskRow.key).where(TaskRow.account == account).order_by(col(TaskRow.key))).all()
    return list(rows)


def participants(engine: Engine) -> set[str]:
    with reading(engine) as session:
        return set(session.exec(select(Participant.account).where(Participant.case_id == "c1")).all())


def told(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as session:
        rows = session.exec(select(NotificationRow).order_by(col(NotificationRow.id))).all()
    return [(row.account, row.kind, row.mail) for row in rows]


def test_a_snapshot_gives_back_the_very_case(company: Engine) -> None:
    case = handing_over(company)
    write(company, case, 1)
    assert from_snapshot(written.view(company).snapshot) == case
    assert from_snapshot(to_snapshot(case)) == case


def test_a_task_appears_with_who_is_asked_and_goes_when_it_is_done(company: Engine) -> None:
    case = handing_over(company)
    write(company, case, 1)
    assert tasks(company, CLERK.account) == ["clearance:finance"]
    approved = clearances.decide(case, CLERK, "finance", True, "", ARRIVAL).case
    write(company, approved, 2)
    assert tasks(company, CLERK.account) == []
    assert tasks(company, "a-it-clerk") == ["clearance:it"]


def test_a_task_moves_from_one_person_to_another(company: Engine) -> None:
    case = handing_over(company)
    write(company, case, 1)
    moved = clearances.reassign(case, HR, "finance", CLERK.account, "a-it-head", "on holiday", ARRIVAL).case
    write(company, moved, 2)
    assert tasks(company, CLERK.account) == []
    assert "clearance:finance" in tasks(company, "a-it-head")


def test_who_was_asked_once_still_takes_part(company: Engine) -> None:
    case = handing_over(company)
    write(company, case, 1)
    moved = clearances.reassign(case, HR, "finance", CLERK.account, "a-it-head", "on holiday", ARRIVAL).case
    write(company, moved, 2)
    assert {CLERK.account, "a-it-head", "a-lin", "a-zhou", "a-wang", "a-hr"} <= participants(company)


def test_the_first_due_task_of_a_case_is_known_to_lists(company: Engine) -> None:
    case = handing_over(company)
    write(company, case, 1)
    with reading(company) as session:
        due = session.exec(select(TaskRow.due_at).where(TaskRow.has_due).order_by(col(TaskRow.due_at))).first()
        undated = session.exec(select(TaskRow.due_at).where(col(TaskRow.has_due).is_(False))).all()
    assert written.view(company).next_due_at == due
    assert set(undated) <= {END_OF_TIME}


def test_a_system_that_does_not_follow_shows_in_the_row(company: Engine) -> None:
    case = handing_over(company)
    failing = replace(case, systems=(replace(case.systems[0], failing_since=ARRIVAL), *case.systems[1:]))
    write(company, case, 1)
    before = written.view(company).failing
    write(company, failing, 2)
    assert (before, written.view(company).failing) == (False, True)


def test_a_moved_last_day_moves_for_all_who_take_part(company: Engine) -> None:
    case = handing_over(company)
    write(company, case, 1)
    later = case.final_day + timedelta(days=7)
    write(company, replace(case, last_day=later), 2)
    with reading(company) as session:
        assert set(session.exec(select(col(Participant.last_day))).all()) == {later}
    assert written.view(company).last_day == later


def test_each_person_is_told_once_of_each_thing(company: Engine) -> None:
    case = handing_over(company)
    note = Notification("case_opened", ("a-lin", "a-zhou", "a-lin"))
    for _ in range(2):
        write(company, case, 1, note)
    write(company, case, 2, Notification("receiver_assigned", ("a-zhou",), ("devices",)))
    assert told(company) == [
        ("a-lin", "case_opened", "waiting"),
        ("a-zhou", "case_opened", "waiting"),
        ("a-zhou", "receiver_assigned", "waiting"),
    ]


def test_who_has_no_address_finds_it_in_the_inbox_only(company: Engine) -> None:
    with writing(company) as session:
        account = session.get(Account, "a-lin")
        assert account is not None
        account.email = ""
    write(company, handing_over(company), 1, Notification("case_opened", ("a-lin",)))
    assert told(company) == [("a-lin", "case_opened", "none")]


def test_accounts_that_are_closed_or_unknown_are_named_and_not_told(company: Engine) -> None:
    case = handing_over(company)
    with writing(company) as session:
        account = session.get(Account, "a-zhou")
        assert account is not None
        account.active = False
    unreachable = write(company, case, 1, Notification("case_opened", ("a-lin", "a-zhou", "a-ghost", "")))
    assert unreachable == ("a-zhou", "a-ghost")
    assert [account for account, _, _ in told(company)] == ["a-lin"]


def test_a_closed_case_lets_its_person_resign_again(company: Engine) -> None:
    case = handing_over(company)
    write(company, case, 1)
    write(company, replace(case, stage=Stage.COMPLETED, closed_at=ARRIVAL), 2)
    with reading(company) as session:
        notice = session.get(Notice, "c1")
    assert notice is not None
    assert notice.open_for is None
    row = written.view(company)
    assert (row.open, row.stage, row.closed_at) == (False, "completed", ARRIVAL)


def test_what_the_leaver_hands_over_waits_for_the_receiver(company: Engine, tmp_path: Path) -> None:
    case = handing_over(company)
    write(company, case, 1)
    assert not [key for key in tasks(company, "a-zhou") if "devices" in key]
    write(company, checklist.hand_over(case, LEAVER, ("devices",), Proof("in the safe"), ARRIVAL).case, 2)
    assert [key for key in tasks(company, "a-zhou") if "devices" in key]
