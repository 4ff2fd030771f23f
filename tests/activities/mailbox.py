"""A real mail server on a free port, scripted by the test; and a case about which people are told."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import Engine
from sqlmodel import select

from activities.mail import MailDispatcher
from domain.access import settle
from domain.case import Case
from domain.change import Notification
from domain.opening import open_case
from domain.people import Text
from domain.plan import ItemPlan
from models.database import reading, writing
from models.ledger import DatabaseLedger
from models.messages import RecordRequest
from models.proofs import Proofs
from models.tables import Account, ConnectedSystem, Employee, NotificationRow
from tests import builders
from tests.domain import cases

CASE = "c" * 32
OPENED = Notification("case_opened", ("a-wang",))
NOW = cases.NOW
"""10:00 in Shanghai, 21:00 of the day before in New York."""


@dataclass
class Mailbox:
    """What the server took over, and what it answers: `answers` for the next letters, then `otherwise`."""

    answers: list[str] = field(default_factory=list)
    otherwise: str = "250 OK"
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    tries: int = 0
    port: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        self.tries += 1
        answer = self.answers.pop(0) if self.answers else self.otherwise
        if answer.startswith("250"):
            self.recipients.append(list(envelope.rcpt_tos))
            self.taken.append(message_from_bytes(envelope.content or b"", policy=default))  # type: ignore[arg-type]
            self.arrived.set()
        return answer

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == b"right"
        self.logins.append(f"{mechanism} {'right' if right else 'wrong'}")
        return AuthResult(success=right, handled=False)

    def subjects(self) -> list[str]:
        return sorted(str(message["Subject"]) for message in self.taken)


@contextmanager
def mail_server(box: Mailbox, tls: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """The mailbox on a free port; with `tls` it offers STARTTLS, and asks for a login on top."""
    secured: dict[str, Any] = (
        {"tls_context": tls, "authenticator": box.authenticate, "auth_required": True} if tls else {}
    )
    controller = _started(box, secured)
    try:
        yield box
    finally:
        controller.stop()


def _started(box: Mailbox, secured: dict[str, Any], tries: int = 5) -> Controller:
    """A port that was free a moment ago may be taken by now: then another one."""
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **secured)
    try:
        controller.start()
    except OSError:
        if not tries:
            raise
        return _started(box, secured, tries - 1)
    return controller


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Clock:
    """The time, as the test sets it."""

    now: datetime = NOW
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> datetime:
        with self._lock:
            return self.now

    def forward(self, by: timedelta) -> None:
        with self._lock:
            self.now += by


def open_case_of_lin(engine: Engine) -> Case:
    """The builders' company, its names in two languages, and Lin's case in it."""
    builders.company(engine)
    with writing(engine) as session:
        erp = session.get_one(ConnectedSystem, "erp")
        erp.name_zh, erp.name_en = "订单系统", "Order system"
        session.add(erp)
        for lin in (session.get_one(Account, "a-lin"), session.get_one(Employee, "e-lin")):
            lin.name = "林晓"
            session.add(lin)
    plan = cases.plan(
        leaver="a-lin",
        hr="a-hr",
        witness="a-wang",
        receiver="a-zhou",
        security=("a-sec",),
        items=(
            ItemPlan("customer_files", Text("客户档案", "Customer files"), Text("完成", "done"), "customers"),
            ItemPlan("devices", Text("设备", "Devices"), Text("完成", "done"), "devices", False),
        ),
    )
    case = settle(open_case(Case(CASE, "e-lin", NOW), plan, NOW).case, NOW)
    post(engine, case)
    return case


def post(engine: Engine, case: Case, *notifications: Notification, version: int = 1) -> None:
    """Writes the case and its notifications as the workflow does."""
    request = RecordRequest(case=case, version=version, now=NOW, facts=(), notifications=notifications)
    DatabaseLedger(engine, Proofs({}, "")).record(request)


def change_account(engine: Engine, account: str, **values: Any) -> None:
    with writing(engine) as session:
        row = session.get_one(Account, account)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def rows(engine: Engine) -> list[NotificationRow]:
    with reading(engine) as session:
        found = list(session.exec(select(NotificationRow).order_by(NotificationRow.id)).all())  # type: ignore[arg-type]
        session.expunge_all()
        return found


def dispatcher(engine: Engine, port: int, clock: Clock, **options: Any) -> MailDispatcher:
    """One that sends to the mail server on that port."""
    values = {"smtp_host": "127.0.0.1", "smtp_port": port, "public_url": "https://wanbi.example"}
    secured = {name: options.pop(name) for name in ("smtp_starttls", "smtp_user", "smtp_password") if name in options}
    return MailDispatcher(engine, builders.settings(Path(), **values, **secured), clock, **options)
