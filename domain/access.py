"""What the leaver may do in each connected system, and how it gets there: desired state, effect, read back.

The one rule that grants, freeze, last day and withdrawal share: what is wanted is computed from the case, never typed
in, so no path can leave more rights than the case allows.
"""

from dataclasses import replace
from datetime import datetime

from domain import approvers
from domain.case import IN_NOTICE, Case, Stage
from domain.change import Change, Fact, Notification
from domain.law.freeze import Scope
from domain.rights import GrantStatus, Operation, SystemAccess

_AS_BEFORE = (Stage.OPENING, Stage.WITHDRAWING, Stage.WITHDRAWN)


def allowed_rights(case: Case, access: SystemAccess) -> tuple[str, ...]:
    """The rights that the leaver shall have in that system now, sorted; always a part of those held before."""
    if case.stage in _AS_BEFORE:
        return access.held
    if case.stage not in IN_NOTICE:
        return ()
    granted = {
        right
        for grant in case.grants
        if grant.status is GrantStatus.ACTIVE and grant.system == access.system
        for right in grant.rights
    }
    taken = frozen_rights(case, access)
    return tuple(right for right in access.held if right not in taken or right in granted)


def frozen_rights(case: Case, access: SystemAccess) -> tuple[str, ...]:
    """What the freeze takes away in that system, as far as it may go (FRZ-01, FRZ-05)."""
    return access.frozen if case.freeze.scope is Scope.FULL else access.limited


def settle(case: Case, now: datetime) -> Case:
    """Brings every system's desired rights in line with the case; each real change gets a new revision."""
    systems = tuple(_settled(case, access, now) for access in case.systems)
    return case if systems == case.systems else replace(case, systems=systems)


def _settled(case: Case, access: SystemAccess, now: datetime) -> SystemAccess:
    wanted = allowed_rights(case, access)
    if wanted == access.desired:
        return access
    return replace(
        access,
        desired=wanted,
        operation=_operation(case, access, wanted),
        revision=access.revision + 1,
        wanted_since=now,
        failing_since=None,
        last_problem="",
    )


def _operation(case: Case, access: SystemAccess, wanted: tuple[str, ...]) -> Operation:
    if case.stage in _AS_BEFORE:
        return Operation.RESTORE
    if case.stage not in IN_NOTICE:
        return Operation.CLOSE
    if set(wanted) - set(access.desired):
        return Operation.GRANT
    return Operation.REVOKE if access.operation in (Operation.GRANT, Operation.REVOKE) else Operation.FREEZE


def unverified(case: Case) -> tuple[SystemAccess, ...]:
    """Systems whose wanted rights have not been read back yet."""
    return tuple(access for access in case.systems if not access.verified)


def record_verified(
    case: Case, system: str, revision: int, observed: tuple[str, ...], attempts: int, now: datetime
) -> Change:
    """The system itself shows exactly the wanted rights.

    A receipt for an overtaken revision is kept as a fact only, without the operation: the case knows the latest one.
    """
    access = find(case, system)
    fact = Fact(
        "AccessVerified",
        now,
        data={
            "system": system,
            "operation": access.operation.value if revision == access.revision else "",
            "revision": revision,
            "observed": observed,
            "attempts": attempts,
        },
    )
    if revision != access.revision:
        return Change(case, (fact,))
    verified = replace(access, verified_revision=revision, observed=observed, failing_since=None, last_problem="")
    changed = case.with_system(verified)
    if access.failing_since is None:
        return Change(changed, (fact,))
    return Change(
        changed,
        (fact, Fact("AccessAlarmCleared", now, data={"system": system})),
        (Notification("access_alarm_cleared", alarm_recipients(case), (system,)),),
    )


def record_failing(case: Case, system: str, revision: int, problem: str, attempts: int, now: datetime) -> Change:
    """The effect still fails, or the system says one thing and shows another: alarmed once per round of attempts."""
    access = find(case, system)
    if revision != access.revision:
        return Change(case)
    failing = replace(access, failing_since=access.failing_since or now, last_problem=problem)
    fact = Fact(
        "AccessUnverified",
        now,
        data={
            "system": system,
            "operation": access.operation.value,
            "revision": revision,
            "problem": problem,
            "attempts": attempts,
        },
    )
    return Change(
        case.with_system(failing), (fact,), (Notification("access_alarm", alarm_recipients(case), (system,)),)
    )


def alarm_recipients(case: Case) -> tuple[str, ...]:
    """Who must hear of a system that does not follow: HR in charge and the security approvers who are still there."""
    return tuple(dict.fromkeys((case.agreed.hr, *approvers.security(case))))


def find(case: Case, system: str) -> SystemAccess:
    """The leaver's access to `system`. Raises KeyError if the case knows no such system."""
    for access in case.systems:
        if access.system == system:
            return access
    raise KeyError(system)
