"""Who may be named to act in a case: somebody with an open account and, to receive items, who stays.

The case itself can't look accounts up, so they are checked where a decision comes in: at the API, also when it issues a
proof, without which no decision counts.
"""

from sqlmodel import Session, col, select

from domain.errors import conflict, invalid
from domain.people import Role
from models.accounts import Caller
from models.decision_bodies import AssignReceiver, Body, DelegateClearance, ReassignClearance
from models.tables import Account, CaseView, Employee, Notice

NOMINATIONS = (AssignReceiver, ReassignClearance, DelegateClearance)
"""The decisions that name somebody who is to act."""


def require_eligible(session: Session, by: Caller, case_id: str, body: Body) -> None:
    """Raises Refusal if the decision names somebody who has no open account, or a receiver who is leaving, too."""
    if isinstance(body, ReassignClearance | DelegateClearance):
        _require_open(session, body.to)
    elif isinstance(body, AssignReceiver):
        account = _require_open(session, body.receiver)
        if _may_assign(session, by, case_id):  # nobody else learns who has resigned; the case refuses them anyway
            require_staying(session, account, case_id)


def named(session: Session, name: str) -> Account | None:
    """The account with this id, or that of the employee with this staff number."""
    account = session.get(Account, name)
    if account is not None:
        return account
    join = col(Account.employee_id) == col(Employee.id)
    return session.exec(select(Account).join(Employee, join).where(Employee.number == name)).one_or_none()


def with_account(session: Session, body: AssignReceiver) -> AssignReceiver:
    """The decision naming its receiver by account, as the case knows people; as it came if there is no such person."""
    account = named(session, body.receiver)
    return body if account is None else body.model_copy(update={"receiver": account.id})


def stays(session: Session, account: Account) -> bool:
    """True if this person has an open account, and is not leaving."""
    return account.active and not is_leaving(session, account.employee_id)


def is_leaving(session: Session, employee_id: str | None) -> bool:
    """True if this employee has given notice, and the case is not closed; never of somebody from outside."""
    if employee_id is None:
        return False
    return session.exec(select(Notice.case_id).where(Notice.open_for == employee_id)).first() is not None


def require_staying(session: Session, account: Account, case_id: str = "") -> None:
    """Raises Refusal if this person has an open case other than `case_id`, whose own rules judge its own leaver."""
    leaving = select(Notice.case_id).where(Notice.open_for == account.employee_id, col(Notice.case_id) != case_id)
    if account.employee_id is not None and session.exec(leaving).first() is not None:
        raise conflict("item.receiver_is_leaving", account=account.id)


def _require_open(session: Session, account_id: str) -> Account:
    account = session.get(Account, account_id)
    if account is None or not account.active:
        raise invalid("account.nobody_there", account=account_id)
    return account


def _may_assign(session: Session, by: Caller, case_id: str) -> bool:
    case = session.get(CaseView, case_id)
    plan = (case.snapshot.get("plan") if case else None) or {}
    return by.has(Role.HR) or by.account == plan.get("witness")
