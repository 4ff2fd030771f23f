"""Proposes entries of a handover to receivers, as the rule says (domain.desk.assignment), in a few statements."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, update
from sqlalchemy import case as when
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from domain.desk import assignment
from domain.desk.assignment import AssignedBecause, Receiver, Unit
from domain.desk.entries import ASSIGNABLE, TO_RECEIVER
from domain.desk.records import EntryState, RecordKind
from models.database import table
from models.desk.entries import changed, in_portions
from models.desk.portfolio_tables import CustomerCapacity
from models.desk.tables import Customer
from models.desk.trail_tables import PortfolioEntry
from models.tables import CaseView, Employee

_ENTRY, _CUSTOMERS = table(PortfolioEntry), table(Customer)
_CUSTOMER = RecordKind.CUSTOMER.value
_NOBODY_IS_ASKED = or_(
    _ENTRY.c.state == EntryState.REFUSED.value,
    and_(_ENTRY.c.state == EntryState.PROPOSED.value, _ENTRY.c.receiver.is_(None)),
)
"""Nobody is asked: nobody was named, or whoever was has refused."""

UNTOUCHED = and_(_ENTRY.c.version == 1, _ENTRY.c.state == EntryState.PROPOSED.value, _ENTRY.c.receiver.is_(None))
"""Just written down: nothing was decided of them yet."""


class Entry(NamedTuple):
    """An entry that is to be assigned, and what the rule looks at."""

    kind: str
    record_id: str
    customer_id: str
    receiver: str | None
    state: str
    version: int
    region: str
    industry: str


@dataclass
class _Lot:
    """What one receiver is proposed for one reason: customers with all that hangs on them, and single records."""

    customers: list[str] = field(default_factory=list)
    records: list[Entry] = field(default_factory=list)


class Proposed(NamedTuple):
    """What became of an assignment: entries by receiver, and how many have none."""

    receivers: dict[str, int]
    unassigned: int


def receivers(session: Session, employees: Sequence[Employee]) -> list[Receiver]:
    """These people as the rule looks at them: what they look after, what they are asked to, where they know their way.

    Their capacities are held until the transaction ends: of two assignments the second counts what the first proposed.
    """
    ids = sorted(employee.id for employee in employees)
    room = select(CustomerCapacity).where(col(CustomerCapacity.employee_id).in_(ids))
    held = session.exec(room.order_by(col(CustomerCapacity.employee_id)).with_for_update()).all()
    capacities = {row.employee_id: row.customers for row in held}
    loads = loads_of(session, ids)
    own = and_(col(Customer.owner).in_(ids), col(Customer.merged_into).is_(None))
    places = session.exec(select(Customer.owner, Customer.region, Customer.industry).where(own).distinct()).all()
    return [
        Receiver(
            employee.id,
            employee.number,
            loads[employee.id],
            capacities.get(employee.id),
            frozenset(region for owner, region, _ in places if owner == employee.id and region),
            frozenset(industry for owner, _, industry in places if owner == employee.id and industry),
        )
        for employee in employees
    ]


def loads_of(session: Session, ids: Sequence[str]) -> Counter[str]:
    """How many customers each of these people looks after, those included that they are asked to take over."""
    owned = session.exec(
        select(Customer.owner, func.count())
        .where(col(Customer.owner).in_(ids), col(Customer.merged_into).is_(None))
        .group_by(col(Customer.owner))
    ).all()
    asked = session.exec(
        select(PortfolioEntry.receiver, func.count())
        .join(CaseView, col(CaseView.case_id) == col(PortfolioEntry.case_id))
        .where(
            col(PortfolioEntry.receiver).in_(ids),
            PortfolioEntry.kind == _CUSTOMER,
            PortfolioEntry.state == EntryState.PROPOSED,
            CaseView.open,
        )
        .group_by(col(PortfolioEntry.receiver))
    ).all()
    found = Counter[str]()
    for employee, count in (*owned, *asked):
        found[employee or ""] += count
    return found


def waiting(session: Session, case_id: str, *, also_proposed: bool = False) -> list[Entry]:
    """Every entry of the case that nobody was asked to take, held; `also_proposed`: and those that await an answer."""
    free: Any = _ENTRY.c.state.in_(ASSIGNABLE) if also_proposed else _NOBODY_IS_ASKED
    return held(session, case_id, and_(free, _ENTRY.c.because != AssignedBecause.APART.value))


def named(session: Session, case_id: str, wanted: Collection[tuple[str, str]]) -> list[Entry]:
    """These entries, by kind and record, held; those that the case does not have are not among them."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, record_id in wanted:
        by_kind[kind].append(record_id)
    return [
        entry
        for kind, ids in sorted(by_kind.items())
        for entry in held(session, case_id, and_(_ENTRY.c.kind == kind, _ENTRY.c.record_id.in_(ids)))
    ]


def propose(
    session: Session,
    case_id: str,
    entries: Sequence[Entry],
    to: Sequence[Receiver],
    now: datetime,
    *,
    apart: bool = False,
    beyond_capacity: bool = False,
) -> Proposed:
    """Assigns entries that are held by rule. Orders and receivables go with their customer, if that is among them.

    `apart`: those whose customer is not were named one by one, and no longer follow it.
    """
    freed = Counter(e.receiver for e in entries if e.kind == _CUSTOMER and e.state == EntryState.PROPOSED)
    asked = [replace(receiver, load=receiver.load - freed[receiver.employee]) for receiver in to]
    whole = {entry.customer_id: entry for entry in entries if entry.kind == _CUSTOMER}
    single: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.customer_id not in whole:
            single[entry.customer_id].append(entry)
    units = [Unit(e.customer_id, e.region, e.industry) for e in whole.values()]
    units += [Unit(key, found[0].region, found[0].industry, weight=0) for key, found in single.items()]
    lots: dict[tuple[str | None, AssignedBecause], _Lot] = defaultdict(_Lot)
    for given in assignment.assign(units, asked, beyond_capacity=beyond_capacity):
        lot = lots[given.receiver, given.because]
        if given.unit.key in whole:
            lot.customers.append(given.unit.key)
        else:
            lot.records += single[given.unit.key]
    count = Counter[str]()
    for (receiver, because), lot in lots.items():
        alone = AssignedBecause.APART if apart and receiver else because
        count[receiver or ""] += _write(session, case_id, lot, receiver, because, alone, now)
    unassigned = count.pop("", 0)
    return Proposed(dict(sorted(count.items())), unassigned)


def follow(session: Session, case_id: str, found: Sequence[Entry], now: datetime) -> tuple[Counter[str], list[Entry]]:
    """Orders and receivables whose customer has its receiver in this case go there: how many to whom, and the rest."""
    loose = [entry for entry in found if entry.kind != _CUSTOMER]
    with_receiver = sql_select(_ENTRY.c.record_id, _ENTRY.c.receiver).where(
        _ENTRY.c.case_id == case_id, _ENTRY.c.kind == _CUSTOMER, _ENTRY.c.receiver.is_not(None)
    )
    going: dict[str, str] = {}
    for ids in in_portions(sorted({entry.customer_id for entry in loose})):
        theirs = with_receiver.where(_ENTRY.c.record_id.in_(ids), _ENTRY.c.state.in_(TO_RECEIVER))
        going |= {row.record_id: row.receiver for row in session.execute(theirs)}
    count = Counter[str]()
    for receiver in sorted(set(going.values())):
        lot = _Lot(records=[entry for entry in loose if going.get(entry.customer_id) == receiver])
        because = AssignedBecause.CUSTOMER
        count[receiver] += _write(session, case_id, lot, receiver, because, because, now)
    taken = {(entry.kind, entry.record_id) for entry in loose if entry.customer_id in going}
    return count, [entry for entry in found if (entry.kind, entry.record_id) not in taken]


def held(session: Session, case_id: str, which: ColumnElement[bool]) -> list[Entry]:
    """Entries of a case that fulfil the condition, by kind and record, held until the transaction ends."""
    rows = session.execute(
        sql_select(
            *(_ENTRY.c[name] for name in ("kind", "record_id", "customer_id", "receiver", "state", "version")),
            _CUSTOMERS.c.region,
            _CUSTOMERS.c.industry,
        )
        .join(_CUSTOMERS, _CUSTOMERS.c.id == _ENTRY.c.customer_id)
        .where(_ENTRY.c.case_id == case_id, which)
        .order_by(_ENTRY.c.kind, _ENTRY.c.record_id)
        .with_for_update(of=_ENTRY)
    ).all()
    return [Entry(*row) for row in rows]


def _write(
    session: Session,
    case_id: str,
    lot: _Lot,
    receiver: str | None,
    because: AssignedBecause,
    alone: AssignedBecause,
    now: datetime,
) -> int:
    """How many entries were changed. Whoever refused stays named until somebody else is."""
    to: dict[str, Any] = {"version": _ENTRY.c.version + 1, "updated_at": now}
    if receiver is None:
        to["receiver"] = when((_ENTRY.c.state == EntryState.REFUSED.value, _ENTRY.c.receiver), else_=None)
    else:
        to |= {"receiver": receiver, "state": EntryState.PROPOSED.value, "reason": "", "accepted_at": None}
    of_case = update(_ENTRY).where(_ENTRY.c.case_id == case_id)
    customers, follows = _ENTRY.c.kind == _CUSTOMER, AssignedBecause.CUSTOMER if receiver else because
    following = and_(~customers, _ENTRY.c.state.in_(ASSIGNABLE), _ENTRY.c.because != AssignedBecause.APART.value)
    count = 0
    for ids in in_portions(lot.customers):
        mine = of_case.where(_ENTRY.c.customer_id.in_(ids))
        count += changed(session, mine.where(customers, _ENTRY.c.record_id.in_(ids)).values(to | {"because": because}))
        count += changed(session, mine.where(following).values(to | {"because": follows}))
    for kind in sorted({entry.kind for entry in lot.records}):
        for ids in in_portions([entry.record_id for entry in lot.records if entry.kind == kind]):
            mine = of_case.where(_ENTRY.c.kind == kind, _ENTRY.c.record_id.in_(ids))
            count += changed(session, mine.values(to | {"because": alone}))
    return count
