"""The papers that a departure owes: due at their time, issued once, held back by nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import closing, holds, papers
from domain.case import Case, Gap, PaperKind, Stage
from domain.law.freeze import Scope
from domain.rights import Freeze
from tests.domain import cases as c
from tests.domain import pay

OVER = c.OVER
NOTICE, AGREEMENT, CERTIFICATE = PaperKind.PRIVACY_NOTICE, PaperKind.FREEZE_AGREEMENT, PaperKind.CERTIFICATE
STATEMENT = PaperKind.SETTLEMENT_STATEMENT
IN_NOTICE = (Stage.FREEZING, Stage.HANDING_OVER, Stage.SIGNING, Stage.AWAITING_LAST_DAY)


def without_basis(case: Case) -> Case:
    return replace(case, freeze=Freeze(Scope.LIMITED))


def left(case: Case | None = None) -> Case:
    """At 24:00 of the last day, nothing closed yet."""
    return closing.leave(case or c.handing_over(), OVER).case


@pytest.mark.law("PIP-03")
def test_the_privacy_notice_is_due_as_soon_as_the_case_is_open() -> None:
    assert papers.due(c.opened()) == (NOTICE,)
    assert papers.due(Case("c1", "e1", c.NOW)) == ()


@pytest.mark.law("FRZ-01")
@pytest.mark.parametrize("stage", IN_NOTICE)
def test_an_agreement_is_drafted_where_the_freeze_has_no_basis_and_only_during_the_notice(stage: Stage) -> None:
    case = c.in_stage(without_basis(c.handing_over()), stage)
    assert papers.due(case) == (NOTICE, AGREEMENT)
    assert AGREEMENT not in papers.due(replace(case, freeze=Freeze(Scope.FULL, "clause 9")))
    assert AGREEMENT not in papers.due(replace(case, systems=()))
    assert AGREEMENT not in papers.due(left(case))


@pytest.mark.law("FRZ-01")
def test_where_nothing_would_be_frozen_no_agreement_is_drafted() -> None:
    case = without_basis(c.handing_over())
    assert AGREEMENT not in papers.due(replace(case, systems=tuple(replace(s, frozen=()) for s in case.systems)))


@pytest.mark.law("CRT-01")
def test_the_certificate_is_due_the_moment_the_last_day_ends_and_not_before() -> None:
    for stage in IN_NOTICE:
        assert CERTIFICATE not in papers.due(c.in_stage(c.handing_over(), stage))
    assert CERTIFICATE in papers.due(left())
    assert CERTIFICATE in papers.due(c.in_stage(left(), Stage.PURSUING))


@pytest.mark.law("CRT-01", "HND-04")
def test_no_state_of_handover_signature_access_or_hold_keeps_the_certificate_back() -> None:
    nothing_done, all_signed = c.handing_over(), c.signed(c.signing_case())
    held = holds.place_hold(nothing_done, c.COUNSEL, "arbitration", c.NOW).case
    failing = replace(nothing_done, systems=tuple(replace(s, failing_since=c.NOW) for s in nothing_done.systems))
    for case in (nothing_done, all_signed, held, failing, without_basis(nothing_done)):
        assert CERTIFICATE in papers.due(left(case))


@pytest.mark.law("CRT-01")
def test_each_paper_is_issued_once_and_named_byte_for_byte() -> None:
    change = papers.issued(left(), CERTIFICATE, "d1", c.SHA, OVER)
    (fact,) = change.facts
    assert (fact.kind, dict(fact.data)) == (
        "PaperIssued",
        {"paper": "certificate", "document": "d1", "sha256": c.SHA, "rule": "CRT-01"},
    )
    assert papers.due(change.case) == (NOTICE,)
    assert papers.due(c.with_papers(change.case, NOTICE)) == ()


@pytest.mark.law("CRT-01", "PIP-03", "FRZ-01")
def test_certificate_and_privacy_notice_go_to_the_leaver_and_the_draft_to_hr() -> None:
    unfrozen = without_basis(c.handing_over())
    for case, kind, account in ((left(), CERTIFICATE, "lin"), (left(), NOTICE, "lin"), (unfrozen, AGREEMENT, "hr")):
        assert c.told(papers.issued(case, kind, "d1", c.SHA, OVER), f"paper_{kind}") == (account,)


@pytest.mark.law("CRT-01")
def test_a_paper_that_cannot_be_made_alarms_hr_and_stays_due() -> None:
    change = papers.missing(left(), CERTIFICATE, "no title", OVER)
    assert c.told(change, "paper_missing") == ("hr",)
    assert change.case.papers_missing == (CERTIFICATE,)
    assert CERTIFICATE in papers.due(change.case)
    later = papers.missing(change.case, CERTIFICATE, "no title", OVER + timedelta(hours=1))
    assert c.told(later, "paper_missing") == ("hr", *change.case.agreed.counsel)
    again = later.case
    assert again.papers_missing == (CERTIFICATE,)
    assert c.with_papers(again, CERTIFICATE).papers_missing == ()


def test_a_paper_that_is_not_due_any_more_is_not_lacking_either() -> None:
    case = papers.missing(without_basis(c.handing_over()), AGREEMENT, "no name", c.NOW).case
    assert papers.lacking(case) == (AGREEMENT,)
    assert papers.lacking(left(case)) == ()


@pytest.mark.law("CRT-01")
@pytest.mark.parametrize("stage", [Stage.WITHDRAWING, Stage.WITHDRAWN])
def test_a_withdrawn_case_owes_no_papers(stage: Stage) -> None:
    assert papers.due(c.in_stage(without_basis(c.handing_over()), stage)) == ()


@pytest.mark.law("CRT-01")
def test_a_case_stays_open_for_its_certificate_and_hr_who_closes_it_anyway_sees_the_gap() -> None:
    late = OVER + timedelta(days=400)
    case = c.with_papers(c.verified(c.in_stage(left(), Stage.PURSUING)), NOTICE)
    assert not closing.may_close(case, late)
    asked = closing.request_close(case, c.HR, "gone abroad", late).case
    assert Gap("paper", "certificate", "not_issued") in closing.gaps(asked)
    assert closing.may_close(c.with_papers(case, CERTIFICATE), late)


def test_a_closed_case_owes_no_papers() -> None:
    closed = closing.close(c.pursuing(), OVER).case
    assert papers.due(closed) == ()


@pytest.mark.law("HND-04")
def test_the_settlement_statement_is_due_the_moment_the_last_day_ends_for_leaver_and_hr() -> None:
    case = pay.case()
    assert STATEMENT not in papers.due(case)
    over = left(case)
    assert STATEMENT in papers.due(over)
    assert STATEMENT not in papers.due(left()), "a case from before there was a settlement owes none"
    change = papers.issued(over, STATEMENT, "d1", c.SHA, OVER)
    assert change.facts[0].data["rule"] == "HND-04"
    assert c.told(change, "paper_settlement_statement") == ("lin", "hr")
    assert STATEMENT not in papers.due(change.case)


@pytest.mark.law("HND-04", "HND-02")
def test_no_state_of_the_handover_keeps_the_statement_back() -> None:
    for case in (pay.case(), holds.place_hold(pay.case(), c.COUNSEL, "arbitration", c.NOW).case):
        assert STATEMENT in papers.due(left(case))
