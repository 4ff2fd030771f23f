"""What somebody holds at the desk, written down as entries of a case: customers, open orders, unpaid receivables."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, literal, or_, select
from sqlmodel import Session

from domain.desk.orders import OPEN
from domain.desk.records import EntryState, ReceivableState, RecordKind
from models.database import UtcDateTime, table
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.tables import Customer
from models.desk.trail_tables import PortfolioEntry

_ENTRY = table(PortfolioEntry)
_CUSTOMER, _ORDER, _RECEIVABLE = table(Customer), table(SalesOrder), table(Receivable)


class _Held(NamedTuple):
    """Records of one kind that the case has no entry for."""

    kind: RecordKind
    records: Any
    customer: ColumnElement[Any]
    which: ColumnElement[bool]


def any_unwritten(session: Session, case_id: str, employee_id: str, customer: str | None = None) -> bool:
    """True if the employee holds anything for which the case has no entry. `customer`: anything of that one."""
    queries = (select(held.records.c.id).where(held.which) for held in _unwritten(case_id, employee_id, customer))
    return any(session.connection().execute(query.limit(1)).first() is not None for query in queries)


def write_down(session: Session, case_id: str, employee_id: str, now: datetime, customer: str | None = None) -> None:
    """An entry for each of these records, proposed to nobody yet: one INSERT … SELECT a kind."""
    for held in _unwritten(case_id, employee_id, customer):
        values: dict[str, ColumnElement[Any]] = {
            "case_id": literal(case_id),
            "kind": literal(held.kind.value),
            "record_id": held.records.c.id,
            "customer_id": held.customer,
            "holder": literal(employee_id),
            "state": literal(EntryState.PROPOSED.value),
            "because": literal(""),
            "reason": literal(""),
            "at": literal(now, UtcDateTime()),
            "updated_at": literal(now, UtcDateTime()),
            "version": literal(1),
        }
        found: Select[Any] = select(*values.values()).where(held.which)
        session.connection().execute(insert(_ENTRY).from_select(list(values), found))


def _unwritten(case_id: str, employee_id: str, customer: str | None) -> Iterator[_Held]:
    """A duplicate is not handed over by itself: what hangs on it goes with the original."""
    near = or_(_CUSTOMER.c.id == customer, _CUSTOMER.c.merged_into == customer) if customer else None
    owned = and_(_CUSTOMER.c.owner == employee_id, _CUSTOMER.c.merged_into.is_(None))
    yield _Held(
        RecordKind.CUSTOMER, _CUSTOMER, _CUSTOMER.c.id, _new(case_id, RecordKind.CUSTOMER, _CUSTOMER, owned, near)
    )
    original = func.coalesce(_CUSTOMER.c.merged_into, _CUSTOMER.c.id)
    for kind, records, states in (
        (RecordKind.ORDER, _ORDER, OPEN),
        (RecordKind.RECEIVABLE, _RECEIVABLE, (ReceivableState.OPEN,)),
    ):
        open_there = and_(
            records.c.owner == employee_id, records.c.state.in_(states), records.c.customer_id == _CUSTOMER.c.id
        )
        yield _Held(kind, records, original, _new(case_id, kind, records, open_there, near))


def _new(
    case_id: str, kind: RecordKind, records: Any, which: ColumnElement[bool], near: ColumnElement[bool] | None
) -> ColumnElement[bool]:
    written = exists().where(
        _ENTRY.c.case_id == case_id, _ENTRY.c.kind == kind.value, _ENTRY.c.record_id == records.c.id
    )
    return and_(which, ~written) if near is None else and_(which, near, ~written)
