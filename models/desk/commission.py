"""The commission ledger, read out of orders, receivables and what people entered. All SQL of it is here."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import Session, col

from domain.case import Stage
from domain.desk import commission as ledger
from domain.desk.amounts import from_minor
from domain.desk.commission import Agreement, Entry, EntryKind, LedgerStatus, SoldLine
from domain.desk.orders import OrderState
from domain.errors import not_found
from domain.law.commission import LineStanding, standing
from domain.law.freeze import BasisKind
from domain.law.order_lines import CommissionLine, Condition
from domain.timezones import local_date
from models.database import table
from models.desk.commission_tables import CommissionAgreement, CommissionConfirmation, CommissionEntry
from models.desk.figures import zone
from models.desk.order_tables import OrderLine, Payment, Receivable, SalesOrder
from models.tables import Account, CaseView, Employee, Notice

_LINE, _ORDER, _ENTRY = table(OrderLine), table(SalesOrder), table(CommissionEntry)
_RECEIVABLE, _PAYMENT = table(Receivable), table(Payment)
_AGREEMENT, _NOTICE, _CASE = table(CommissionAgreement), table(Notice), table(CaseView)
_EMPLOYEE, _ACCOUNT = table(Employee), table(Account)
AGREED: Select[Any] = (
    select(CommissionAgreement, CommissionConfirmation, _ACCOUNT.c.employee_id, _EMPLOYEE.c.number)
    .outerjoin(CommissionConfirmation, col(CommissionConfirmation.agreement_id) == _AGREEMENT.c.id)
    .outerjoin(_ACCOUNT, _ACCOUNT.c.id == _AGREEMENT.c.by)
    .outerjoin(_EMPLOYEE, _EMPLOYEE.c.id == _AGREEMENT.c.employee_id)
)
"""Agreements with their confirmation, the employee who entered them, and the staff number of whose they are."""
_REVERSED = select(_ENTRY.c.reverses).where(_ENTRY.c.reverses.is_not(None))
_EARNING = tuple(state.value for state in ledger.EARNING)


@dataclass(frozen=True)
class LedgerLine:
    """One order line in somebody's ledger. `judged` is None if nobody ever said what it earns."""

    sold: SoldLine
    number: str
    """The order's."""
    product: str
    placed_at: datetime
    received_after: int
    """What came in after the last day, in the currency's smallest unit."""
    rate: Decimal | None
    agreement: Agreement | None
    judged: CommissionLine | None = None
    stands: LineStanding | None = None
    status: LedgerStatus | None = None

    @property
    def place(self) -> tuple[datetime, str, int]:
        return self.placed_at, self.sold.order, self.sold.position


def lines(
    session: Session, employee: str, last_day: date | None = None, orders: Collection[str] | None = None
) -> list[LedgerLine]:
    """Every line in which the employee has a part, the newest first; what came in after `last_day` apart.

    `orders`: of these alone.
    """
    mine = or_(_ORDER.c.origin_owner == employee, _ORDER.c.owner == employee) & _ORDER.c.state.in_(_EARNING)
    if orders is not None:
        mine &= _ORDER.c.id.in_(sorted(orders))
    rows = session.execute(
        select(
            _LINE.c.order_id,
            _LINE.c.position,
            _LINE.c.product,
            _LINE.c.amount,
            _LINE.c.commission_rate,
            _ORDER.c.number,
            _ORDER.c.currency,
            _ORDER.c.placed_at,
            _ORDER.c.origin_owner,
            _ORDER.c.owner,
            _ORDER.c.state,
            _ORDER.c.total,
        )
        .join_from(_LINE, _ORDER, _ORDER.c.id == _LINE.c.order_id)
        .where(mine)
        .order_by(_ORDER.c.placed_at.desc(), _ORDER.c.id.desc(), _LINE.c.position)
    ).all()
    owed, late = _owed(session, mine), _received_after(session, mine, last_day) if last_day else {}
    entries, shares = _entries(session, mine, employee)
    people = {employee, *(row.origin_owner for row in rows)}
    agreements, noticed = _agreements(session, people), noticed_on(session, people)
    return [_line(row, employee, owed, late, entries, shares, agreements, noticed) for row in rows]


def _line(
    row: Any,
    employee: str,
    owed: dict[str, tuple[int, int]],
    late: dict[str, int],
    entries: dict[tuple[str, int], list[Entry]],
    shares: dict[tuple[str, int], Decimal],
    agreements: Sequence[Agreement],
    noticed: Mapping[str, date],
) -> LedgerLine:
    invoiced, received = owed.get(row.order_id, (0, 0))
    sold = SoldLine(
        order=row.order_id,
        position=row.position,
        currency=row.currency,
        amount=row.amount,
        rate=row.commission_rate,
        placed_on=local_date(row.placed_at, zone()),
        origin=row.origin_owner,
        owner=row.owner,
        state=OrderState(row.state),
        order_total=row.total,
        invoiced=invoiced,
        received=received,
    )
    place, after = (row.order_id, row.position), late.get(row.order_id, 0)
    origins = ledger.binding(agreements, sold.origin, sold.placed_on, noticed.get(sold.origin))
    share = ledger.share_of(sold, employee, origins, shares.get(place))
    agreed, judged = ledger.judged(sold, employee, agreements, noticed.get(employee), share, entries.get(place, ()))
    found = LedgerLine(sold, row.number, row.product, row.placed_at, after, ledger.rate_of(sold, agreed), agreed)
    if judged is None:
        return found
    stands = standing(judged)
    status = ledger.ledger_status(stands.status, stands.entitled, judged.already_paid)
    return replace(found, judged=judged, stands=stands, status=status)


def _owed(session: Session, mine: ColumnElement[bool]) -> dict[str, tuple[int, int]]:
    """What was invoiced for each order, and what has come in."""
    query = (
        select(_RECEIVABLE.c.order_id, func.sum(_RECEIVABLE.c.amount), func.sum(_RECEIVABLE.c.paid))
        .join_from(_ORDER, _RECEIVABLE, _RECEIVABLE.c.order_id == _ORDER.c.id)
        .where(mine, _RECEIVABLE.c.currency == _ORDER.c.currency)
        .group_by(_RECEIVABLE.c.order_id)
    )
    return {order: (int(amount), int(paid)) for order, amount, paid in session.execute(query)}


def _received_after(session: Session, mine: ColumnElement[bool], last_day: date) -> dict[str, int]:
    query = (
        select(_RECEIVABLE.c.order_id, func.sum(_PAYMENT.c.amount))
        .join_from(_ORDER, _RECEIVABLE, _RECEIVABLE.c.order_id == _ORDER.c.id)
        .join(_PAYMENT, _PAYMENT.c.receivable_id == _RECEIVABLE.c.id)
        .where(mine, _RECEIVABLE.c.currency == _ORDER.c.currency, _PAYMENT.c.received_on > last_day)
        .group_by(_RECEIVABLE.c.order_id)
    )
    return {order: int(amount) for order, amount in session.execute(query)}


def _entries(
    session: Session, mine: ColumnElement[bool], employee: str
) -> tuple[dict[tuple[str, int], list[Entry]], dict[tuple[str, int], Decimal]]:
    """By line: the employee's own entries, and the part of whose customer it was, as it was agreed on last."""
    theirs = or_(_ENTRY.c.employee_id == employee, _ENTRY.c.kind == EntryKind.SHARE_AGREED.value)
    query = (
        select(_ENTRY)
        .join_from(_ORDER, _ENTRY, _ENTRY.c.order_id == _ORDER.c.id)
        .where(mine, theirs, _ENTRY.c.id.not_in(_REVERSED), _ENTRY.c.kind != EntryKind.REVERSED.value)
        .order_by(_ENTRY.c.at, _ENTRY.c.id)
    )
    entries: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    shares: dict[tuple[str, int], Decimal] = {}
    for row in session.execute(query):
        kind, place = EntryKind(row.kind), (row.order_id, row.position)
        if kind is EntryKind.SHARE_AGREED:
            shares[place] = row.share
        else:
            money = from_minor(row.amount, row.currency) if row.amount is not None else None
            entries[place].append(Entry(kind, money))
    return entries, shares


def _agreements(session: Session, people: set[str]) -> list[Agreement]:
    whose = or_(_AGREEMENT.c.employee_id.is_(None), _AGREEMENT.c.employee_id.in_(sorted(people)))
    return [agreement(row, seen, by) for row, seen, by, _ in session.execute(AGREED.where(whose))]


def agreed(session: Session, agreement_id: str) -> Agreement:
    """One agreement. Raises Refusal."""
    found = session.execute(AGREED.where(_AGREEMENT.c.id == agreement_id)).one_or_none()
    if found is None:
        raise not_found("commission.agreement_unknown", agreement=agreement_id)
    row, seen, by, _ = found
    return agreement(row, seen, by)


def noticed_on(session: Session, people: Collection[str]) -> dict[str, date]:
    """By employee the day of the last notice since they were hired that was not withdrawn."""
    query = (
        select(_NOTICE.c.employee_id, func.max(_NOTICE.c.arrived_at), _EMPLOYEE.c.hired_on)
        .join_from(_NOTICE, _EMPLOYEE, _EMPLOYEE.c.id == _NOTICE.c.employee_id)
        .join(_CASE, _CASE.c.case_id == _NOTICE.c.case_id, isouter=True)
        .where(_NOTICE.c.employee_id.in_(sorted(people)), func.coalesce(_CASE.c.stage, "") != Stage.WITHDRAWN.value)
        .group_by(_NOTICE.c.employee_id, _EMPLOYEE.c.hired_on)
    )
    days = ((employee, local_date(at, zone()), hired) for employee, at, hired in session.execute(query))
    return {employee: day for employee, day, hired in days if day >= hired}


def agreement(row: CommissionAgreement, seen: CommissionConfirmation | None, entered_by: str | None) -> Agreement:
    """What the row says, as rules read it. `seen`: that somebody saw the paper; `entered_by`: the employee who did."""
    return Agreement(
        id=row.id,
        employee=row.employee_id,
        kind=BasisKind(row.kind),
        reference=row.reference,
        in_force_from=row.in_force_from,
        entered_on=local_date(row.at, zone()),
        entered_by=entered_by,
        signed_on=seen.signed_on if seen else None,
        confirmed_on=local_date(seen.at, zone()) if seen else None,
        condition=Condition(row.condition),
        rate=row.rate,
        successor_share=row.successor_share,
        allows_deduction=row.allows_deduction,
        procedure=row.procedure,
        publication=row.publication,
    )
