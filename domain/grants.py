"""Temporary unfreeze (临时解冻): asked for by the leaver, decided by somebody else, scoped, ending by itself.

A grant can only give back what the freeze took away, in one system, for a capped time within the employment.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain import approvers
from domain.access import frozen_rights
from domain.case import Case, Stage
from domain.change import Change, Fact, Notification
from domain.errors import conflict, forbidden, invalid, not_found
from domain.people import Actor, Role
from domain.rights import Grant, GrantStatus
from domain.timezones import end_of

_GRANTABLE = (Stage.HANDING_OVER, Stage.SIGNING, Stage.AWAITING_LAST_DAY)


def request(
    case: Case, by: Actor, system: str, rights: tuple[str, ...], reason: str, hours: int, now: datetime
) -> Change:
    """The leaver asks for frozen rights in one system for a number of hours."""
    plan = case.agreed
    if by.account != plan.leaver:
        raise forbidden("grant.only_leaver_asks")
    _require_grantable(case, now)
    access = next((s for s in case.systems if s.system == system), None)
    if access is None:
        raise not_found("grant.unknown_system", system=system)
    wanted = tuple(sorted(set(rights)))
    if not wanted:
        raise invalid("grant.no_rights")
    taken = frozen_rights(case, access)
    beyond = [right for right in wanted if right not in taken]
    if beyond:
        raise invalid("grant.wider_than_frozen", rights=", ".join(beyond), frozen=", ".join(taken))
    _require_hours(case, hours)
    if any(g.status is GrantStatus.REQUESTED and g.system == system for g in case.grants):
        raise conflict("grant.already_requested", system=system)
    grant = Grant(
        id=f"g{len(case.grants) + 1}",
        system=system,
        rights=wanted,
        reason=reason,
        hours=hours,
        requested_by=by.account,
        requested_at=now,
        remind_at=plan.calendar.opening_after(now, 1),
    )
    fact = Fact(
        "GrantRequested",
        now,
        by.account,
        {"grant": grant.id, "system": system, "rights": wanted, "hours": hours, "reason": reason},
    )
    return Change(
        replace(case, grants=(*case.grants, grant)),
        (fact,),
        (approvers.asked(case, grant),),
    )


def decide(
    case: Case, by: Actor, grant_id: str, approve: bool, reason: str, hours: int | None, now: datetime
) -> Change:
    """A security approver grants the request, for the hours asked or fewer, or refuses it with a reason."""
    grant = _find(case, grant_id)
    _require_approver(case, by, grant)
    if grant.status is not GrantStatus.REQUESTED:
        raise conflict("grant.already_decided", grant=grant_id, status=grant.status.value)
    if not approve:
        if not reason:
            raise invalid("reason.required")
        refused = replace(
            grant,
            status=GrantStatus.REFUSED,
            decided_by=by.account,
            decision_reason=reason,
            ended_at=now,
            remind_at=None,
        )
        fact = Fact("GrantRefused", now, by.account, {"grant": grant_id, "reason": reason})
        return Change(
            case.with_grant(refused), (fact,), (Notification("grant_refused", (grant.requested_by,), (grant_id,)),)
        )
    _require_grantable(case, now)
    given = grant.hours if hours is None else hours
    _require_hours(case, given)
    if given > grant.hours:
        raise invalid("grant.longer_than_asked", hours=grant.hours)
    active = replace(
        grant,
        status=GrantStatus.ACTIVE,
        decided_by=by.account,
        decision_reason=reason,
        starts_at=now,
        remind_at=None,
    )
    active = _ending(case, active, now, now + timedelta(hours=given))
    return Change(
        case.with_grant(active),
        (_given("GrantApproved", by, active, reason, now),),
        (Notification("grant_approved", (grant.requested_by,), (grant_id, grant.system)),),
    )


def extend(case: Case, by: Actor, grant_id: str, hours: int, reason: str, now: datetime) -> Change:
    """A security approver lets an active grant end later; its whole life stays under the policy's cap."""
    grant = _find(case, grant_id)
    _require_approver(case, by, grant)
    if grant.status is not GrantStatus.ACTIVE or grant.expires_at is None or grant.starts_at is None:
        raise conflict("grant.not_active", grant=grant_id, status=grant.status.value)
    if grant.expires_at <= now:
        raise conflict("grant.not_active", grant=grant_id, status=GrantStatus.EXPIRED.value)
    _require_hours(case, hours)
    ends = grant.expires_at + timedelta(hours=hours)
    total = case.agreed.policy.grant_total_hours
    if ends > grant.starts_at + timedelta(hours=total):
        raise invalid("grant.total_too_long", hours=total)
    extended = _ending(case, grant, now, ends)
    return Change(
        case.with_grant(extended),
        (_given("GrantExtended", by, extended, reason, now),),
        (Notification("grant_extended", (grant.requested_by,), (grant_id, grant.system)),),
    )


def revoke(case: Case, by: Actor, grant_id: str, reason: str, now: datetime) -> Change:
    """Ends an active grant early: by security or HR, or given back by the leaver."""
    grant = _find(case, grant_id)
    if by.account != grant.requested_by and not by.has(Role.SECURITY, Role.HR):
        raise forbidden("grant.may_not_revoke")
    if grant.status is not GrantStatus.ACTIVE:
        raise conflict("grant.not_active", grant=grant_id, status=grant.status.value)
    ended = replace(grant, status=GrantStatus.REVOKED, ended_at=now)
    fact = Fact("GrantRevoked", now, by.account, {"grant": grant_id, "reason": reason})
    return Change(case.with_grant(ended), (fact,), (Notification("grant_revoked", (grant.requested_by,), (grant_id,)),))


def expire(case: Case, now: datetime) -> Change:
    """Ends every grant whose time has come, and warns before, so that an extension can be asked for."""
    change = Change(case)
    for grant in case.grants:
        if grant.status is not GrantStatus.ACTIVE or grant.expires_at is None:
            continue
        if grant.expires_at <= now:
            ended = replace(grant, status=GrantStatus.EXPIRED, ended_at=now)
            fact = Fact("GrantExpired", now, data={"grant": grant.id, "due": grant.expires_at.isoformat()})
            note = Notification("grant_expired", (grant.requested_by,), (grant.id, grant.system))
        elif grant.warn_at is not None and grant.warn_at <= now:
            ended = replace(grant, warn_at=None)
            fact = Fact("GrantExpiryWarned", now, data={"grant": grant.id})
            note = Notification("grant_expiring", (grant.requested_by,), (grant.id, grant.system))
        else:
            continue
        change = change.then(Change(change.case.with_grant(ended), (fact,), (note,)))
    return change


def clip(case: Case, now: datetime) -> Change:
    """The last day came nearer: no grant outlives the employment. One that was cut short stays so if the day moves."""
    change = Change(case)
    for grant in case.grants:
        if grant.status is not GrantStatus.ACTIVE or grant.expires_at is None:
            continue
        clipped = _ending(case, grant, now, grant.expires_at)
        if clipped.expires_at != grant.expires_at:
            fact = Fact(
                "GrantShortened", now, data={"grant": grant.id, "expires_at": _employment_end(case).isoformat()}
            )
            change = change.then(Change(change.case.with_grant(clipped), (fact,)))
    return change


def end_all(case: Case, now: datetime) -> Change:
    """Ends every open request and active grant because the case itself ends them."""
    change = Change(case)
    for grant in case.grants:
        if grant.status in (GrantStatus.REQUESTED, GrantStatus.ACTIVE):
            ended = replace(grant, status=GrantStatus.ENDED, ended_at=now, remind_at=None)
            change = change.then(
                Change(change.case.with_grant(ended), (Fact("GrantEnded", now, data={"grant": grant.id}),))
            )
    return change


def _ending(case: Case, grant: Grant, now: datetime, ends: datetime) -> Grant:
    """Expiry, never after the employment, and the warning before it; too short a rest gets no warning."""
    expires = min(ends, _employment_end(case))
    warn = expires - timedelta(hours=1)
    return replace(grant, expires_at=expires, warn_at=warn if warn > now else None)


def _employment_end(case: Case) -> datetime:
    """In UTC: hours are added to it, and an hour of the wall clock is not always an hour."""
    return end_of(case.final_day, case.agreed.calendar.zone).astimezone(UTC)


def _given(kind: str, by: Actor, grant: Grant, reason: str, now: datetime) -> Fact:
    expires = grant.expires_at.isoformat() if grant.expires_at else ""
    return Fact(
        kind,
        now,
        by.account,
        {
            "grant": grant.id,
            "system": grant.system,
            "rights": grant.rights,
            "expires_at": expires,
            "reason": reason,
        },
    )


def _require_approver(case: Case, by: Actor, grant: Grant) -> None:
    if by.account in (grant.requested_by, case.agreed.leaver):
        raise forbidden("grant.self_approval")
    if not by.has(Role.SECURITY):
        raise forbidden("grant.only_security_decides")


def _require_grantable(case: Case, now: datetime) -> None:
    if case.stage not in _GRANTABLE or now >= _employment_end(case):
        raise conflict("grant.not_in_this_stage", stage=case.stage.value)


def _require_hours(case: Case, hours: int) -> None:
    cap = case.agreed.policy.grant_max_hours
    if not 1 <= hours <= cap:
        raise invalid("grant.hours_out_of_range", hours=cap)


def _find(case: Case, grant_id: str) -> Grant:
    for grant in case.grants:
        if grant.id == grant_id:
            return grant
    raise not_found("grant.unknown", grant=grant_id)
