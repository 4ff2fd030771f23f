"""Lists by key, never by offset: one page of a query, and where the next one begins."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import tuple_
from sqlmodel import Session

from models.queries import decode_cursor, encode_cursor

Paged = tuple[list[Any], str | None]
"""The rows of a page, and the cursor of the next one."""


def page(
    session: Session,
    query: Any,
    place: Sequence[Any],
    kinds: Sequence[type[Any]],
    limit: int,
    cursor: str | None,
    *,
    descending: bool = False,
) -> Paged:
    """One page in the order of the columns `place`, which hold values of these kinds and tell any two rows apart.

    The columns are attributes of the rows, or of the first thing in each of them.
    """
    if cursor:
        after, here = tuple(decode_cursor(cursor, *kinds)), tuple_(*place)
        query = query.where(here < after if descending else here > after)
    order = [column.desc() if descending else column for column in place]
    rows = session.execute(query.order_by(*order).limit(limit + 1)).all()
    found = [row[0] if len(row) == 1 else row for row in rows[:limit]]
    if len(rows) <= limit:
        return found, None
    last = rows[limit - 1][0]
    return found, encode_cursor(*(getattr(last, column.key) for column in place))
