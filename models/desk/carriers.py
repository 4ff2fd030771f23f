"""Carriers: how they are found and how they change."""

from typing import Any

from sqlmodel import Session, col, select

from domain.errors import conflict, not_found
from models.desk.changes import made_number
from models.desk.gate import Passage
from models.desk.paging import Paged, page
from models.desk.tables import Carrier
from models.desk.trail_bodies import NewCarrier

_NUMBER = "K"


def carriers(session: Session, limit: int, cursor: str | None) -> Paged:
    """All carriers by number."""
    return page(session, select(Carrier), (col(Carrier.number),), (str,), limit, cursor)


def held(session: Session, carrier_id: str) -> Carrier:
    """A carrier, locked to be changed. Raises Refusal."""
    found = session.get(Carrier, carrier_id, with_for_update={"key_share": True})
    if found is None:
        raise not_found("desk.carrier_unknown")
    return found


def add(session: Session, carrier_id: str, body: NewCarrier, by: str, passage: Passage) -> Carrier:
    """Raises Refusal if the number is taken."""
    number = body.number or made_number(_NUMBER, carrier_id)
    if session.exec(select(Carrier.id).where(Carrier.number == number)).first() is not None:
        raise conflict("desk.number_taken", number=number)
    given: dict[str, Any] = body.model_dump(exclude={"number"})
    row = Carrier(id=carrier_id, number=number, created_at=passage.now, created_by=by, updated_at=passage.now, **given)
    session.add(row)
    session.flush()
    return row
