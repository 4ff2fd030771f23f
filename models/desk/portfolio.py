"""The portfolio of a leaver in the database: the snapshot at notice, what is open of it, and the way back (N6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, and_, exists, func, select, update
from sqlmodel import Session
from sqlmodel import select as select_rows

from domain.case import CLOSED_STAGES, Stage
from domain.desk.orders import OPEN
from domain.desk.records import PORTFOLIO, EntryState, ReceivableState, RecordKind
from domain.handover import KindCount
from models.database import table, utc_now, writing
from models.desk import assignments, entries, handover_people, holdings, joining
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.ownership import Owned, give_all
from models.desk.tables import Customer, OwnershipChange
from models.desk.trail_tables import PortfolioEntry
from models.messages import PortfolioCounts, PortfolioOrder
from models.tables import CaseView, Employee

WITHDRAWN = "resignation withdrawn"
"""The reason of the change of owner by which a record comes back."""
_TOO_LATE = (Stage.WITHDRAWING, *CLOSED_STAGES)
_ENTRY, _CHANGE = table(PortfolioEntry), table(OwnershipChange)
_CUSTOMER, _ORDER, _RECEIVABLE = table(Customer), table(SalesOrder), table(Receivable)


@dataclass(frozen=True)
class DatabasePortfolios:
    """Fulfils the port `Portfolios` with the database."""

    engine: Engine

    def take(self, order: PortfolioOrder) -> PortfolioCounts:
        """Writes down what the leaver holds, and proposes it to the receiver of the case; once, however often asked."""
        with writing(self.engine) as session:
            held = select_rows(CaseView.stage).where(CaseView.case_id == order.case_id).with_for_update()
            stage = session.exec(held).one_or_none()
            if stage not in _TOO_LATE and not joining.is_taken(session, order.case_id):
                holdings.write_down(session, order.case_id, order.employee_id, order.now)
                to = assignments.receivers(
                    session, handover_people.who_stays(session, order.receiver, order.employee_id)
                )
                found = assignments.waiting(session, order.case_id)
                assignments.propose(session, order.case_id, found, to, order.now)
            return PortfolioCounts(
                counts=entries.counts(session, order.case_id),
                sha256=entries.fingerprint(_names(session, order.case_id)),
            )

    def count(self, case_id: str) -> PortfolioCounts:
        """What is open now, whatever else the leaver owns by now among it (`joining`)."""
        with writing(self.engine) as session:
            leaver = session.exec(select_rows(CaseView.employee_id).where(CaseView.case_id == case_id)).one_or_none()
            if leaver is not None:
                joining.join_case(session, case_id, leaver, "", utc_now())
            return PortfolioCounts(counts=entries.counts(session, case_id))

    def give_back(self, order: PortfolioOrder) -> PortfolioCounts:
        """Makes everything that the case moved the leaver's again, each with a change of owner of its own.

        With a customer come back the open orders and receivables that its owner has there, and open orders that came
        meanwhile. What somebody has moved on by hand stays where it is. `total` says how many came back; the same if
        it is done again.
        """
        with writing(self.engine) as session:
            leaver = session.get_one(Employee, order.employee_id)
            customers = _moved_by(order.case_id, leaver.id, RecordKind.CUSTOMER, _CUSTOMER)
            held = select(_CUSTOMER.c.id).where(customers).order_by(_CUSTOMER.c.id)
            session.connection().execute(held.with_for_update(key_share=True))
            for model, which in _ways_back(order.case_id, leaver.id):
                give_all(session, model, which, leaver, WITHDRAWN, order.hr, order.now, order.case_id)
            undone = update(_ENTRY).where(_ENTRY.c.case_id == order.case_id)
            values = {"state": EntryState.RETURNED.value, "updated_at": order.now, "version": _ENTRY.c.version + 1}
            session.connection().execute(undone.where(_ENTRY.c.state != EntryState.RETURNED.value).values(values))
            return PortfolioCounts(counts=_came_back(session, order.case_id, leaver.id))


def _names(session: Session, case_id: str) -> list[str]:
    """What the snapshot says of each record: it never changes afterwards."""
    columns = (_ENTRY.c.kind, _ENTRY.c.record_id, _ENTRY.c.customer_id, _ENTRY.c.holder)
    return [":".join(row) for row in session.connection().execute(select(*columns).where(_ENTRY.c.case_id == case_id))]


def _came_back(session: Session, case_id: str, leaver: str) -> tuple[KindCount, ...]:
    of_case = and_(_CHANGE.c.case_id == case_id, _CHANGE.c.to_owner == leaver)
    many = func.count(_CHANGE.c.record_id.distinct())
    rows = session.connection().execute(select(_CHANGE.c.kind, many).where(of_case).group_by(_CHANGE.c.kind)).all()
    found = {row[0]: row[1] for row in rows}
    return tuple(KindCount(kind, found.get(kind.value, 0), 0) for kind in PORTFOLIO)


def _ways_back(case_id: str, leaver: str) -> Iterator[tuple[type[Owned], Any]]:
    """Which records come back; customers last, because the others ask whose they are. One way at a time is an index."""
    customers = _moved_by(case_id, leaver, RecordKind.CUSTOMER, _CUSTOMER)
    yield Receivable, _with_customer(_RECEIVABLE, (ReceivableState.OPEN,), customers)
    yield Receivable, _moved_by(case_id, leaver, RecordKind.RECEIVABLE, _RECEIVABLE)
    yield SalesOrder, _with_customer(_ORDER, OPEN, customers)
    yield SalesOrder, _moved_by(case_id, leaver, RecordKind.ORDER, _ORDER)
    yield SalesOrder, and_(_ORDER.c.origin_owner == leaver, _ORDER.c.case_id == case_id, _ORDER.c.state.in_(OPEN))
    yield Customer, customers


def _with_customer(records: Any, states: Any, customers: Any) -> Any:
    """What is open of these customers, and belongs to whoever they belong to."""
    owner = select(_CUSTOMER.c.owner).where(_CUSTOMER.c.id == records.c.customer_id).scalar_subquery()
    those = select(_CUSTOMER.c.id).where(customers)
    return and_(records.c.state.in_(states), records.c.customer_id.in_(those), records.c.owner == owner)


def _moved_by(case_id: str, leaver: str, kind: RecordKind, records: Any) -> Any:
    """The case took the record from the leaver, and gave it to whoever has it now."""
    of_case = and_(_CHANGE.c.case_id == case_id, _CHANGE.c.kind == kind.value)
    taken = select(_CHANGE.c.record_id).where(of_case, _CHANGE.c.from_owner == leaver)
    given = exists().where(of_case, _CHANGE.c.record_id == records.c.id, _CHANGE.c.to_owner == records.c.owner)
    return and_(records.c.id.in_(taken), records.c.owner != leaver, given)
