"""Writes parsed rows about connected systems and who may do what in them.

A case is stronger than a file: rights of somebody who is leaving or has left are not given back by an import. Such rows
are held back and counted.
"""

from collections.abc import Iterable, Iterator

from sqlmodel import Session, col, select

from domain.case import Stage
from models.import_loads import Load
from models.import_rows import EntitlementRow, RightRow, SystemRow
from models.tables import CaseView, ConnectedSystem, Employee, Entitlement, Notice, SystemRight

CHANGED_BY = "import"
_LEFT = (Stage.COMPLETED.value, Stage.COMPLETED_WITH_GAPS.value)
_CHUNK = 1000


def systems(load: Load[SystemRow]) -> None:
    known = {row.key: row for row in load.session.exec(select(ConnectedSystem)).all()}
    for number, row in load.parsed.rows.items():
        load.settle(number, known.get(row.key), ConnectedSystem, load.given(row, known.get(row.key)))


def rights(load: Load[RightRow]) -> None:
    there = set(load.session.exec(select(ConnectedSystem.key)).all())
    known = {(row.system, row.right): row for row in load.session.exec(select(SystemRight)).all()}
    for number, row in load.parsed.rows.items():
        if row.system not in there:
            load.complain(number, "system", "unknown", row.system)
    if load.problems:
        return
    for number, row in load.parsed.rows.items():
        found = known.get((row.system, row.right))
        load.settle(number, found, SystemRight, load.given(row, found))


def entitlements(load: Load[EntitlementRow]) -> None:
    staff = {row.number: row for row in _employees(load)}
    there = {(row.system, row.right) for row in load.session.exec(select(SystemRight)).all()}
    for number, row in load.parsed.rows.items():
        if row.employee_number not in staff:
            load.complain(number, "employee_number", "unknown", row.employee_number)
        if (row.system, row.right) not in there:
            load.complain(number, "right", "unknown", f"{row.system}/{row.right}")
    if load.problems:
        return
    ids = [employee.id for employee in staff.values()]
    governed = _governed_by_a_case(load.session, staff.values())
    known = {
        (row.employee_id, row.system, row.right): row
        for chunk in _chunks(ids)
        for row in load.session.exec(select(Entitlement).where(col(Entitlement.employee_id).in_(chunk))).all()
    }
    for number, row in load.parsed.rows.items():
        employee = staff[row.employee_number]
        found = known.get((employee.id, row.system, row.right))
        if found is not None and (found.active == row.active or "active" not in load.parsed.columns):
            load.unchanged += 1
        elif employee.id in governed or (row.active and not employee.active):
            load.held_back += 1
        else:
            values = {"employee_id": employee.id, "system": row.system, "right": row.right, "active": row.active}
            load.settle(number, found, Entitlement, {**values, "changed_at": load.now, "changed_by": CHANGED_BY})


def _employees(load: Load[EntitlementRow]) -> Iterator[Employee]:
    """The people of the file. Held until the end of the transaction: a notice that arrives now waits for the import."""
    numbers = sorted({row.employee_number for row in load.parsed.rows.values()})
    for chunk in _chunks(numbers):
        yield from load.session.exec(
            select(Employee).where(col(Employee.number).in_(chunk)).order_by(col(Employee.number)).with_for_update()
        ).all()


def _governed_by_a_case(session: Session, staff: Iterable[Employee]) -> set[str]:
    """Employees with an open case, or who left through one and were not hired anew since."""
    hired = {employee.id: employee.hired_on for employee in staff}
    found: set[str] = set()
    for chunk in _chunks(list(hired)):
        rows = session.exec(
            select(Notice, col(CaseView.stage), col(CaseView.last_day))
            .join(CaseView, col(CaseView.case_id) == col(Notice.case_id))
            .where(col(Notice.employee_id).in_(chunk))
        ).all()
        for notice, stage, last_day in rows:
            if notice.open_for is not None or (stage in _LEFT and hired[notice.employee_id] <= last_day):
                found.add(notice.employee_id)
    return found


def _chunks(values: list[str]) -> Iterator[list[str]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
