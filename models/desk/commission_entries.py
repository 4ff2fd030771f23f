"""What people enter about order lines: payments, disputes, shares. Entered once, never changed, but taken back."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import select as of

from domain.desk.amounts import exactly
from domain.desk.commission import REVERSIBLE, EntryKind
from domain.errors import conflict, invalid, not_found
from domain.law.order_lines import Condition
from domain.law.workings import figure
from domain.money import Money, nothing
from models.database import table, utc_now
from models.desk import commission, figures
from models.desk.commission import LedgerLine
from models.desk.commission_bodies import NewEntries, NewEntry, entered
from models.desk.commission_tables import CommissionEntry
from models.desk.commission_views import EntriesAdded
from models.desk.tables import new_id
from models.tables import Employee

_ENTRY, _PERSON = table(CommissionEntry), table(Employee)


def employee(session: Session, number: str) -> Employee:
    """The person with this staff number, also after leaving. Raises Refusal."""
    found = session.exec(of(Employee).where(Employee.number == number)).one_or_none()
    if found is None:
        raise not_found("employee.unknown", number=number)
    return found


def enter(session: Session, person: Employee, body: NewEntries, by: str) -> EntriesAdded:
    """Enters what happened to lines of that person's ledger: all of it or nothing. Raises Refusal.

    What was entered wrongly is taken back first. Nothing else is ever changed.
    """
    session.execute(select(_PERSON.c.id).where(_PERSON.c.id == person.id).with_for_update(key_share=True))
    now = utc_now()
    if late := [one for one in body.entries if one.on > figures.today(now)]:
        raise invalid("commission.in_the_future", line=late[0].line)
    rows = [_row(one, person, by, now) for one in body.entries]
    orders = {row.order_id for row in rows}
    there = _there(session, person.id, orders)
    for row in rows:
        if row.reverses:
            _require_reversible(session, row)
            session.add(row)
    session.flush()
    ledger = {line.sold.id: line for line in commission.lines(session, person.id, orders=orders)}
    payable = {name: line.stands.payable_now for name, line in ledger.items() if line.stands}
    for one, row in zip(body.entries, rows, strict=True):
        if one.line not in ledger:
            raise not_found("commission.line_unknown", line=one.line)
        _require_effect(one, ledger[one.line])
        if _place(row) in there:
            raise invalid("commission.entered_already", line=one.line, reference=one.reference)
        there.add(_place(row))
        if one.amount is not None:
            row.amount = exactly(Money(one.amount, one.currency))
            payable[one.line] = _less(one, payable.get(one.line))
    session.add_all(rows)
    session.flush()
    ids = [row.id for row in rows]
    return EntriesAdded(entries=len(rows), ids=ids, kinds=dict(Counter(one.kind for one in body.entries)))


def _row(one: NewEntry, person: Employee, by: str, now: datetime) -> CommissionEntry:
    return CommissionEntry(id=new_id(), **entered(one), employee_id=person.id, at=now, by=by)


def _require_reversible(session: Session, row: CommissionEntry) -> None:
    """Raises Refusal unless it takes back an entry about the same line that can be taken back, and was not yet."""
    wrong = session.get(CommissionEntry, row.reverses)
    places = [(one.employee_id, one.order_id, one.position) for one in (row, wrong) if one is not None]
    if wrong is None or places[0] != places[1]:
        raise not_found("commission.entry_unknown", entry=str(row.reverses))
    if wrong.kind not in REVERSIBLE:
        raise invalid("commission.not_reversible", entry=wrong.id)
    if session.execute(select(_ENTRY.c.id).where(_ENTRY.c.reverses == wrong.id)).first() is not None:
        raise conflict("commission.reversed_already", entry=wrong.id)


def _require_effect(one: NewEntry, line: LedgerLine) -> None:
    """Raises Refusal for what would change nothing: it would be on record as if it did."""
    if one.kind is EntryKind.PAID and one.currency != line.sold.currency:
        raise invalid("commission.other_currency", line=one.line, currency=line.sold.currency)
    if one.kind is EntryKind.CONDITION_MET and (line.judged is None or line.judged.condition is not Condition.EVENT):
        raise invalid("commission.no_event_awaited", line=one.line)
    if one.kind is EntryKind.SHARE_AGREED and line.sold.origin == line.sold.owner:
        raise invalid("commission.nobody_to_share_with", line=one.line)


def _less(one: NewEntry, payable: Money | None) -> Money:
    """What is still payable after it. Raises Refusal if it was more than that, and nobody says why."""
    amount = Money(one.amount or Decimal(0), one.currency)
    left = payable or nothing(one.currency)
    if left < amount and one.reason is None:
        raise invalid("commission.more_than_payable", line=one.line, payable=figure(left), currency=one.currency)
    return max(nothing(one.currency), left - amount)


def _place(row: Any) -> tuple[str, int, str, str]:
    return row.order_id, row.position, row.kind, row.reference


def _there(session: Session, person: str, orders: set[str]) -> set[tuple[str, int, str, str]]:
    """What was entered before about lines of these orders."""
    query = select(_ENTRY.c.order_id, _ENTRY.c.position, _ENTRY.c.kind, _ENTRY.c.reference)
    query = query.where(_ENTRY.c.employee_id == person, _ENTRY.c.order_id.in_(sorted(orders)))
    return {_place(row) for row in session.execute(query)}
