"""What the sample company has done so far: customers, orders, money and conversations, made up to the present day.

It goes in the way a customer's own files do: each row has the shape that an import asks for, and refers to what is
there. What no file brings goes in as the desk enters it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from commands import sample_figures, sample_records
from commands.life import Life, Seller
from commands.trade import names, trade
from models.desk.figures import today
from models.industries.shapes import IndustryPack
from models.intake.desk import AT_ONCE, Desk
from models.intake.kinds import KINDS
from models.tables import Employee

CUSTOMERS, ORDERS = 240, 2400


def load(session: Session, folder: Path, pack: IndustryPack, star: str, by: str, now: datetime) -> None:
    """Brings the life in, in the caller's transaction. `star` sells half; `by` is the account that answers for it.

    Raises ValueError if it does not fit.
    """
    words = trade(folder, pack.industry)
    story = Life(words, names(folder), sellers(session, pack, star), CUSTOMERS, ORDERS, today())
    _rows(session, story, by, now)
    sample_records.load(session, story, pack, by, now)
    sample_figures.load(session, story, by, now)


def sellers(session: Session, pack: IndustryPack, star: str) -> Sequence[Seller]:
    """Whoever has customers by the pack."""
    jobs = [job.key for job in pack.jobs if job.sells]
    query = select(Employee.number).where(col(Employee.job).in_(jobs)).order_by(col(Employee.number))
    return [Seller(number, number == star) for number in session.exec(query).all()]


def _rows(session: Session, story: Life, by: str, now: datetime) -> None:
    for name, kind in KINDS.items():
        tell = getattr(story, name, None)
        if tell is None:  # lines come with their orders
            continue
        rows = ((n, kind.shape.model_validate(row)) for n, row in enumerate(tell(), 2))
        desk = Desk(session, now, by, frozenset(kind.shape.model_fields), writing=True)
        for chunk in _whole(rows, kind.place):
            kind.settle(desk, chunk)
            desk.flush()
        if problems := desk.take().problems:
            raise ValueError(f"{name}: {problems[0]}")


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
