"""What no file brings: notes, contracts, fields of the industry, and a few customers that changed hands."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from commands.life import Life, customer_number
from commands.trade import Example, Examples
from domain.desk.orders import OPEN
from models.desk import ownership, trail
from models.desk.bodies import NewNote
from models.desk.customer_changes import add_note
from models.desk.gate import Passage
from models.desk.order_tables import SalesOrder
from models.desk.tables import Customer, new_id
from models.desk.trail import Paper
from models.industries import extra
from models.industries.extra import FieldsChange
from models.industries.shapes import FieldOf, FieldType, IndustryPack
from models.tables import Account, Employee

NOTED, FILED, DESCRIBED, MOVED = 40, 15, 80, 3
"""So many of the largest customers have notes, papers, filled fields; so many small ones changed hands."""
MOVED_BECAUSE = "按区域重新划分客户"


def load(session: Session, story: Life, pack: IndustryPack, by: str, now: datetime) -> None:
    """Everything, in the caller's transaction. Raises Refusal if it does not fit."""
    query = select(Account.employee_id, Account.id).where(col(Account.employee_id).is_not(None))
    accounts = dict(session.exec(query).all())
    _write_down(session, story, accounts, Passage(now, None))
    _describe(session, story, pack, accounts, Passage(now, None))
    _change_hands(session, story, by, now)


def _write_down(session: Session, story: Life, accounts: Mapping[str | None, str], passage: Passage) -> None:
    """What their owners noted about large customers, and filed of them."""
    for n, customer in enumerate(_customers(session, NOTED)):
        by = accounts[customer.owner]
        for note in story.chance("note", n).sample(story.trade.notes, 2):
            add_note(session, new_id(), customer, NewNote(kind=note.kind, text=note.text), by, passage)
        if n < FILED:
            paper = story.trade.documents[n % len(story.trade.documents)]
            content = f"{paper.title}\n\n{customer.name}\n\n{paper.text}\n".encode()
            file = Paper(paper.kind, paper.title, f"{customer.number}-{paper.title}.txt", "text/plain", content)
            trail.file(session, new_id(), customer, file, None, by, passage)


def _describe(
    session: Session, story: Life, pack: IndustryPack, accounts: Mapping[str | None, str], passage: Passage
) -> None:
    """Large customers and open orders, in the fields of the industry."""
    for n, customer in enumerate(_customers(session, DESCRIBED)):
        said = _values(story, pack, FieldOf.CUSTOMER, story.trade.customer_fields, n)
        extra.change(session, FieldOf.CUSTOMER, customer.id, customer.id, said, accounts[customer.owner], passage)
    open_orders = select(SalesOrder).where(col(SalesOrder.state).in_(OPEN)).order_by(col(SalesOrder.number))
    for order in session.exec(open_orders).all():
        said = _values(story, pack, FieldOf.ORDER, story.trade.order_fields, int(order.number[2:]))
        extra.change(session, FieldOf.ORDER, order.id, order.customer_id, said, accounts[order.owner], passage)


def _customers(session: Session, largest: int) -> Sequence[Customer]:
    return session.exec(select(Customer).order_by(col(Customer.number)).limit(largest)).all()


def _values(story: Life, pack: IndustryPack, of: FieldOf, examples: Examples, n: int) -> FieldsChange:
    made = story.chance(of, n)
    types = {field.key: field.type for field in pack.fields if field.of is of}
    values = {key: _value(made, story, types[key], choices, n) for key, choices in examples.items()}
    return FieldsChange(version=0, values=values)


def _value(made: Random, story: Life, kind: FieldType, examples: tuple[Example, ...], n: int) -> Any:
    example = made.choice(examples)
    if kind is FieldType.DAY:
        return (story.today + timedelta(days=int(str(example)))).isoformat()
    return example.format(n=n + 1) if isinstance(example, str) else example


def _change_hands(session: Session, story: Life, by: str, now: datetime) -> None:
    """A few small customers go to a colleague of the same manager: so there is a history of ownership."""
    numbers = [seller.number for seller in story.sellers if not seller.star]
    query = select(Employee).where(col(Employee.number).in_(numbers)).order_by(col(Employee.number))
    people = {employee.id: employee for employee in session.exec(query).all()}
    small = [customer_number(n) for n in range(story.customers_in_all // 2, story.customers_in_all)]
    rows = select(Customer).where(col(Customer.number).in_(small), col(Customer.owner).in_(list(people)))
    for customer in session.exec(rows.order_by(col(Customer.number)).limit(MOVED)).all():
        owner = people[customer.owner]
        colleagues = (one for one in people.values() if one.manager == owner.manager and one is not owner)
        if to := next(colleagues, None):
            ownership.hand_over(session, customer, to, MOVED_BECAUSE, by, now)
