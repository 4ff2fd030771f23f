"""Acceptance moves what is handed over: customers with their duplicates, their open orders and receivables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlmodel import Session

from domain.desk.entries import ASSIGNABLE
from domain.desk.orders import OPEN
from domain.desk.records import PORTFOLIO, ReceivableState, RecordKind
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
    ids = {kind: [name.record for name in wanted if name.kind == kind] for kind in PORTFOLIO}
    customers = _family(ids[RecordKind.CUSTOMER])
    those = select(_CUSTOMER.c.id).where(customers)
    held: list[tuple[Any, Any]] = [(_CUSTOMER, customers)]
    for kind, _, records, states in _WITH_CUSTOMERS:
        open_there = and_(records.c.customer_id.in_(those), records.c.state.in_(states))
        held.append((records, or_(records.c.id.in_(ids[kind]), open_there)))
    for records, which in held:
        locked = select(records.c.id).where(which).order_by(records.c.id).with_for_update(key_share=True)
        session.connection().execute(locked).all()


def take_over(
    session: Session, case: CaseView, caller: Caller, named: Sequence[Entry], following: Sequence[Entry], now: datetime
) -> None:
    """Makes the receiver the owner of what is accepted; what is finished stays with whoever finished it.

    Raises Refusal if a record that was named belongs neither to the leaver nor to whom this case gave it before: a
    manager has decided otherwise, and an acceptance does not undo that.
    """
    to = session.get_one(Employee, caller.employee_id)
    require_staying(session, session.get_one(Account, caller.account))
    ids = {kind: [entry.record_id for entry in named if entry.kind == kind] for kind in PORTFOLIO}
    with_them = {kind: [entry.record_id for entry in following if entry.kind == kind] for kind in PORTFOLIO}
    customers = _family(ids[RecordKind.CUSTOMER])
    given: dict[str, Any] = {"to": to, "reason": HANDOVER, "by": caller.account, "now": now, "case_id": case.case_id}
    for kind, model, records, states in _WITH_CUSTOMERS:
        _require_ours(session, records, ids[kind], to, _of_this_handover(case, kind, records))
        along = or_(records.c.id.in_(with_them[kind]), ~_waits_by_itself(case, kind, records))
        mine = and_(_owned_with_customer(records, customers), along)
        which = and_(records.c.state.in_(states), or_(records.c.id.in_(ids[kind]), mine))
        ownership.give_all(session, model, which, **given)
    ours = _of_this_handover(case, RecordKind.CUSTOMER, _CUSTOMER)
    _require_ours(session, _CUSTOMER, ids[RecordKind.CUSTOMER], to, ours)
    ownership.give_all(session, Customer, and_(customers, ours), **given)


def _family(ids: Sequence[str]) -> Any:
    """These customers and their duplicates."""
    return or_(_CUSTOMER.c.id.in_(ids), _CUSTOMER.c.merged_into.in_(ids))


def _owned_with_customer(records: Any, customers: Any) -> Any:
    """Records of these customers that belong to whoever the customer belongs to."""
    owner = select(_CUSTOMER.c.owner).where(_CUSTOMER.c.id == records.c.customer_id).scalar_subquery()
    return and_(records.c.customer_id.in_(select(_CUSTOMER.c.id).where(customers)), records.c.owner == owner)


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
