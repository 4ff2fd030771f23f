"""Who may be named to act in a case: somebody with an open account and, to receive items, who stays.

The case itself can't look accounts up, so they are checked where a decision comes in: at the API, also when it issues a
proof, without which no decision counts.
"""

from sqlmodel import Session, col, select

from domain.errors import conflict, invalid
from domain.people import Role
from models.accounts import Caller
from models.decision_bodies import AssignReceiver, Body, DelegateClearance, ReassignClearance
from models.tables import Account, CaseView, Notice

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


def stays(session: Session, account: Account) -> bool:
    """True if this person has an open account, and is not leaving."""
    if not account.active or account.employee_id is None:
        return account.active
    return session.exec(select(Notice.case_id).where(Notice.open_for == account.employee_id)).first() is None


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
