"""What a file does to the desk: what it refers to is found many rows at a time, what is new is written as plain rows.

The same code looks and writes: a look (`writing` is false) finds every problem and counts what would become of the
rows. Records that are there already keep their owner; orders, receivables and communications stay wholly as they are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import insert
from sqlmodel import Session, SQLModel, col, select

from domain.desk.access import CREATE_ORDERS
from domain.desk.records import RecordKind
from models.database import table
from models.desk.tables import Customer, RecordChange, new_id
from models.import_problems import Code, Problem, shown
from models.import_rows import Row
from models.tables import Employee, Entitlement, Notice

AT_ONCE = 1000
"""Values that one query names."""
_BASE = {"name_key": "name", "phone_key": "phone", "mail_key": "mail"}
"""Fields that follow another one."""
R = TypeVar("R", bound=Row)
Rows = Sequence[tuple[int, R]]
"""Rows by their number in the file."""


class Person(NamedTuple):
    id: str
    department: str
    stays: bool
    """Neither gone nor in notice."""


class Tally(NamedTuple):
    """What became of some rows, and what there is to say of them."""

    inserted: int
    updated: int
    unchanged: int
    held_back: int
    problems: list[Problem]
    warnings: list[Problem]


class Account(NamedTuple):
    """A customer as other records refer to it; a duplicate stands for the one that it was merged into."""

    id: str
    owner: str


@dataclass
class Desk:
    """The desk while one file comes in. What it finds out about the staff it remembers."""

    session: Session
    now: datetime
    by: str
    """The account that answers for the file."""
    columns: Collection[str]
    writing: bool = False
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    held_back: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    _new: dict[type[SQLModel], list[Mapping[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        everybody = select(Employee, Notice.case_id).outerjoin(Notice, col(Notice.open_for) == col(Employee.id))
        self.staff = {
            row.number: Person(row.id, row.department, row.active and case_id is None)
            for row, case_id in self.session.exec(everybody).all()
        }
        self.departments = {person.id: person.department for person in self.staff.values()}
        frozen = select(Entitlement.employee_id, Entitlement.changed_at).where(
            Entitlement.system == CREATE_ORDERS.system,
            Entitlement.right == CREATE_ORDERS.right,
            col(Entitlement.active).is_(False),
            col(Entitlement.employee_id).in_(select(Notice.open_for).where(col(Notice.open_for).is_not(None))),
        )
        self.frozen = dict(self.session.exec(frozen).all())
        """Since when whoever is leaving may take no orders."""

    def complain(self, row: int, column: str, code: Code, value: object = "", limit: str = "") -> None:
        self.problems.append(
            Problem(row=row, column=column, code=code, value=shown(column, str(value or "")), limit=limit)
        )

    def warn(self, row: int, column: str, code: Code, value: object = "") -> None:
        self.warnings.append(Problem(row=row, column=column, code=code, value=shown(column, str(value or ""))))

    def person(self, row: int, column: str, number: str | None) -> Person | None:
        """The employee with this staff number; a problem if there is none."""
        if number is None:
            return None
        found = self.staff.get(number)
        if found is None:
            self.complain(row, column, "unknown", number)
        return found

    def customers(self, numbers: Iterable[str]) -> dict[str, Account]:
        """The customers with these numbers."""
        rows = self.by_key(select(Customer.number, Customer.id, Customer.owner, Customer.merged_into), numbers)
        merged = {into for _, _, _, into in rows if into}
        owners = dict(self.session.exec(select(Customer.id, Customer.owner).where(col(Customer.id).in_(merged))).all())
        return {number: Account(into, owners[into]) if into else Account(id, owner) for number, id, owner, into in rows}

    def by_key(self, query: Any, values: Iterable[Any], column: Any = None) -> list[Any]:
        """What the query finds with one of these values in the column (the query's first, if none is named)."""
        wanted, found = sorted(set(values)), []
        key = column if column is not None else query.selected_columns[0]
        for start in range(0, len(wanted), AT_ONCE):
            found += self.session.exec(query.where(key.in_(wanted[start : start + AT_ONCE]))).all()
        return found

    def held(self, model: type[SQLModel], column: Any, values: Iterable[str]) -> list[Any]:
        """As `by_key`, whole records; while writing they are locked, so that they stay what they are compared with."""
        query: Any = select(model)
        query = query.order_by(model.id) if hasattr(model, "id") else query
        return self.by_key(query.with_for_update(key_share=True) if self.writing else query, values, column)

    def add(self, model: type[SQLModel], **values: Any) -> None:
        """Notes a new row."""
        if self.writing:
            self._new.setdefault(model, []).append(values)

    def settle(self, kind: RecordKind, found: Any, values: Mapping[str, Any], customer_id: str | None) -> None:
        """Brings those fields in line whose column the file has; what they said before is kept."""
        given = {name: value for name, value in values.items() if _BASE.get(name, name) in self.columns}
        changed = self.change(kind, found, given, customer_id)
        self.updated += changed
        self.unchanged += not changed

    def change(self, kind: RecordKind, found: Any, values: Mapping[str, Any], customer_id: str | None) -> bool:
        """Brings fields to these values and keeps what they said before; True if any said something else."""
        changes = {n: (getattr(found, n), value) for n, value in values.items() if getattr(found, n) != value}
        if not changes or not self.writing:
            return bool(changes)
        for name, (_, value) in changes.items():
            setattr(found, name, value)
        found.updated_at, found.version = self.now, found.version + 1
        said = {name: pair for name, pair in changes.items() if name not in _BASE}
        self.add(
            RecordChange,
            id=new_id(),
            kind=kind.value,
            record_id=found.id,
            customer_id=customer_id,
            changes=said,
            at=self.now,
            by=self.by,
        )
        return True

    def leave(self, row: int, column: str, value: object) -> None:
        """A record that is there and says something else stays as it is; whoever loads the file is told."""
        self.held_back += 1
        self.warn(row, column, "stays_as_it_is", value)

    def flush(self) -> None:
        """Writes what was noted, and forgets what was loaded."""
        self.session.flush()
        for model, rows in self._new.items():
            self.session.connection().execute(insert(table(model)), rows)
        self._new.clear()
        self.session.expunge_all()

    def take(self) -> Tally:
        """What happened since this was last asked."""
        tally = Tally(self.inserted, self.updated, self.unchanged, self.held_back, self.problems, self.warnings)
        self.inserted = self.updated = self.unchanged = self.held_back = 0
        self.problems, self.warnings = [], []
        return tally

    def stamped(self) -> dict[str, Any]:
        """Who made a new record, and when."""
        return {"created_at": self.now, "created_by": self.by, "updated_at": self.now, "version": 1}
