"""What the sample company has done so far: customers, orders, money and conversations, made up to the present day.

It goes in the way a customer's own files do: each row has the shape that an import asks for, and refers to what is there.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session, select

from commands.life import Life, Seller
from models.intake.desk import AT_ONCE, Desk
from models.intake.kinds import KINDS
from models.tables import Employee

CUSTOMERS, ORDERS = 240, 2400


def load(session: Session, star: str, by: str, now: datetime) -> None:
    """Brings the life in, in the caller's transaction. `star` sells half; `by` is the account that answers for it.

    Raises ValueError if it does not fit.
    """
    sellers = session.exec(select(Employee.number).where(Employee.job == "salesperson").order_by(Employee.number)).all()
    story = Life([Seller(number, number == star) for number in sellers], CUSTOMERS, ORDERS, now.date())
    for name, kind in KINDS.items():
        told = getattr(story, name, None)
        if told is None:  # lines come with their orders
            continue
        rows = ((n, kind.shape.model_validate(row)) for n, row in enumerate(told(), 2))
        desk = Desk(session, now, by, frozenset(kind.shape.model_fields), writing=True)
        for chunk in _whole(rows, kind.place):
            kind.settle(desk, chunk)
            desk.flush()
        if problems := desk.take().problems:
            raise ValueError(f"{name}: {problems[0].messages['en']}")


def _whole(rows: Iterator[tuple[int, Any]], place: Callable[[Any], str]) -> Iterator[list[tuple[int, Any]]]:
    """About a thousand rows at a time, never a place in two."""
    chunk: list[tuple[int, Any]] = []
    for _, together in groupby(rows, key=lambda numbered: place(numbered[1])):
        chunk += together
        if len(chunk) >= AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
