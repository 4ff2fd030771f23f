"""How records change: by version, with what they said before kept. Every record of the desk changes in this way."""

from typing import Any, TypeVar

from sqlmodel import Session

from domain.desk.records import RecordKind
from domain.errors import conflict
from models.decision_bodies import Body
from models.desk.gate import Passage
from models.desk.tables import Carrier, Contact, Customer, RecordChange

Row = TypeVar("Row", Customer, Contact, Carrier)
Changes = dict[str, tuple[Any, Any]]
"""By field: what it was, and what it is now."""


def change(
    session: Session, row: Row, body: Body, kind: RecordKind, customer_id: str | None, by: str, passage: Passage
) -> None:
    """Brings the row to what the body gives. Raises Refusal if it was changed since it was read."""
    given: dict[str, Any] = body.model_dump(mode="json", exclude_none=True)
    require_version(row, given.pop("version"))
    changes = {name: (getattr(row, name), value) for name, value in given.items() if getattr(row, name) != value}
    if not changes:
        return
    note(session, kind, row.id, customer_id, changes, by, passage)
    for name, (_, value) in changes.items():
        setattr(row, name, value)
    row.updated_at, row.version = passage.now, row.version + 1


def require_version(row: Any, version: int) -> None:
    """Raises Refusal unless this is the version that was read."""
    if row.version != version:
        raise conflict("desk.changed_meanwhile", version=row.version)


def note(
    session: Session,
    kind: RecordKind,
    record_id: str,
    customer_id: str | None,
    changes: Changes,
    by: str,
    passage: Passage,
) -> None:
    """Keeps what a record said before."""
    session.add(
        RecordChange(
            kind=kind.value, record_id=record_id, customer_id=customer_id, changes=changes, at=passage.now, by=by
        )
    )


def made_number(prefix: str, record_id: str) -> str:
    """A number for a record that came without one: as unique as its id."""
    return f"{prefix}-{record_id[:20].upper()}"
