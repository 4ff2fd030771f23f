"""Who confirms a department's part of a handover: the people whom a template means, as the company stands."""

from sqlmodel import Session, col, select

from activities.failures import PersonMustAct
from domain.people import Role, Text
from domain.plan import ClearancePlan
from models.tables import Account, Department, Employee
from models.templates import TemplateBody


class People:
    """Accounts by what they are in the company; only active ones."""

    def __init__(self, session: Session) -> None:
        self._session = session
        accounts = session.exec(select(Account).where(col(Account.active)).order_by(col(Account.login))).all()
        self._accounts = accounts
        self._by_employee = {a.employee_id: a.id for a in accounts if a.employee_id}

    def of_employee(self, employee_id: str) -> str | None:
        return self._by_employee.get(employee_id)

    def of_number(self, number: str | None) -> str | None:
        if not number:
            return None
        employee = self._session.exec(select(Employee).where(Employee.number == number)).one_or_none()
        return self.of_employee(employee.id) if employee else None

    def manager_of(self, employee: Employee) -> str | None:
        return self.of_number(employee.manager)

    def head_of(self, department: str, leaver: str) -> str | None:
        found = self._session.get(Department, department)
        head = self.of_number(found.head) if found else None
        return head if head != leaver else None

    def with_role(self, role: Role, *, without: str) -> tuple[str, ...]:
        return tuple(a.id for a in self._accounts if role in a.roles and a.id != without)

    def in_department(self, department: str, job: str, without: str) -> tuple[str, ...]:
        staff = self._session.exec(
            select(Employee.id).where(Employee.department == department, Employee.job == job, col(Employee.active))
        ).all()
        accounts = {self._by_employee[e] for e in staff if e in self._by_employee}
        return tuple(a.id for a in self._accounts if a.id in accounts and a.id != without)


def clearances(
    session: Session, body: TemplateBody, people: People, leaver: str, witness: str
) -> tuple[ClearancePlan, ...]:
    """Each department with the accounts that its template means. Raises PersonMustAct where nobody is left."""
    plans = []
    for wanted in body.clearances:
        levels: list[tuple[str, ...]] = []
        taken: set[str] = {leaver}
        for level in wanted.levels:
            accounts = _approvers(people, level, wanted.department, leaver, witness)
            accounts = tuple(a for a in accounts if a not in taken)
            taken.update(accounts)
            if accounts:
                levels.append(accounts)
        if not levels:
            raise PersonMustAct(f"department {wanted.department!r} has no approver with an account")
        plans.append(
            ClearancePlan(
                wanted.department,
                Text(*wanted.title),
                tuple(levels),
                min(wanted.quorum, sum(len(level) for level in levels)),
                remind_every=wanted.remind_every,
                escalate_after=wanted.escalate_after,
                due_after=wanted.due_after,
                portfolio=wanted.portfolio,
                categories=wanted.categories,
            )
        )
    return tuple(plans)


def _approvers(people: People, level: str, department: str, leaver: str, witness: str) -> tuple[str, ...]:
    """The accounts a template means by `head`, `witness`, `job:<key>` or `role:<role>`."""
    kind, _, name = level.partition(":")
    if kind == "head":
        head = people.head_of(department, leaver)
        return (head,) if head else ()
    if kind == "witness":
        return (witness,)
    if kind == "job":
        return people.in_department(department, name, leaver)
    if kind == "role":
        return people.with_role(Role(name), without=leaver)
    raise PersonMustAct(f"the template asks for approvers {level!r}, which mean nothing")
