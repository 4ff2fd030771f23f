"""The freeze (冻结) and its basis (依据): as far as the law lets it go at first, farther once a basis is there.

The freeze is never more than its basis (N2). What the rules leave open, counsel decides; where there is nothing to rest
on, a supplementary agreement that both sides have signed can bring it.
"""

from dataclasses import replace
from datetime import date, datetime

from domain.case import IN_NOTICE, Case
from domain.change import Change, Fact, Notification
from domain.errors import conflict, forbidden, invalid
from domain.law.freeze import Scope
from domain.people import Actor, Role
from domain.rights import Freeze
from domain.timezones import local_date


def announce(case: Case, now: datetime) -> Change:
    """Says how far the freeze goes; HR and counsel hear of it if it goes less far than the company wanted."""
    freeze = case.freeze
    data = {"scope": freeze.scope.value, "basis": freeze.basis, "waits_for_counsel": freeze.waits_for_counsel}
    fact = Fact("FreezeJudged", now, data=data)
    if freeze.scope is Scope.FULL or not any(access.frozen for access in case.systems):
        return Change(case, (fact,))
    plan = case.agreed
    if freeze.waits_for_counsel:
        return Change(case, (fact,), (Notification("freeze_waits_for_counsel", (*plan.counsel, plan.hr)),))
    return Change(case, (fact,), (Notification("freeze_limited", (plan.hr,)),))


def confirm(case: Case, by: Actor, accept: bool, reason: str, now: datetime, basis: str = "") -> Change:
    """Counsel answers for the full freeze where its basis is not fully proved, or refuses it (FRZ-02).

    Where no law is known but a notice template (FGN-01), somebody has to say what the freeze rests on.
    """
    if not by.has(Role.COUNSEL) or by.account == case.agreed.leaver:
        raise forbidden("freeze.only_counsel")
    _require_in_notice(case)
    if not case.freeze.waits_for_counsel:
        raise conflict("freeze.nothing_to_confirm")
    if not reason:
        raise invalid("reason.required")
    named = basis or case.freeze.basis
    if accept and case.agreed.notice_template and not named:
        raise invalid("freeze.basis_needed")
    scope = Scope.FULL if accept else Scope.LIMITED
    changed = replace(case, freeze=replace(case.freeze, scope=scope, basis=named, waits_for_counsel=False))
    kind = "FreezeConfirmed" if accept else "FreezeDeclined"
    data = {"basis": named, "reason": reason, "rule": "FRZ-02"}
    note = Notification("freeze_extended" if accept else "freeze_limited", (case.agreed.hr,))
    return Change(changed, (Fact(kind, now, by.account, data),), (note,))


def record_agreement(case: Case, by: Actor, reference: str, signed_on: date, now: datetime) -> Change:
    """HR files the supplementary agreement that both sides have signed: the full freeze rests on it from now (FRZ-01).

    It promises full pay while the freeze lasts; ESG-02: it is signed on paper or with a reliable electronic signature,
    not by a click.
    """
    if not by.has(Role.HR) or by.account == case.agreed.leaver:
        raise forbidden("freeze.only_hr_files")
    _require_in_notice(case)
    if case.freeze.scope is Scope.FULL:
        raise conflict("freeze.already_full")
    zone = case.agreed.calendar.zone
    if signed_on > local_date(now, zone):
        raise invalid("freeze.signed_in_the_future", day=signed_on.isoformat())
    hired_on = case.agreed.hired_on
    if hired_on is not None and signed_on < hired_on:
        raise invalid("freeze.signed_before_hiring", day=signed_on.isoformat(), hired=hired_on.isoformat())
    changed = replace(case, freeze=Freeze(Scope.FULL, reference))
    data = {"basis": reference, "signed_on": signed_on.isoformat(), "rule": "FRZ-01"}
    told = (case.agreed.leaver, *case.agreed.counsel)
    return Change(changed, (Fact("FreezeBasisFiled", now, by.account, data),), (Notification("freeze_extended", told),))


def _require_in_notice(case: Case) -> None:
    """FRZ-06: only from arrival to the last day."""
    if case.stage not in IN_NOTICE:
        raise conflict("freeze.not_in_notice", stage=case.stage.value)
