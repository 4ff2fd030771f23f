"""Acceptance moves what is handed over: customers with their duplicates, their open orders and receivables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlmodel import Session

from domain.desk.entries import ASSIGNABLE
from domain.desk.orders import OPEN
from domain.desk.records import ReceivableState, RecordKind
from domain.errors import conflict
from models.accounts import Caller
from models.database import table
from models.desk import ownership
from models.desk.assignments import Entry
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.portfolio_bodies import EntryName
from models.desk.tables import Customer, OwnershipChange
from models.desk.trail_tables import PortfolioEntry
from models.nominations import require_staying
from models.tables import Account, CaseView, Employee

HANDOVER = "handover"
"""The reason of a change of owner by acceptance; the case that it names tells the rest."""
_ENTRY, _CHANGE = table(PortfolioEntry), table(OwnershipChange)
_CUSTOMER, _ORDER, _RECEIVABLE = table(Customer), table(SalesOrder), table(Receivable)
_WITH_CUSTOMERS = (
    (RecordKind.ORDER, SalesOrder, _ORDER, OPEN),
    (RecordKind.RECEIVABLE, Receivable, _RECEIVABLE, (ReceivableState.OPEN,)),
)


def hold_records(session: Session, wanted: Sequence[EntryName]) -> None:
    """Locks what may change hands, before the entries: customers first, then what hangs on them."""
    family = _family(session, _records(wanted, RecordKind.CUSTOMER))
    held = [(_CUSTOMER, set(family))]
    for kind, _, records, states in _WITH_CUSTOMERS:
        open_there = select(records.c.id).where(records.c.customer_id.in_(family), records.c.state.in_(states))
        found = session.connection().execute(open_there).scalars().all()
        held.append((records, {*found, *_records(wanted, kind)}))
    for records, ids in held:
        locked = select(records.c.id).where(records.c.id.in_(sorted(ids))).order_by(records.c.id)
        session.connection().execute(locked.with_for_update(key_share=True)).all()


def take_over(
    session: Session, case: CaseView, caller: Caller, named: Sequence[Entry], following: Sequence[Entry], now: datetime
) -> None:
    """Makes the receiver the owner of what is accepted; what is finished stays with whoever finished it.

    Raises Refusal if a record that was named belongs neither to the leaver nor to whom this case gave it before: a
    manager has decided otherwise, and an acceptance does not undo that.
    """
    to = session.get_one(Employee, caller.employee_id)
    require_staying(session, session.get_one(Account, caller.account))
    customers = [entry.record_id for entry in named if entry.kind == RecordKind.CUSTOMER]
    family = _family(session, customers)
    given: dict[str, Any] = {"to": to, "reason": HANDOVER, "by": caller.account, "now": now, "case_id": case.case_id}
    for kind, model, records, states in _WITH_CUSTOMERS:
        is_open, ours = records.c.state.in_(states), _of_this_handover(case, kind, records)
        own = [entry.record_id for entry in named if entry.kind == kind]
        along = [entry.record_id for entry in following if entry.kind == kind]
        _require_ours(session, records, own, to, ours)
        with_customer = _owned_with_customer(records, family)
        ownership.give_all(session, model, and_(is_open, records.c.id.in_(own)), **given)
        ownership.give_all(session, model, and_(is_open, records.c.id.in_(along), with_customer), **given)
        loose = and_(is_open, with_customer, ~_waits_by_itself(case, kind, records))
        ownership.give_all(session, model, loose, **given)
    ours = _of_this_handover(case, RecordKind.CUSTOMER, _CUSTOMER)
    _require_ours(session, _CUSTOMER, customers, to, ours)
    ownership.give_all(session, Customer, and_(_CUSTOMER.c.id.in_(family), ours), **given)


def _records(wanted: Sequence[EntryName], kind: RecordKind) -> list[str]:
    return [name.record for name in wanted if name.kind == kind]


def _family(session: Session, ids: Sequence[str]) -> list[str]:
    """These customers and their duplicates."""
    duplicates = select(_CUSTOMER.c.id).where(_CUSTOMER.c.merged_into.in_(ids))
    return [*ids, *session.connection().execute(duplicates).scalars().all()]


def _owned_with_customer(records: Any, family: Sequence[str]) -> Any:
    """Records of these customers that belong to whoever the customer belongs to."""
    owner = select(_CUSTOMER.c.owner).where(_CUSTOMER.c.id == records.c.customer_id).scalar_subquery()
    return and_(records.c.customer_id.in_(family), records.c.owner == owner)


def _of_this_handover(case: CaseView, kind: RecordKind, records: Any) -> Any:
    """The record is the leaver's, or whose this very case made it."""
    given = exists().where(
        _CHANGE.c.case_id == case.case_id,
        _CHANGE.c.kind == kind.value,
        _CHANGE.c.record_id == records.c.id,
        _CHANGE.c.to_owner == records.c.owner,
    )
    return or_(records.c.owner == case.employee_id, given)


def _waits_by_itself(case: CaseView, kind: RecordKind, records: Any) -> Any:
    """The record has an entry of its own that somebody else is to answer, or that was refused."""
    return exists().where(
        _ENTRY.c.case_id == case.case_id,
        _ENTRY.c.kind == kind.value,
        _ENTRY.c.record_id == records.c.id,
        _ENTRY.c.state.in_(ASSIGNABLE),
    )


def _require_ours(session: Session, records: Any, ids: Sequence[str], to: Employee, ours: Any) -> None:
    astray = select(records.c.id).where(records.c.id.in_(ids), records.c.owner != to.id, ~ours)
    if gone := len(session.connection().execute(astray).all()):
        raise conflict("portfolio.moved_meanwhile", count=gone)
