"""A scope as a condition of a query: what is out of reach is not found, rather than found and refused."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, bindparam, false, select, true
from sqlmodel import Session

from domain.desk.access import Scope
from models.database import table
from models.tables import Employee

Within = Callable[[Any], ColumnElement[bool]]
"""The condition that a column of employees' ids names somebody within reach."""

_EMPLOYEE = table(Employee)
_MOST_NAMED = 1000
"""So many owners are named one by one: how many records they have the planner knows, and not of a subquery's."""
_TOP = select(_EMPLOYEE.c.id, _EMPLOYEE.c.number).where(_EMPLOYEE.c.id == bindparam("top")).cte("below", recursive=True)
_NEXT_DOWN = select(_EMPLOYEE.c.id, _EMPLOYEE.c.number).join(_TOP, _EMPLOYEE.c.manager == _TOP.c.number)
_BELOW = _TOP.union(_NEXT_DOWN)
"""An employee and everybody below, in however many steps (Employee.manager). A set: a circle of managers ends, too."""
_PEOPLE = select(_BELOW.c.id).limit(_MOST_NAMED + 1)


def everybody(owner: Any) -> ColumnElement[bool]:
    """The scope of whoever reaches everything."""
    return true()


def within(session: Session, scope: Scope) -> Within:
    """The scope as a condition on whatever column names the owner. Asks once who is below whom."""
    if scope.everything:
        return everybody
    if scope.top is None:
        return lambda owner: false()
    people = session.connection().execute(_PEOPLE, {"top": scope.top}).scalars().all()
    if len(people) > _MOST_NAMED:
        return lambda owner: owner.in_(select(_BELOW.c.id).params(top=scope.top))
    if len(people) == 1:
        return lambda owner: owner == people[0]
    return lambda owner: owner.in_(people)


def reached(session: Session, mine: Within, employee: str) -> bool:
    """True if records of this employee are within reach."""
    asked = select(_EMPLOYEE.c.id).where(_EMPLOYEE.c.id == employee, mine(_EMPLOYEE.c.id))
    return session.connection().execute(asked).first() is not None
