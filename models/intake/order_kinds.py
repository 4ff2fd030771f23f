"""Orders and their lines from files. An order that is there is never changed by a file: customers rely on it."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, select, update

from domain.desk.amounts import LARGEST, to_minor
from domain.money import Money
from models.database import table
from models.desk.order_tables import OrderLine, OrderStateChange, SalesOrder
from models.desk.tables import Carrier, new_id
from models.intake.desk import Account, Desk, Rows
from models.intake.desk_rows import OrderLineRow, OrderRow

_OF_THE_ORDER = ("customer", "owner", "placed_at", "state", "currency", "promised_on", "carrier", "customer_reference")
_ORDER, _CARRIER = table(SalesOrder), table(Carrier)
_BRIEF = select(
    *(_ORDER.c[name] for name in ("number", "id", "customer_id", "placed_at", "state", "currency", "total"))
)
_TOTAL = update(_ORDER).where(_ORDER.c.id == bindparam("order")).values(total=bindparam("sum"))


def orders(desk: Desk, rows: Rows[OrderRow]) -> None:
    """Rows with one number are one order; those that name a product are its lines."""
    customers = desk.customers(row.customer for _, row in rows)
    carriers = dict(desk.by_key(select(_CARRIER.c.number, _CARRIER.c.id), (r.carrier for _, r in rows if r.carrier)))
    there = {row.number: row for row in desk.by_key(_BRIEF, (row.number for _, row in rows))}
    for _, group in groupby(rows, key=lambda numbered: numbered[1].number):
        own = list(group)
        number, first = own[0]
        _require_agreement(desk, own)
        customer, owner = customers.get(first.customer), desk.person(number, "owner", first.owner)
        carrier = carriers.get(first.carrier) if first.carrier else None
        if customer is None:
            desk.complain(number, "customer", "unknown", first.customer)
        if first.carrier and carrier is None:
            desk.complain(number, "carrier", "unknown", first.carrier)
        lines = _lines(desk, [(n, row) for n, row in own if row.product], first.currency)
        if customer is None or (first.owner and owner is None) or (first.carrier and carrier is None) or lines is None:
            continue
        if (found := there.get(first.number)) is not None:
            _compare(desk, number, first, customer, found, lines)
            continue
        holder = owner.id if owner else customer.owner
        if _timely(desk, number, first, holder):
            _place(desk, first, customer, holder, carrier, lines)


def order_lines(desk: Desk, rows: Rows[OrderLineRow]) -> None:
    """All lines of an order are in one file, and go to an order that has none."""
    there = {row.number: row for row in desk.by_key(_BRIEF, (row.order for _, row in rows))}
    known: dict[str, list[Any]] = {}
    for line in desk.held(OrderLine, OrderLine.order_id, (found.id for found in there.values())):
        known.setdefault(line.order_id, []).append(line)
    totals = []
    for order, group in groupby(rows, key=lambda numbered: numbered[1].order):
        own = list(group)
        number = own[0][0]
        found = there.get(order)
        if found is None:
            desk.complain(number, "order", "unknown", order)
            continue
        lines = _lines(desk, own, found.currency)
        if lines is None:
            continue
        if before := known.get(found.id):
            if sorted(_said(line.model_dump()) for line in before) == sorted(map(_said, lines)):
                desk.unchanged += len(lines)
            else:
                desk.leave(number, "order", order)
            continue
        desk.inserted += len(lines)
        for line in lines:
            desk.add(OrderLine, order_id=found.id, **line)
        totals.append({"order": found.id, "sum": sum(line["amount"] for line in lines)})
    if totals and desk.writing:
        desk.session.connection().execute(_TOTAL, totals)


def _require_agreement(desk: Desk, own: list[tuple[int, OrderRow]]) -> None:
    number, first = own[0]
    for other, row in own[1:]:
        for name in _OF_THE_ORDER:
            if getattr(row, name) != getattr(first, name):
                desk.complain(other, name, "differs_within_order", getattr(row, name), limit=str(number))


def _lines(desk: Desk, own: Iterable[tuple[int, Any]], currency: str) -> list[dict[str, Any]] | None:
    """The lines as they are written, their amounts reckoned; None if one is beyond measure."""
    placed = sorted(own, key=lambda numbered: (numbered[1].position or 0, numbered[0]))
    lines: list[dict[str, Any]] = []
    taken: dict[int, int] = {}
    for place, (number, row) in enumerate(placed, 1):
        position = row.position or place
        if taken.setdefault(position, number) != number:
            desk.complain(number, "position", "duplicate", position)
            return None
        try:
            amount = to_minor(Money(row.quantity * row.unit_price * (1 - row.discount), currency))
        except ValueError:
            desk.complain(number, "quantity", "out_of_range", row.quantity, limit=f"≤ {LARGEST}")
            return None
        values = row.model_dump(include={"product", "quantity", "unit_price", "discount", "commission_rate"})
        name = row.product_name or row.product
        lines.append({**values, "name": name, "position": position, "amount": amount})
    return lines


def _said(line: dict[str, Any]) -> tuple[Any, ...]:
    return line["position"], line["product"], line["quantity"], line["unit_price"], line["discount"]


def _timely(desk: Desk, number: int, row: OrderRow, owner: str) -> bool:
    """Nothing is placed in the future, and no file carries an order past a freeze: that is what incoming orders are."""
    since = desk.frozen.get(owner)
    if row.placed_at > desk.now:
        desk.complain(number, "placed_at", "in_the_future", row.placed_at.isoformat())
    elif since is not None and row.placed_at > since:
        desk.complain(number, "owner", "owner_frozen", row.owner or "", limit=since.isoformat(timespec="seconds"))
    else:
        return True
    return False


def _compare(
    desk: Desk, number: int, row: OrderRow, customer: Account, found: Any, lines: list[dict[str, Any]]
) -> None:
    total = sum(line["amount"] for line in lines) if lines else found.total
    said = (customer.id, row.placed_at, row.state.value, row.currency, total)
    if said == (found.customer_id, found.placed_at, found.state, found.currency, found.total):
        desk.unchanged += 1
    else:
        desk.leave(number, "number", row.number)


def _place(
    desk: Desk, row: OrderRow, customer: Account, owner: str, carrier: str | None, lines: list[dict[str, Any]]
) -> None:
    desk.inserted += 1
    if not desk.writing:
        return
    order_id = new_id()
    desk.add(
        SalesOrder,
        id=order_id,
        number=row.number,
        customer_id=customer.id,
        owner=owner,
        department=desk.departments[owner],
        origin_owner=owner,
        routed_because="",
        placed_by=desk.by,
        placed_at=row.placed_at,
        incoming=False,
        customer_reference=row.customer_reference,
        state=row.state.value,
        state_at=row.placed_at,
        currency=row.currency,
        total=sum(line["amount"] for line in lines),
        promised_on=row.promised_on,
        carrier_id=carrier,
        updated_at=desk.now,
        version=1,
    )
    for line in lines:
        desk.add(OrderLine, order_id=order_id, **line)
    change = {"id": new_id(), "order_id": order_id, "from_state": "", "to_state": row.state.value, "reason": ""}
    desk.add(OrderStateChange, **change, at=row.placed_at, by=desk.by)
