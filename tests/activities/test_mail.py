"""Outgoing mail: each letter once, again after a failure, given up in the open; never in anybody's way."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from activities import mail
from activities.mail import MailDispatcher
from domain import checklist
from domain.case import Case
from domain.change import Notification
from domain.people import Role
from models import facts, outbox
from models.database import connect, reading
from models.log import alarms
from models.outbox import ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE
from models.tables import FactRow
from tests import builders
from tests.activities.mailbox import (
    CASE,
    OPENED,
    Clock,
    Mailbox,
    change_account,
    dispatcher,
    free_port,
    post,
    rows,
    silent_server,
)
from tests.domain import cases

BUSY = "451 the mailbox is busy"


def failures(engine: Engine) -> list[FactRow]:
    with reading(engine) as session:
        chain = list(session.exec(select(FactRow).order_by(FactRow.seq)).all())  # type: ignore[arg-type]
        assert facts.verify(CASE, chain).problems == ()
        session.expunge_all()
        return [fact for fact in chain if fact.kind == outbox.FAILED]


def test_a_letter_is_sent_once_and_then_no_more(engine: Engine, case: Case, box: Mailbox, clock: Clock) -> None:
    post(engine, case, OPENED, version=2)
    sending = dispatcher(engine, box.port, clock)
    assert sending.deliver() == 1
    assert sending.deliver() == 0
    assert box.recipients == [["wang@example.com"]]
    assert [(row.mail, row.mail_at, row.mail_attempts, row.mail_error) for row in rows(engine)] == [
        ("sent", clock.now, 1, "")
    ]


def test_a_refused_letter_is_due_again_after_a_pause_that_doubles(
    engine: Engine, case: Case, box: Mailbox, clock: Clock
) -> None:
    post(engine, case, OPENED, version=2)
    box.answers = [BUSY, BUSY]
    sending = dispatcher(engine, box.port, clock)
    for attempt in (1, 2):
        assert sending.deliver() == 1
        row = rows(engine)[0]
        assert (row.mail, row.mail_attempts) == ("waiting", attempt)
        assert row.mail_at == clock.now + FIRST_PAUSE * attempt
        assert BUSY.partition(" ")[2] in row.mail_error
        assert sending.deliver() == 0
        clock.forward(FIRST_PAUSE * attempt)
    assert sending.deliver() == 1
    assert [row.mail for row in rows(engine)] == ["sent"]
    assert len(box.taken) == 1


def test_a_letter_is_given_up_in_the_open(engine: Engine, case: Case, box: Mailbox, clock: Clock) -> None:
    post(engine, case, OPENED, version=2)
    box.otherwise = "550 wang@example.com is nobody here"
    sending, pauses = dispatcher(engine, box.port, clock), []
    for _ in range(ATTEMPTS):
        assert failures(engine) == []
        assert sending.deliver() == 1
        due = rows(engine)[0].mail_at
        assert due is not None
        pauses.append(due - clock.now)
        clock.now = due
    row = rows(engine)[0]
    assert (row.mail, row.mail_attempts) == ("failed", ATTEMPTS)
    assert pauses == [*sorted(pauses[:-1]), timedelta(0)]
    assert pauses[-2] == LONGEST_PAUSE
    assert box.tries == ATTEMPTS
    clock.forward(timedelta(days=30))
    assert sending.deliver() == 0
    [fact] = failures(engine)
    assert fact.data == {
        "notification": "case_opened",
        "account": "a-wang",
        "attempts": ATTEMPTS,
        "problem": "550 the recipient is nobody here",
    }


def test_a_server_that_never_answers_costs_an_attempt(
    engine: Engine, case: Case, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.post.SMTP_TIMEOUT", 0.2)
    post(engine, case, OPENED, version=2)
    with silent_server() as port:
        assert dispatcher(engine, port, clock).deliver() == 1
    row = rows(engine)[0]
    assert (row.mail, row.mail_attempts) == ("waiting", 1)
    assert "timed out" in row.mail_error


def test_a_server_that_is_away_costs_each_letter_of_the_batch_one_attempt(
    engine: Engine, case: Case, clock: Clock
) -> None:
    post(engine, case, Notification("case_opened", ("a-wang", "a-zhou", "a-hr")), version=2)
    sending = dispatcher(engine, free_port(), clock)
    assert sending.deliver() == 3
    assert [(row.mail, row.mail_attempts) for row in rows(engine)] == [("waiting", 1)] * 3
    assert sending.deliver() == 0


def test_a_letter_that_cannot_be_written_keeps_no_other_back(
    engine: Engine, case: Case, box: Mailbox, clock: Clock
) -> None:
    change_account(engine, "a-wang", email="wang@example.com\r\nBcc: thief@example.com")
    change_account(engine, "a-hr", email="not an address")
    change_account(engine, "a-sec", time_zone="Mars/Olympus")
    post(engine, case, Notification("case_opened", ("a-wang", "a-hr", "a-sec", "a-zhou")), version=2)
    dispatcher(engine, box.port, clock).deliver()
    assert box.recipients == [["zhou@example.com"]]
    assert [row.mail for row in rows(engine)] == ["waiting", "waiting", "waiting", "sent"]


def test_the_session_is_opened_anew_after_a_letter_at_which_the_server_hung_up(
    engine: Engine, case: Case, box: Mailbox, clock: Clock
) -> None:
    post(engine, case, Notification("case_opened", ("a-wang", "a-zhou")), version=2)
    box.answers = ["421 going down"]
    dispatcher(engine, box.port, clock).deliver()
    assert [row.mail for row in rows(engine)] == ["waiting", "sent"]


def test_without_a_mail_server_nothing_waits(engine: Engine, case: Case, clock: Clock) -> None:
    post(engine, case, OPENED, version=2)
    idle = MailDispatcher(engine, builders.settings(Path()), clock)
    assert idle.deliver() == 0
    assert [(row.mail, row.mail_at) for row in rows(engine)] == [("none", None)]
    assert idle.deliver() == 0


def test_nobody_is_written_to_whose_account_was_closed_meanwhile(
    engine: Engine, case: Case, box: Mailbox, clock: Clock
) -> None:
    post(engine, case, OPENED, version=2)
    change_account(engine, "a-wang", active=False)
    dispatcher(engine, box.port, clock).deliver()
    assert (box.taken, [row.mail for row in rows(engine)]) == ([], ["none"])


def test_a_reminder_of_what_is_done_meanwhile_is_not_sent(
    engine: Engine, case: Case, box: Mailbox, clock: Clock
) -> None:
    post(engine, case, Notification("digest", ("a-lin",), ("item:customer_files",)), version=2)
    post(
        engine,
        checklist.hand_over(case, builders.LEAVER, ("customer_files",), cases.PROOF, clock()).case,
        version=3,
    )
    dispatcher(engine, box.port, clock).deliver()
    assert (box.taken, [row.mail for row in rows(engine)]) == ([], ["none"])


async def test_it_sends_beside_the_worker_until_it_is_stopped(
    engine: Engine, case: Case, box: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "EVERY", 0.01)
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher(engine, box.port, clock).run(stop))
    post(engine, case, OPENED, version=2)
    assert await asyncio.to_thread(box.arrived.wait, 30)
    stop.set()
    await running
    assert box.subjects() == ["林晓的离职案已建立"]


async def test_a_database_that_is_away_does_not_end_it(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "EVERY", 0.01)
    tries, often_enough = list[object](), asyncio.Event()

    def refused(*seen: object, **_: object) -> None:
        tries.append(seen)
        if len(tries) == 3:
            often_enough.set()

    monkeypatch.setattr(mail.log, "warning", refused)
    empty = connect(f"sqlite:///{tmp_path / 'empty.db'}")  # without tables
    stop = asyncio.Event()
    running = asyncio.create_task(dispatcher(empty, free_port(), clock).run(stop))
    async with asyncio.timeout(30):
        await often_enough.wait()
        stop.set()
        await running
    empty.dispose()


def test_an_alarm_that_belongs_to_no_case_goes_out_like_any_letter(
    engine: Engine, case: Case, box: Mailbox, clock: Clock
) -> None:
    assert case.case_id == CASE
    change_account(engine, "a-wang", roles=[Role.ADMINISTRATOR.value])
    alarms.raise_alarm(engine, ["place 7 of the log can't be proved"], clock.now)
    alarms.raise_alarm(engine, ["place 7 of the log can't be proved"], clock.now)
    box.answers = ["550 no"] * ATTEMPTS
    sending = dispatcher(engine, box.port, clock)
    assert sending.deliver() == 1
    for _ in range(ATTEMPTS):
        clock.forward(LONGEST_PAUSE)
        sending.deliver()
    (row,) = rows(engine)
    assert row.mail == "failed"
    assert failures(engine) == [], "no case has a fact of it"


def test_an_alarm_that_belongs_to_no_case_says_what_is_wrong_and_links_to_no_case(
    engine: Engine, case: Case, box: Mailbox, clock: Clock
) -> None:
    assert case.case_id == CASE
    change_account(engine, "a-wang", roles=[Role.ADMINISTRATOR.value], language="en")
    alarms.raise_alarm(engine, ["place 7 of the log can't be proved"], clock.now)
    assert dispatcher(engine, box.port, clock).deliver() == 1
    assert [row.mail for row in rows(engine)] == ["sent"]
    (letter,) = box.taken
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "place 7 of the log can't be proved" in text
    assert "/cases/" not in text
