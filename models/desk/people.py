"""The staff as the desk knows them: by staff number outside, by id inside."""

from collections.abc import Collection, Iterator

from sqlmodel import Session, col, select

from domain.errors import conflict, not_found
from models.desk.scopes import Within
from models.tables import Department, Employee, Notice

_HIGHEST = 50
"""Steps up from an employee: more than any company has levels."""


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


def above(session: Session, employee: Employee) -> Iterator[Employee]:
    """The managers of an employee, the nearest first, and at last the head of the department; whoever they are now."""
    here, seen = employee, {employee.id}
    for _ in range(_HIGHEST):
        manager = _of_number(session, here.manager)
        if manager is None or manager.id in seen:
            break
        yield manager
        seen.add(manager.id)
        here = manager
    department = session.get(Department, employee.department)
    head = _of_number(session, department.head if department else None)
    if head is not None and head.id not in seen:
        yield head


def id_of(session: Session, number: str) -> str:
    """The id behind a staff number; one that nobody has if nobody has the number."""
    return session.exec(select(Employee.id).where(Employee.number == number)).one_or_none() or ""


def by_id(session: Session, ids: Collection[str]) -> dict[str, Employee]:
    """These employees by their ids."""
    rows = session.exec(select(Employee).where(col(Employee.id).in_(sorted(ids)))).all()
    return {row.id: row for row in rows}


def _of_number(session: Session, number: str | None) -> Employee | None:
    return session.exec(select(Employee).where(Employee.number == number)).one_or_none() if number else None
