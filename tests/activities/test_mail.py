"""Outgoing mail: each letter once, again after a failure, given up in the open; never in anybody's way."""

import asyncio
import datetime as dt
import ipaddress
import re
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlmodel import select

from activities import mail
from activities.mail import LEASE, LONGEST_SENDING, MailDispatcher
from domain import checklist
from domain.case import Case
from domain.change import Notification
from models import facts, outbox
from models.database import connect, reading
from models.outbox import ATTEMPTS, FIRST_PAUSE, LONGEST_PAUSE
from models.tables import FactRow
from tests import builders
from tests.activities.mailbox import (
    CASE,
    Clock,
    Mailbox,
    change_account,
    free_port,
    mail_server,
    open_case_of_lin,
    post,
    rows,
    silent_server,
)
from tests.domain import cases

OPENED = Notification("case_opened", ("a-wang",))
BUSY = "451 the mailbox is busy"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as box:
        yield box


@pytest.fixture
def case(engine: Engine) -> Case:
    return open_case_of_lin(engine)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def dispatcher(engine: Engine, port: int, clock: Clock, **options: Any) -> MailDispatcher:
    values = {"smtp_host": "127.0.0.1", "smtp_port": port, "public_url": "https://wanbi.example"}
    secured = {name: options.pop(name) for name in ("smtp_starttls", "smtp_user", "smtp_password") if name in options}
    return MailDispatcher(engine, builders.settings(Path(), **values, **secured), clock, **options)


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
    monkeypatch.setattr(mail, "SMTP_TIMEOUT", 0.2)
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


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate for 127.0.0.1 that nobody else has signed, and the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "mail.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, path


SECURED = {"smtp_starttls": True, "smtp_user": "wanbi"}


def test_it_signs_in_over_a_connection_whose_certificate_it_knows(
    engine: Engine, case: Case, clock: Clock, tmp_path: Path
) -> None:
    server, trusted = certificate(tmp_path)
    post(engine, case, OPENED, version=2)
    with mail_server(Mailbox(), server) as box:
        trusting = ssl.create_default_context(cafile=trusted)
        dispatcher(engine, box.port, clock, tls=trusting, smtp_password="right", **SECURED).deliver()
        assert len(box.taken) == 1
    assert [row.mail for row in rows(engine)] == ["sent"]


def test_it_tells_no_password_to_a_server_it_does_not_know(
    engine: Engine, case: Case, clock: Clock, tmp_path: Path
) -> None:
    server, _ = certificate(tmp_path)
    post(engine, case, OPENED, version=2)
    with mail_server(Mailbox(), server) as box:
        dispatcher(engine, box.port, clock, smtp_password="right", **SECURED).deliver()
        assert (box.logins, box.taken) == ([], [])
    assert re.search("certificate", rows(engine)[0].mail_error, re.IGNORECASE)


def test_no_password_can_be_set_up_to_travel_in_the_clear() -> None:
    with pytest.raises(ValidationError, match="in the clear"):
        builders.settings(Path(), smtp_host="mail.example", smtp_user="wanbi", smtp_password="right")


def test_a_wrong_password_is_tried_again_later(engine: Engine, case: Case, clock: Clock, tmp_path: Path) -> None:
    server, trusted = certificate(tmp_path)
    post(engine, case, OPENED, version=2)
    with mail_server(Mailbox(), server) as box:
        trusting = ssl.create_default_context(cafile=trusted)
        dispatcher(engine, box.port, clock, tls=trusting, smtp_password="wrong", **SECURED).deliver()
        assert box.taken == []
    assert [(row.mail, row.mail_attempts) for row in rows(engine)] == [("waiting", 1)]
    assert "535" in rows(engine)[0].mail_error
