"""A person's portfolio on its way out: what they hold, in the same columns in which files come in.

Whoever exports passes the gate for everything that the file holds, and it is logged before the first byte leaves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Select, func, insert, select
from sqlmodel import Session

from domain.desk.access import Action
from domain.desk.amounts import from_minor
from domain.desk.records import RecordKind
from domain.errors import Refusal, not_found
from domain.timezones import zone
from models.accounts import Caller
from models.database import reading, table, utc_now, writing
from models.desk import gate
from models.desk.gate import Target
from models.desk.order_tables import OrderLine, Payment, Receivable, SalesOrder
from models.desk.scopes import reached, within
from models.desk.tables import Carrier, Contact, Customer
from models.desk.trail_tables import Communication, RecordRead
from models.sheets.excel_writer import Table
from models.tables import Employee

_AT_ONCE = 1000
_E, _C, _P = table(Employee), table(Customer), table(Contact)
_O, _L, _K = table(SalesOrder), table(OrderLine), table(Carrier)
_R, _M, _T = table(Receivable), table(Payment), table(Communication)
_SPOKE = _E.alias("spoke")


class Part(StrEnum):
    """What of a portfolio is in a file."""

    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    ORDERS = "orders"
    RECEIVABLES = "receivables"
    PAYMENTS = "payments"
    COMMUNICATIONS = "communications"


@dataclass(frozen=True)
class _Export:
    action: Action
    kind: RecordKind
    header: tuple[str, ...]
    query: Select[Any]
    """The columns of the header; those of an amount with the currency behind all others."""
    owner: Any
    order: tuple[Any, ...]
    money: str = ""
    """The column that holds an amount in smallest units."""


def _named(*columns: str, of: Any) -> tuple[Any, ...]:
    return tuple(of.c[column] for column in columns)


_OF_CUSTOMER = _T.join(_C, _C.c.id == _T.c.customer_id).outerjoin(_SPOKE, _SPOKE.c.id == _T.c.employee_id)
_EXPORTS: dict[Part, _Export] = {
    Part.CUSTOMERS: _Export(
        Action.EXPORT_CUSTOMERS,
        RecordKind.CUSTOMER,
        ("number", "name", "owner", "industry", "region", "city", "address", "source", "status"),
        select(
            *_named("number", "name", of=_C),
            _E.c.number,
            *_named("industry", "region", "city", "address", "source", "status", of=_C),
        ).join_from(_C, _E, _E.c.id == _C.c.owner),
        _C.c.owner,
        (_C.c.number,),
    ),
    Part.CONTACTS: _Export(
        Action.EXPORT_CUSTOMERS,
        RecordKind.CONTACT,
        ("customer", "name", "title", "phone", "mail", "message_id", "preferences", "is_primary", "active"),
        select(
            _C.c.number,
            *_named("name", "title", "phone", "mail", "message_id", "preferences", "is_primary", "active", of=_P),
        ).join_from(_P, _C, _C.c.id == _P.c.customer_id),
        _C.c.owner,
        (_C.c.number, _P.c.id),
    ),
    Part.ORDERS: _Export(
        Action.EXPORT_ORDERS,
        RecordKind.ORDER,
        (
            *("number", "customer", "owner", "placed_at", "state", "currency", "promised_on", "carrier"),
            *("customer_reference", "position", "product", "product_name", "quantity", "unit_price", "discount"),
            "commission_rate",
        ),
        select(
            _O.c.number,
            _C.c.number,
            _E.c.number,
            *_named("placed_at", "state", "currency", "promised_on", of=_O),
            _K.c.number,
            _O.c.customer_reference,
            *_named("position", "product", "name", "quantity", "unit_price", "discount", "commission_rate", of=_L),
        ).select_from(
            _O.join(_C, _C.c.id == _O.c.customer_id)
            .join(_E, _E.c.id == _O.c.owner)
            .outerjoin(_L, _L.c.order_id == _O.c.id)
            .outerjoin(_K, _K.c.id == _O.c.carrier_id)
        ),
        _O.c.owner,
        (_O.c.placed_at, _O.c.id, _L.c.position),
    ),
    Part.RECEIVABLES: _Export(
        Action.READ_RECEIVABLES,
        RecordKind.RECEIVABLE,
        ("number", "customer", "order", "owner", "currency", "amount", "issued_on", "due_on"),
        select(
            _R.c.number,
            _C.c.number,
            _O.c.number,
            _E.c.number,
            *_named("currency", "amount", "issued_on", "due_on", of=_R),
            _R.c.currency,
        ).select_from(
            _R.join(_C, _C.c.id == _R.c.customer_id)
            .join(_E, _E.c.id == _R.c.owner)
            .outerjoin(_O, _O.c.id == _R.c.order_id)
        ),
        _R.c.owner,
        (_R.c.due_on, _R.c.id),
        money="amount",
    ),
    Part.PAYMENTS: _Export(
        Action.READ_RECEIVABLES,
        RecordKind.PAYMENT,
        ("receivable", "reference", "amount", "received_on"),
        select(_R.c.number, *_named("reference", "amount", "received_on", "currency", of=_M)).join_from(
            _M, _R, _R.c.id == _M.c.receivable_id
        ),
        _R.c.owner,
        (_R.c.due_on, _R.c.id, _M.c.reference),
        money="amount",
    ),
    Part.COMMUNICATIONS: _Export(
        Action.READ_HISTORY,
        RecordKind.COMMUNICATION,
        ("customer", "kind", "direction", "at", "employee", "order", "contact", "summary"),
        select(
            _C.c.number,
            *_named("kind", "direction", "at", of=_T),
            _SPOKE.c.number,
            _O.c.number,
            _P.c.name,
            _T.c.summary,
        ).select_from(_OF_CUSTOMER.outerjoin(_O, _O.c.id == _T.c.order_id).outerjoin(_P, _P.c.id == _T.c.contact_id)),
        _C.c.owner,
        (_T.c.at, _T.c.id),
    ),
}
_READ = insert(table(RecordRead))


def permitted(engine: Engine, caller: Caller, number: str, parts: Sequence[Part], purpose: str) -> str:
    """The id of whose portfolio the caller may export now; it is logged as exported. Raises Refusal."""
    with writing(engine) as session:
        refused = _refused(session, caller, parts)
        if refused is None:
            holder = _holder(session, caller, number, parts)
            _log(session, caller, holder, parts, purpose)
            return holder
    raise refused


def tables(engine: Engine, holder: str, parts: Sequence[Part], time_zone: str) -> Iterator[Table]:
    """The portfolio as it is read, a thousand rows at a time; moments on the wall clock of that zone."""
    for part in parts:
        yield Table(part.value, _EXPORTS[part].header, rows(engine, holder, part, time_zone))


def rows(engine: Engine, holder: str, part: Part, time_zone: str) -> Iterator[list[Any]]:
    """The rows of one part of a portfolio."""
    export = _EXPORTS[part]
    width, said = len(export.header), _said(export, time_zone)
    query = export.query.where(export.owner == holder).order_by(*export.order)
    with reading(engine) as session:
        found = session.connection().execution_options(yield_per=_AT_ONCE).execute(query)
        for row in found:
            yield said(row)[:width]


def header(part: Part) -> tuple[str, ...]:
    """The columns of one part of a portfolio."""
    return _EXPORTS[part].header


def _said(export: _Export, time_zone: str) -> Callable[[Any], list[Any]]:
    place = export.header.index(export.money) if export.money else None
    local = zone(time_zone)

    def said(row: Any) -> list[Any]:
        cells: list[Any] = [cell.astimezone(local).isoformat() if isinstance(cell, datetime) else cell for cell in row]
        if place is not None:
            cells[place] = from_minor(cells[place], cells[-1]).amount
        return cells

    return said


def _refused(session: Session, caller: Caller, parts: Sequence[Part]) -> Refusal | None:
    for action in sorted({_EXPORTS[part].action for part in parts}):
        gate.reach(action, caller)
        held = gate.standing_of(session, caller, action, hold=True)
        kind = next(_EXPORTS[part].kind for part in parts if _EXPORTS[part].action is action)
        passage = gate.enter(session, caller, action, Target(kind), held)
        if isinstance(passage, Refusal):
            return passage
    return None


def _holder(session: Session, caller: Caller, number: str, parts: Sequence[Part]) -> str:
    """The employee with this number, also one who has left, if within reach of every action."""
    found = session.execute(select(_E.c.id).where(_E.c.number == number)).scalar()
    scopes = [within(session, gate.reach(_EXPORTS[part].action, caller)) for part in parts]
    if found is None or not all(reached(session, mine, found) for mine in scopes):
        raise not_found("desk.owner_out_of_reach", number=number)
    return str(found)


def _log(session: Session, caller: Caller, holder: str, parts: Sequence[Part], purpose: str) -> None:
    for part in parts:
        export = _EXPORTS[part]
        counted = select(func.count()).select_from(export.query.where(export.owner == holder).subquery())
        log = {"account": caller.account, "employee_id": caller.employee_id, "at": utc_now(), "record_id": ""}
        log |= {"action": export.action.value, "kind": export.kind.value, "purpose": purpose}
        session.connection().execute(_READ, {**log, "records": session.execute(counted).scalar_one()})
