"""Several dispatchers, crashes and shutdowns: a letter belongs to one process at a time, and to none for long."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from activities.mail import LEASE, LONGEST_SENDING
from domain.case import Case
from domain.change import Notification
from models import outbox
from tests import builders
from tests.activities.mailbox import (
    OPENED,
    Clock,
    Mailbox,
    dispatcher,
    post,
    rows,
)


def test_many_dispatchers_send_each_letter_once(engine: Engine, case: Case, box: Mailbox, clock: Clock) -> None:
    everybody = tuple(f"a-{key}-{job}" for key in (*builders.DEPARTMENTS, "hr") for job in ("clerk", "head"))
    for version in range(2, 7):
        post(engine, case, Notification("case_opened", everybody), version=version)
    start, problems = threading.Barrier(4), list[BaseException]()

    def work() -> None:
        try:
            start.wait()
            while dispatcher(engine, box.port, clock).deliver():
                pass
        except BaseException as error:
            problems.append(error)
            raise

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert problems == []
    ids = [str(message["Message-ID"]) for message in box.taken]
    assert len(ids) == len(set(ids)) == 5 * len(everybody)
    assert {row.mail for row in rows(engine)} == {"sent"}
    assert {row.mail_attempts for row in rows(engine)} == {1}


def test_after_a_crash_before_the_commit_the_letter_comes_again_under_the_same_id(
    engine: Engine, case: Case, box: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process ends here."""

    def killed(*_: object) -> None:
        raise Killed

    post(engine, case, OPENED, version=2)
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "sent", killed)
        with pytest.raises(Killed):
            dispatcher(engine, box.port, clock).deliver()
    another = dispatcher(engine, box.port, clock)
    assert another.deliver() == 0
    clock.forward(LEASE)
    assert another.deliver() == 1
    first, second = (message["Message-ID"] for message in box.taken)
    assert first == second
    assert [row.mail for row in rows(engine)] == ["sent"]


def test_an_overtaken_dispatcher_changes_nothing(engine: Engine, case: Case, box: Mailbox, clock: Clock) -> None:
    post(engine, case, OPENED, version=2)
    [slow] = outbox.take(engine, clock(), 20, LEASE)
    clock.forward(LEASE)
    assert dispatcher(engine, box.port, clock).deliver() == 1
    outbox.failed(engine, slow, "too late", clock())
    outbox.sent(engine, slow, clock())
    assert [(row.mail, row.mail_attempts, row.mail_error) for row in rows(engine)] == [("sent", 2, "")]


def test_letters_that_the_lease_is_too_short_for_go_back_untried(
    engine: Engine, case: Case, box: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(engine, case, Notification("case_opened", ("a-wang", "a-zhou", "a-hr")), version=2)
    sent = outbox.sent

    def slowly(*arguments: Any) -> None:
        sent(*arguments)
        clock.forward(LEASE - LONGEST_SENDING + timedelta(seconds=1))

    monkeypatch.setattr(outbox, "sent", slowly)
    dispatcher(engine, box.port, clock).deliver()
    assert [(row.mail, row.mail_attempts) for row in rows(engine)] == [("sent", 1), ("waiting", 0), ("waiting", 0)]
    monkeypatch.setattr(outbox, "sent", sent)
    assert dispatcher(engine, box.port, clock).deliver() == 2


def test_a_worker_that_stops_lets_go_of_what_it_took(engine: Engine, case: Case, box: Mailbox, clock: Clock) -> None:
    post(engine, case, OPENED, version=2)
    dispatcher(engine, box.port, clock).deliver(lambda: True)
    assert [(row.mail, row.mail_attempts, row.mail_at) for row in rows(engine)] == [("waiting", 0, clock.now)]
