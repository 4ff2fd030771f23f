"""The staff as the desk knows them: by staff number outside, by id inside."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from domain.errors import conflict, not_found
from models.desk.scopes import Within
from models.tables import Employee, Notice


def employee(session: Session, number: str, mine: Within) -> Employee:
    """The employee with this staff number, if within reach and still here. Raises Refusal."""
    found = session.exec(select(Employee).where(Employee.number == number, mine(Employee.id))).one_or_none()
    if found is None or not found.active:
        raise not_found("desk.owner_out_of_reach", number=number)
    return found


def require_staying(session: Session, employee: Employee) -> None:
    """Raises Refusal if this person is about to leave."""
    if session.exec(select(Notice.case_id).where(Notice.open_for == employee.id)).first() is not None:
        raise conflict("desk.owner_is_leaving", number=employee.number)


def id_of(session: Session, number: str) -> str:
    """The id behind a staff number; one that nobody has if nobody has the number."""
    return session.exec(select(Employee.id).where(Employee.number == number)).one_or_none() or ""


def by_id(session: Session, ids: Collection[str]) -> dict[str, Employee]:
    """These employees by their ids."""
    rows = session.exec(select(Employee).where(col(Employee.id).in_(sorted(ids)))).all()
    return {row.id: row for row in rows}
