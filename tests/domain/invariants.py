"""What holds for every case at every moment, whoever did whatever before. Each sentence is a check of its own."""

from decimal import Decimal

from domain import access, closing, deductions, non_compete, settlement, signing
from domain.case import Gap, PaperKind, Stage
from domain.checklist import PENDING
from domain.claims import UNDECIDED
from domain.handover import ClearanceStatus, ItemStatus
from domain.law.freeze import Scope
from domain.obligations import PaymentKind
from domain.rights import GrantStatus
from domain.timezones import end_of
from tests.domain.world import World

NOTICE = (Stage.FREEZING, Stage.HANDING_OVER, Stage.SIGNING, Stage.AWAITING_LAST_DAY)
TAKEN_BACK = (Stage.WITHDRAWING, Stage.WITHDRAWN)
AFTERWARDS = (Stage.LEAVING, Stage.PURSUING, Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS)


def check(world: World) -> None:
    """Raises AssertionError if one of the sentences below is not true."""
    for holds in INVARIANTS:
        holds(world)


def no_right_is_wanted_that_was_not_held(world: World) -> None:
    for system in world.case.systems:
        assert set(system.desired) <= set(system.held)
        assert system.verified_revision <= system.revision


def nothing_frozen_is_wanted_without_a_running_grant(world: World) -> None:
    case = world.case
    if case.stage not in NOTICE:
        return
    for system in case.systems:
        for right in set(system.desired) & set(access.frozen_rights(case, system)):
            assert any(
                grant.status is GrantStatus.ACTIVE
                and grant.system == system.system
                and right in grant.rights
                and grant.expires_at is not None
                and grant.expires_at > world.last_turn
                for grant in case.grants
            )


def no_more_is_taken_away_than_the_freeze_has_a_basis_for(world: World) -> None:
    """FRZ-01, FRZ-05: what has no basis stays, whatever the company would like to freeze."""
    case = world.case
    if case.stage not in NOTICE:
        return
    for system in case.systems:
        carried = system.limited if case.freeze.scope is Scope.LIMITED else system.frozen
        assert set(system.held) - set(system.desired) <= set(carried)


def no_case_closes_before_its_non_compete_is_decided(world: World) -> None:
    """NC-06."""
    if world.case.stage in (Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS):
        assert not non_compete.undecided(world.case)


def no_grant_outlives_the_employment_or_was_given_by_the_leaver(world: World) -> None:
    case = world.case
    frozen = {s.system: set(s.frozen) for s in case.systems}
    for grant in case.grants:
        assert grant.decided_by != case.agreed.leaver
        assert set(grant.rights) <= frozen[grant.system]
        if grant.status is GrantStatus.ACTIVE:
            assert grant.expires_at is not None
            assert grant.expires_at <= closing.last_day_end(case)


def nothing_is_wanted_after_the_end_and_everything_after_a_withdrawal(world: World) -> None:
    case = world.case
    if case.stage in AFTERWARDS:
        assert all(s.desired == () for s in case.systems)
    if case.stage in TAKEN_BACK:
        assert all(s.desired == s.held for s in case.systems)


def the_last_day_ends_the_notice_period(world: World) -> None:
    if world.settled and world.now >= closing.last_day_end(world.case):
        assert world.case.stage not in NOTICE


def an_unsealed_record_tells_the_handover_as_it_stands(world: World) -> None:
    record = world.case.record
    if record is not None and record.sealed_at is None and not world.case.closed:
        assert signing.substance(world.case) == world.told_by_record


def a_department_is_cleared_only_by_those_it_takes(world: World) -> None:
    case = world.case
    for clearance in case.clearances:
        by = {approval.account for approval in clearance.approvals}
        assert case.agreed.leaver not in by | {seat.account for seat in clearance.seats}
        assert len(by) == len(clearance.approvals)
        if clearance.status is ClearanceStatus.APPROVED:
            assert len(by) >= clearance.quorum


def somebody_who_is_there_is_asked_or_nobody_is_left_to_ask(world: World) -> None:
    case, gone = world.case, world.gone
    pending = () if case.closed else [k for k in case.clearances if k.status is ClearanceStatus.PENDING]
    for clearance in pending:
        assert not gone & set(clearance.undecided())
        if clearance.level < len(clearance.levels):
            assert clearance.undecided()
        elif len(clearance.seats) < clearance.quorum:
            assert case.agreed.hr in {seat.account for seat in clearance.seats} | gone
    if not case.closed and not {case.agreed.witness, case.agreed.hr} <= gone:
        assert not gone & {item.receiver for item in case.items if item.status in PENDING}


def completed_means_that_nothing_is_missing(world: World) -> None:
    case = world.case
    if case.stage is Stage.COMPLETED:
        assert closing.gaps(case) == ()
        assert all(s.verified for s in case.systems)
        assert not {ItemStatus.OPEN, ItemStatus.HANDED_OVER} & {item.status for item in case.items}
    if case.closed:
        assert case.hold is None
    if Gap("record", "handover_record", "not_sealed") in case.gaps:
        late = case.pursue_until is not None and case.closed_at is not None and case.closed_at >= case.pursue_until
        assert case.close_requested_by or late


def every_paper_is_issued_once_and_none_certifies_an_end_that_was_not(world: World) -> None:
    case = world.case
    papers = [(paper.kind, paper.subject) for paper in case.papers]
    assert len(papers) == len(set(papers))
    kinds = {kind for kind, subject in papers if not subject}
    assert not kinds & set(case.papers_missing)
    if case.stage in (*NOTICE, *TAKEN_BACK):
        assert PaperKind.CERTIFICATE not in kinds
    if case.stage is Stage.COMPLETED:
        assert {PaperKind.CERTIFICATE, PaperKind.PRIVACY_NOTICE} <= kinds


def only_severance_ever_waits_for_the_handover_and_never_for_ever(world: World) -> None:
    """HND-02, HND-03, PAY-02."""
    case = world.case
    if not settlement.lives(case):
        return
    for payment in case.payments:
        waited = (payment.due - case.final_day).days
        if payment.kind is PaymentKind.WAGES and not payment.settled:
            assert waited <= 0
        assert waited <= case.agreed.policy.severance_hold or payment.settled
        if world.settled and not payment.settled and world.now >= end_of(payment.due, case.agreed.calendar.zone):
            assert payment.overdue_at is not None


def nothing_is_deducted_that_was_not_told_heard_and_decided_by_somebody_else(world: World) -> None:
    """PAY-03, PAY-04."""
    case = world.case
    found = deductions.decided(case)
    assert len({one.proposal.subject for one in found}) == len(found)
    for one in found:
        assert one.notified_on is not None
        assert one.decided_by not in ("", one.proposed_by, case.agreed.leaver)
    wages = settlement.of(case, PaymentKind.WAGES)
    if world.settled and wages is not None and (wages.settled or wages.overdue_at is not None):
        assert not [one for one in case.deductions if one.status in UNDECIDED], "the wages are paid in full"
    if found:
        wage = min(one.proposal.month.wage.amount for one in found)
        taken = sum((one.amount.amount for one in found if one.amount), Decimal(0))
        assert taken <= wage * Decimal("0.2")
        assert wage - taken >= Decimal(2740)


INVARIANTS = (
    no_right_is_wanted_that_was_not_held,
    nothing_frozen_is_wanted_without_a_running_grant,
    no_more_is_taken_away_than_the_freeze_has_a_basis_for,
    no_case_closes_before_its_non_compete_is_decided,
    no_grant_outlives_the_employment_or_was_given_by_the_leaver,
    nothing_is_wanted_after_the_end_and_everything_after_a_withdrawal,
    the_last_day_ends_the_notice_period,
    an_unsealed_record_tells_the_handover_as_it_stands,
    a_department_is_cleared_only_by_those_it_takes,
    somebody_who_is_there_is_asked_or_nobody_is_left_to_ask,
    completed_means_that_nothing_is_missing,
    every_paper_is_issued_once_and_none_certifies_an_end_that_was_not,
    only_severance_ever_waits_for_the_handover_and_never_for_ever,
    nothing_is_deducted_that_was_not_told_heard_and_decided_by_somebody_else,
)
