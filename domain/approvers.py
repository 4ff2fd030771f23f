"""Who is asked about temporary access: security approvers come and go while a case runs."""

from domain.case import Case
from domain.change import Change, Notification
from domain.rights import Grant, GrantStatus


def security(case: Case) -> tuple[str, ...]:
    """The security approvers of the plan who are still there."""
    return tuple(account for account in case.agreed.security if account not in case.departed)


def approvers(case: Case) -> tuple[str, ...]:
    """Whom a request is put before: security, or HR in charge if nobody of them is left.

    HR then has a new security approver appointed; anybody with that role may decide, whether asked or not.
    """
    return security(case) or (case.agreed.hr,)


def asked(case: Case, grant: Grant) -> Notification:
    """Tells the approvers of a request that waits for them."""
    kind = "grant_requested" if security(case) else "grant_without_approver"
    return Notification(kind, approvers(case), (grant.id, grant.system))


def left(case: Case, accounts: tuple[str, ...]) -> Change:
    """These accounts were closed: if no security approver is left, HR in charge hears of every request that waits."""
    if security(case) or not set(accounts) & set(case.agreed.security):
        return Change(case)
    waiting = (grant for grant in case.grants if grant.status is GrantStatus.REQUESTED)
    return Change(case, (), tuple(asked(case, grant) for grant in waiting))
