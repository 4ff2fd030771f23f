"""What somebody who has left still owns when their case closes goes to whoever leads them: nothing belongs to nobody.

The gaps of the case say that nobody had taken it over; that it has an owner again changes nothing about them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from domain.case import Case, Stage
from domain.desk.orders import OPEN
from domain.desk.records import PORTFOLIO, ReceivableState
from domain.portfolio import left_behind
from models import facts, projection
from models.database import table
from models.desk import people
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.ownership import Owned, give_all
from models.desk.tables import Customer
from models.nominations import is_leaving
from models.tables import Account, Employee

LEFT = "PortfolioLeft"
LEFT_BEHIND = "nobody took it over"
"""The reason of the change of owner."""
_CUSTOMER, _ORDER, _RECEIVABLE = table(Customer), table(SalesOrder), table(Receivable)


def hold(session: Session, case: Case) -> None:
    """Locks what will go on, before the case's row; nothing unless the case closes and the person has left."""
    for model, which in _left(case):
        records = table(model)
        locked = select(records.c.id).where(which).order_by(records.c.id).with_for_update(key_share=True)
        session.connection().execute(locked).all()


def pass_on(session: Session, case: Case, version: int, now: datetime) -> None:
    """Gives customers, open orders and unpaid receivables to the nearest manager who stays, or the department's head.

    If there is nobody, they stay where they are. The caller holds the case's row, and has called `hold`.
    """
    leaver = session.get(Employee, case.employee_id)
    to = _heir(session, leaver) if leaver is not None else None
    if to is None:
        return
    given = [
        give_all(session, model, which, to, LEFT_BEHIND, case.agreed.hr, now, case.case_id)
        for model, which in _left(case)
    ]
    if not any(given):
        return
    count = dict(zip((kind.value for kind in PORTFOLIO), given, strict=True))
    facts.append_foreign(session, case.case_id, LEFT, "", {**count, "to": to.id}, now)
    account = session.exec(select_rows(Account.id).where(Account.employee_id == to.id)).first()
    if account is not None:
        projection.tell(session, case.case_id, version, (left_behind(account, sum(given)),), now)


def _left(case: Case) -> Iterator[tuple[type[Owned], Any]]:
    """By kind, in the order of PORTFOLIO."""
    if case.stage not in (Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS):
        return
    mine = case.employee_id
    yield Customer, _CUSTOMER.c.owner == mine
    yield SalesOrder, and_(_ORDER.c.owner == mine, _ORDER.c.state.in_(OPEN))
    yield Receivable, and_(_RECEIVABLE.c.owner == mine, _RECEIVABLE.c.state == ReceivableState.OPEN.value)


def _heir(session: Session, leaver: Employee) -> Employee | None:
    for manager in people.above(session, leaver):
        open_account = select_rows(Account.id).where(Account.employee_id == manager.id, col(Account.active))
        here = manager.active and session.exec(open_account).first() is not None
        if here and not is_leaving(session, manager.id):
            return manager
    return None
