"""What somebody who has given notice is still asked to do in the cases of others."""

from domain.case import Case
from domain.change import Notification
from domain.checklist import PENDING
from domain.clearances import UNSETTLED


def leaving(case: Case, account: str) -> tuple[Notification, ...]:
    """Tells the witness and HR in charge: while the person is here they may answer, and somebody else may be named.

    Once the account is closed, what is left goes on by itself (`closing.people_left`).
    """
    told = tuple(dict.fromkeys(a for a in (case.agreed.witness, case.agreed.hr) if a and a != account))
    items = tuple(item.id for item in case.items if item.receiver == account and item.status in PENDING)
    seats = tuple(c.department for c in case.clearances if c.status in UNSETTLED and account in c.undecided())
    notes = (Notification("receiver_leaving", told, items),) if items else ()
    return (*notes, *(Notification("clearance_approver_leaving", told, (department,)) for department in seats))
