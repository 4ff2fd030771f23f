"""Writes parsed rows about contract terms and about what a freeze may rest on."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import select

from models.employment import Acknowledgement, EmploymentTerms, FreezeBasis
from models.import_loads import Load
from models.import_rows import AcknowledgementRow, BasisRow, TermsRow
from models.tables import Employee


def terms(load: Load[TermsRow]) -> None:
    known = {row.employee_id: row for row in load.session.exec(select(EmploymentTerms)).all()}
    staff = _staff(load)
    for number, row in load.parsed.rows.items():
        if row.employee_number not in staff:
            load.complain(number, "employee_number", "unknown", row.employee_number)
    if load.problems:
        return
    for number, row in load.parsed.rows.items():
        found = known.get(staff[row.employee_number])
        load.settle(number, found, EmploymentTerms, _of_employee(load.given(row, found), staff))


def bases(load: Load[BasisRow]) -> None:
    known = {row.key: row for row in load.session.exec(select(FreezeBasis)).all()}
    staff = _staff(load)
    for number, row in load.parsed.rows.items():
        if row.employee_number and row.employee_number not in staff:
            load.complain(number, "employee_number", "unknown", row.employee_number)
    if load.problems:
        return
    for number, row in load.parsed.rows.items():
        found = known.get(row.key)
        load.settle(number, found, FreezeBasis, _of_employee(load.given(row, found), staff))


def acknowledgements(load: Load[AcknowledgementRow]) -> None:
    known = {(row.basis, row.employee_id): row for row in load.session.exec(select(Acknowledgement)).all()}
    staff, there = _staff(load), set(load.session.exec(select(FreezeBasis.key)).all())
    for number, row in load.parsed.rows.items():
        if row.basis not in there:
            load.complain(number, "basis", "unknown", row.basis)
        if row.employee_number not in staff:
            load.complain(number, "employee_number", "unknown", row.employee_number)
    if load.problems:
        return
    for number, row in load.parsed.rows.items():
        found = known.get((row.basis, staff[row.employee_number]))
        load.settle(number, found, Acknowledgement, _of_employee(load.given(row, found), staff))


def _staff(load: Load[Any]) -> dict[str, str]:
    return {row.number: row.id for row in load.session.exec(select(Employee)).all()}


def _of_employee(values: Mapping[str, Any], staff: Mapping[str, str]) -> dict[str, Any]:
    """The table knows people by their id, a file by their number."""
    named = dict(values)
    if "employee_number" in named:
        number = named.pop("employee_number")
        named["employee_id"] = staff[number] if number else None
    return named
