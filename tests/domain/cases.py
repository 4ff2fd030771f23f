"""Cases for the tests of the rules: opened from a plan, without database, Temporal or a clock.

`NOW` is a Monday, 10:00 in Shanghai; the notice that arrived then ends on Wednesday, 23 December 2026.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from domain import access, checklist, clearances, closing, papers, sealing, signing
from domain.case import Case, PaperKind, Stage
from domain.change import Change
from domain.errors import Refusal, RefusalKind
from domain.handover import Clearance, Item, Proof
from domain.opening import open_case
from domain.people import Actor, Role, Text
from domain.plan import ClearancePlan, ItemPlan, Plan, SystemPlan
from domain.rights import Grant
from domain.timezones import at_local, end_of
from domain.working_days import WorkingCalendar

SHANGHAI = "Asia/Shanghai"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LAST_DAY = date(2026, 12, 23)
OVER = end_of(LAST_DAY, SHANGHAI)
"""24:00 of the last day."""
SHA = "5e" * 32
EVIDENCE, SEEN, SEALED_SHA = "e1" * 32, "5a" * 32, "5d" * 32
"""Of a signer's will, of the document with the signatures before, of the sealed document."""
PROOF = Proof("on the shared drive", "doc-7")

LEAVER = Actor("lin")
RECEIVER = Actor("zhou")
WITNESS = Actor("wang")
HR = Actor("hr", (Role.HR,))
OTHER_HR = Actor("hr-2", (Role.HR,))
SECURITY = Actor("sec", (Role.SECURITY,))
COUNSEL = Actor("counsel", (Role.COUNSEL,))
ADMINISTRATOR = Actor("admin", (Role.ADMINISTRATOR,))
SEAL_KEEPER = Actor("seal", (Role.SEAL_KEEPER,))
STRANGER = Actor("stranger")
LEAVER_OF_ALL_ROLES = Actor("lin", tuple(Role))
"""Someone who resigns loses no role by it, and still decides nothing about the own departure."""

CLERK, HEAD, DIRECTOR = Actor("sales-clerk"), Actor("sales-head"), Actor("sales-director")
BOOKKEEPER, CASHIER, AUDITOR = Actor("bookkeeper"), Actor("cashier"), Actor("auditor")
ITEMS = ("customer_files", "open_orders", "devices")
DEPARTMENTS = ("sales", "finance", "it")


def department(name: str, *levels: tuple[str, ...], quorum: int = 1) -> ClearancePlan:
    return ClearancePlan(name, Text(name, name), levels, quorum, remind_every=2, escalate_after=4, due_after=8)


def item(name: str, *, proof: bool = True) -> ItemPlan:
    return ItemPlan(name, Text(name, name), Text("完成", "done"), "customers", proof)


def plan(**changes: Any) -> Plan:
    """A salesperson's plan: three systems, three items, three departments, of which finance wants two people."""
    usual = Plan(
        leaver=LEAVER.account,
        hr=HR.account,
        witness=WITNESS.account,
        receiver=RECEIVER.account,
        security=(SECURITY.account,),
        department="sales",
        calendar=WorkingCalendar(SHANGHAI),
        template="general",
        template_version=3,
        earliest_last_day=LAST_DAY,
        last_day=LAST_DAY,
        law=(),
        systems=(
            SystemPlan("crm", ("contact", "export", "view"), ("contact", "export")),
            SystemPlan("erp", ("change_orders", "create_orders", "view_orders"), ("change_orders", "create_orders")),
            SystemPlan("mail", ("send",), ()),
        ),
        items=(item("customer_files"), item("open_orders"), item("devices", proof=False)),
        clearances=(
            department("sales", (CLERK.account,), (HEAD.account,), (DIRECTOR.account,)),
            department("finance", (BOOKKEEPER.account, CASHIER.account, AUDITOR.account), quorum=2),
            department("it", ("it-clerk",)),
        ),
    )
    return replace(usual, **changes)


def opened(now: datetime = NOW, **changes: Any) -> Case:
    """A case just opened, its systems told to freeze."""
    return after(open_case(Case("c1", "e1", now), plan(**changes), now), now)


def after(change: Change, now: datetime = NOW) -> Case:
    """The case after a change, with what that means for every system."""
    return access.settle(change.case, now)


def verified(case: Case, now: datetime = NOW) -> Case:
    """Every system shows what is wanted."""
    for system in case.systems:
        case = access.record_verified(case, system.system, system.revision, system.desired, 1, now).case
    return case


def handing_over(now: datetime = NOW, **changes: Any) -> Case:
    """A case whose freeze is proved and whose handover is under way."""
    return in_stage(verified(opened(now, **changes), now), Stage.HANDING_OVER, now)


def in_stage(case: Case, stage: Stage, now: datetime = NOW) -> Case:
    return after(closing.enter(case, stage, now), now)


def handed_over(case: Case, *items: str, now: datetime = NOW) -> Case:
    return checklist.hand_over(case, LEAVER, items or ITEMS, PROOF, now).case


def accepted(case: Case, now: datetime = NOW) -> Case:
    """Every item handed over, and accepted by its receiver."""
    return checklist.decide(handed_over(case, now=now), RECEIVER, ITEMS, True, "", now).case


def approved(case: Case, now: datetime = NOW) -> Case:
    """Every department that is still open has confirmed."""
    for clearance in case.clearances:
        for account in clearance.undecided()[: clearance.quorum]:
            case = clearances.decide(case, Actor(account), clearance.department, True, "", now).case
    return case


def signing_case(now: datetime = NOW, **changes: Any) -> Case:
    """A complete handover whose record lies before its parties."""
    return presented(in_stage(approved(accepted(handing_over(now, **changes), now), now), Stage.SIGNING, now), now)


def presented(case: Case, now: datetime = NOW) -> Case:
    return signing.open_record(case, "d1", SHA, signing.parties(case), now).case


def signed(case: Case, now: datetime = NOW) -> Case:
    """Every party has signed."""
    for party in (LEAVER, RECEIVER, WITNESS):
        case = signing.sign(case, party, SHA, EVIDENCE, SEEN, now).case
    return case


def sealed(case: Case, now: datetime = NOW) -> Change:
    """The keeper of the seal lets it be put to the record, and it is."""
    approved = sealing.decide(case, SEAL_KEEPER, SHA, True, "", now).case
    return sealing.sealed(approved, "d1-sealed", SEALED_SHA, now)


def pursuing(case: Case | None = None, now: datetime | None = None) -> Case:
    """A case past its last day, all access closed and read back, its papers issued."""
    left = now or OVER
    case = in_stage(case or handing_over(), Stage.AWAITING_LAST_DAY, left)
    case = in_stage(verified(after(closing.leave(case, left), left), left), Stage.PURSUING, left)
    return with_papers(case, *papers.due(case), now=left)


def with_papers(case: Case, *kinds: PaperKind, now: datetime = NOW) -> Case:
    """These papers are issued."""
    for kind in kinds:
        case = papers.issued(case, kind, f"d-{kind}", SHA, now).case
    return case


def withdrawing(case: Case, now: datetime = NOW) -> Case:
    return in_stage(case, Stage.WITHDRAWING, now)


def opening(working_day: date, clock: time = time(9, 0), zone: str = SHANGHAI) -> datetime:
    """The opening hour of that day."""
    return at_local(working_day, clock, zone)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def find_clearance(case: Case, name: str) -> Clearance:
    return next(c for c in case.clearances if c.department == name)


def find_item(case: Case, name: str) -> Item:
    return next(i for i in case.items if i.id == name)


def find_grant(case: Case, name: str = "g1") -> Grant:
    return next(g for g in case.grants if g.id == name)


def kinds(change: Change) -> tuple[str, ...]:
    """The kinds of the facts that a change leaves."""
    return tuple(fact.kind for fact in change.facts)


def told(change: Change, kind: str) -> tuple[str, ...]:
    """Who is told of `kind`."""
    return tuple(account for note in change.notifications if note.kind == kind for account in note.to)


@contextmanager
def _refused(kind: RefusalKind, code: str) -> Iterator[None]:
    with pytest.raises(Refusal) as caught:
        yield
    assert (caught.value.kind, caught.value.code) == (kind, code)


def forbidden(code: str) -> Any:
    """Expects that this person may not."""
    return _refused(RefusalKind.FORBIDDEN, code)


def conflict(code: str) -> Any:
    """Expects that it can't be done in the present state."""
    return _refused(RefusalKind.CONFLICT, code)


def invalid(code: str) -> Any:
    """Expects that nobody could carry it out."""
    return _refused(RefusalKind.INVALID, code)


def not_found(code: str) -> Any:
    """Expects that what it names does not exist."""
    return _refused(RefusalKind.NOT_FOUND, code)
