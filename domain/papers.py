"""The papers a departure owes people: which one is due when, issued once, by itself (CRT-01, PIP-03).

None of them waits for the handover (HND-02), and none carries a waiver (HND-04).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from domain import deductions
from domain.case import IN_NOTICE, Case, Paper, PaperKind, Stage
from domain.change import Change, Fact, Notification
from domain.law.freeze import Scope

_LEFT = (Stage.LEAVING, Stage.PURSUING)
_TOLD_AS = {
    PaperKind.PRIVACY_NOTICE: "paper_privacy_notice",
    PaperKind.FREEZE_AGREEMENT: "paper_freeze_agreement",
    PaperKind.CERTIFICATE: "paper_certificate",
    PaperKind.SETTLEMENT_STATEMENT: "paper_settlement_statement",
    PaperKind.DEDUCTION_NOTICE: "paper_deduction_notice",
}
RULES = {
    PaperKind.PRIVACY_NOTICE: "PIP-03",
    PaperKind.FREEZE_AGREEMENT: "FRZ-01",
    PaperKind.CERTIFICATE: "CRT-01",
    PaperKind.SETTLEMENT_STATEMENT: "HND-04",
    PaperKind.DEDUCTION_NOTICE: "PAY-04",
}


@dataclass(frozen=True)
class Notice:
    """What a written notice of a deduction says: which one it is about, and until when the leaver may reply."""

    deduction: str
    reply_until: date


def due(case: Case) -> tuple[PaperKind, ...]:
    """Papers that have to be issued now and are not yet, in order."""
    if case.plan is None or case.plan.notice_template:
        return ()
    wanted = []
    if case.stage in (*IN_NOTICE, *_LEFT):
        wanted.append(PaperKind.PRIVACY_NOTICE)
    if case.stage in IN_NOTICE and case.freeze.scope is Scope.LIMITED and any(s.frozen for s in case.systems):
        wanted.append(PaperKind.FREEZE_AGREEMENT)
    if case.stage in _LEFT:
        wanted.append(PaperKind.CERTIFICATE)
    if case.stage in _LEFT and case.plan.settlement is not None:
        wanted.append(PaperKind.SETTLEMENT_STATEMENT)
    if deductions.unnotified(case) is not None:
        wanted.append(PaperKind.DEDUCTION_NOTICE)
    issued = {paper.kind for paper in case.papers if not paper.subject}
    return tuple(kind for kind in wanted if kind not in issued)


def lacking(case: Case) -> tuple[PaperKind, ...]:
    """Papers that are due and could not be made so far."""
    return tuple(kind for kind in due(case) if kind in case.papers_missing)


def issued(
    case: Case, kind: PaperKind, document_id: str, sha256: str, now: datetime, notice: Notice | None = None
) -> Change:
    """The paper exists, byte for byte, and lies ready for whom it is for; it counts only if it is still due."""
    if kind not in due(case) or (kind is PaperKind.DEDUCTION_NOTICE and not _still_wanted(case, notice)):
        return Change(case)
    plan = case.agreed
    paper = Paper(kind, document_id, sha256, now, notice.deduction if notice else "")
    told = {PaperKind.FREEZE_AGREEMENT: (plan.hr,), PaperKind.SETTLEMENT_STATEMENT: (plan.leaver, plan.hr)}
    fact = Fact(
        "PaperIssued",
        now,
        data={"paper": kind.value, "document": document_id, "sha256": sha256, "rule": RULES[kind]},
    )
    changed = replace(case, papers=(*case.papers, paper), papers_missing=_without(case, kind))
    change = Change(changed, (fact,), (Notification(_TOLD_AS[kind], told.get(kind, (plan.leaver,)), (kind.value,)),))
    if notice is None:
        return change
    return change.then(deductions.notified(changed, notice.deduction, document_id, notice.reply_until, now))


def missing(case: Case, kind: PaperKind, problem: str, now: datetime) -> Change:
    """The paper can't be made of the company's data as they stand: HR is alarmed, and it is tried on without end.

    A certificate that is late is alarmed of every hour, and counsel hears of it too (CRT-01).
    """
    if kind not in due(case):
        return Change(case)
    fact = Fact("PaperMissing", now, data={"paper": kind.value, "because": problem, "rule": RULES[kind]})
    again = kind is PaperKind.CERTIFICATE and kind in case.papers_missing
    told = (case.agreed.hr, *(case.agreed.counsel if again else ()))
    changed = replace(case, papers_missing=(*_without(case, kind), kind))
    return Change(changed, (fact,), (Notification("paper_missing", told, (kind.value, problem)),))


def _still_wanted(case: Case, notice: Notice | None) -> bool:
    wanted = deductions.unnotified(case)
    return notice is not None and wanted is not None and wanted.id == notice.deduction


def _without(case: Case, kind: PaperKind) -> tuple[PaperKind, ...]:
    return tuple(other for other in case.papers_missing if other is not kind)
