"""What people enter about commission: agreements, payments, disputes. Entered once, never changed."""

from collections import Counter
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as of

from domain.desk.amounts import to_minor
from domain.desk.commission import EntryKind
from domain.errors import invalid, not_found
from domain.money import Money
from models.database import table, utc_now
from models.desk.commission import agreement
from models.desk.commission_bodies import NewAgreement, NewEntries, NewEntry, entered
from models.desk.commission_tables import CommissionAgreement, CommissionEntry
from models.desk.commission_views import AgreementAdded, AgreementView, EntriesAdded
from models.desk.order_tables import OrderLine, SalesOrder
from models.desk.tables import new_id
from models.tables import Employee

_LINE, _ORDER, _ENTRY = table(OrderLine), table(SalesOrder), table(CommissionEntry)


def employee(session: Session, number: str) -> Employee:
    """The person with this staff number, also after leaving. Raises Refusal."""
    found = session.exec(of(Employee).where(Employee.number == number)).one_or_none()
    if found is None:
        raise not_found("employee.unknown", number=number)
    return found


def agree(session: Session, body: NewAgreement, by: str) -> AgreementAdded:
    """Files what was agreed. Raises Refusal."""
    whose = employee(session, body.employee_number).id if body.employee_number else None
    values = body.model_dump(exclude={"employee_number", "sha256", "kind", "condition"})
    row = CommissionAgreement(
        id=new_id(),
        employee_id=whose,
        kind=body.kind.value,
        condition=body.condition.value,
        sha256=body.sha256 or "",
        at=utc_now(),
        by=by,
        **values,
    )
    session.add(row)
    session.flush()
    return AgreementAdded(id=row.id, valid=agreement(row).valid)


def agreements(session: Session, number: str | None) -> list[AgreementView]:
    """Everything that was ever agreed: with one person and by policies, or all of it; the newest first."""
    query = of(CommissionAgreement, Employee.number).join(
        Employee, col(Employee.id) == col(CommissionAgreement.employee_id), isouter=True
    )
    if number:
        whose = employee(session, number).id
        own = col(CommissionAgreement.employee_id)
        query = query.where((own == whose) | own.is_(None))
    query = query.order_by(col(CommissionAgreement.in_force_from).desc(), col(CommissionAgreement.id).desc())
    return [
        AgreementView(**row.model_dump(exclude={"employee_id"}), employee_number=of_whom, valid=agreement(row).valid)
        for row, of_whom in session.exec(query).all()
    ]


def enter(session: Session, person: Employee, body: NewEntries, by: str) -> EntriesAdded:
    """Enters what happened to lines of that person's ledger: all of it or nothing. Raises Refusal."""
    rows = [entered(one) for one in body.entries]
    orders = {row["order_id"] for row in rows}
    currencies, there = _currencies(session, person.id, orders), _there(session, person.id, orders)
    for one, row in zip(body.entries, rows, strict=True):
        currency, place = currencies.get((row["order_id"], row["position"])), _place(row)
        if currency is None:
            raise not_found("commission.line_unknown", line=one.line)
        if one.kind is EntryKind.PAID and one.currency != currency:
            raise invalid("commission.other_currency", line=one.line, currency=currency)
        if place in there:
            raise invalid("commission.entered_already", line=one.line, reference=one.reference)
        there.add(place)
        session.add(CommissionEntry(**row, employee_id=person.id, amount=_minor(one), at=utc_now(), by=by))
    session.flush()
    return EntriesAdded(entries=len(rows), kinds=dict(Counter(one.kind for one in body.entries)))


def _place(row: Any) -> tuple[str, int, str, str]:
    return row["order_id"], row["position"], row["kind"], row["reference"]


def _there(session: Session, person: str, orders: set[str]) -> set[tuple[str, int, str, str]]:
    """What was entered before about lines of these orders."""
    query = select(_ENTRY.c.order_id, _ENTRY.c.position, _ENTRY.c.kind, _ENTRY.c.reference)
    query = query.where(_ENTRY.c.employee_id == person, _ENTRY.c.order_id.in_(sorted(orders)))
    return {_place(row) for row in session.execute(query).mappings()}


def _currencies(session: Session, person: str, orders: set[str]) -> dict[tuple[str, int], str]:
    """By line of these orders in which the person has a part: its currency."""
    query = (
        select(_LINE.c.order_id, _LINE.c.position, _ORDER.c.currency)
        .join_from(_LINE, _ORDER, _ORDER.c.id == _LINE.c.order_id)
        .where(_ORDER.c.id.in_(sorted(orders)), (_ORDER.c.origin_owner == person) | (_ORDER.c.owner == person))
    )
    return {(row.order_id, row.position): row.currency for row in session.execute(query)}


def _minor(one: NewEntry) -> int | None:
    return None if one.amount is None else to_minor(Money(Decimal(one.amount), one.currency))
