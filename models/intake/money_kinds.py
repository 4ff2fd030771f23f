"""Receivables and the money that came in for them, from files."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlmodel import select

from domain.currencies import places
from domain.desk.amounts import LARGEST, to_minor
from domain.desk.records import ReceivableState
from domain.money import Money
from models.desk.order_tables import Payment, Receivable, SalesOrder
from models.desk.tables import new_id
from models.intake.desk import Desk, Rows
from models.intake.desk_rows import PaymentRow, ReceivableRow


def receivables(desk: Desk, rows: Rows[ReceivableRow]) -> None:
    customers = desk.customers(row.customer for _, row in rows)
    orders = {
        number: (order_id, customer_id)
        for number, order_id, customer_id in desk.by_key(
            select(SalesOrder.number, SalesOrder.id, SalesOrder.customer_id), (r.order for _, r in rows if r.order)
        )
    }
    there = {row.number: row for row in desk.held(Receivable, Receivable.number, (row.number for _, row in rows))}
    for number, row in rows:
        before = len(desk.problems)
        customer, owner = customers.get(row.customer), desk.person(number, "owner", row.owner)
        order_id, ordered_by = orders.get(row.order or "", (None, None))
        amount = _minor(desk, number, row.amount, row.currency)
        if customer is None:
            desk.complain(number, "customer", "unknown", row.customer)
        if row.order and order_id is None:
            desk.complain(number, "order", "unknown", row.order)
        elif customer and ordered_by not in (None, customer.id):
            desk.complain(number, "order", "not_of_this_customer", row.order or "", limit=row.customer)
        if customer is None or len(desk.problems) > before:
            continue
        if (found := there.get(row.number)) is not None:
            said = (customer.id, amount, row.currency, row.issued_on, row.due_on)
            if said == (found.customer_id, found.amount, found.currency, found.issued_on, found.due_on):
                desk.unchanged += 1
            else:
                desk.leave(number, "number", row.number)
            continue
        desk.inserted += 1
        desk.add(
            Receivable,
            id=new_id(),
            customer_id=customer.id,
            order_id=order_id,
            owner=owner.id if owner else customer.owner,
            amount=amount,
            paid=0,
            state=ReceivableState.OPEN.value,
            **row.model_dump(include={"number", "currency", "issued_on", "due_on"}),
            **desk.stamped(),
        )


def payments(desk: Desk, rows: Rows[PaymentRow]) -> None:
    """A payment is known by its reference. A receivable is paid on the day on which its payments reach its amount."""
    there = {row.number: row for row in desk.held(Receivable, Receivable.number, (r.receivable for _, r in rows))}
    known: dict[str, dict[str, Any]] = defaultdict(dict)
    for paid in desk.held(Payment, Payment.receivable_id, (found.id for found in there.values())):
        known[paid.receivable_id][paid.reference] = paid
    for receivable, group in groupby(rows, key=lambda numbered: numbered[1].receivable):
        own = list(group)
        found = there.get(receivable)
        if found is None:
            desk.complain(own[0][0], "receivable", "unknown", receivable)
            continue
        received = [(paid.received_on, paid.amount) for paid in known[found.id].values()]
        for number, row in own:
            amount = _minor(desk, number, row.amount, found.currency)
            before = known[found.id].get(row.reference)
            if before is not None and (before.amount, before.received_on) == (amount, row.received_on):
                desk.unchanged += 1
            elif before is not None:
                desk.leave(number, "reference", row.reference)
            else:
                desk.inserted += 1
                received.append((row.received_on, amount))
                desk.add(
                    Payment,
                    id=new_id(),
                    receivable_id=found.id,
                    amount=amount,
                    currency=found.currency,
                    received_on=row.received_on,
                    reference=row.reference,
                    at=desk.now,
                    by=desk.by,
                )
        if desk.writing and len(received) > len(known[found.id]):
            _settle(desk, found, received)


def _settle(desk: Desk, found: Receivable, received: list[tuple[date, int]]) -> None:
    found.paid, found.paid_on = 0, None
    for day, amount in sorted(received):
        found.paid += amount
        found.paid_on = (found.paid_on or day) if found.paid >= found.amount else None
    found.state = (ReceivableState.PAID if found.paid_on else ReceivableState.OPEN).value
    found.updated_at, found.version = desk.now, found.version + 1


def _minor(desk: Desk, number: int, amount: Decimal, currency: str) -> int:
    """In the currency's smallest unit; a problem if it is finer, or beyond measure."""
    if amount != round(amount, places(currency)):
        desk.complain(number, "amount", "too_fine", amount, limit=f"{places(currency)} ({currency})")
        return 0
    try:
        return to_minor(Money(amount, currency))
    except ValueError:
        desk.complain(number, "amount", "out_of_range", amount, limit=f"≤ {LARGEST}")
        return 0
