"""The company's seal on the signed handover record: each use is approved first (用印审批), by nobody who signs it."""

from dataclasses import replace
from datetime import datetime

from domain.case import Case
from domain.change import Change, Fact, Notification
from domain.errors import conflict, forbidden, invalid
from domain.handover import HandoverRecord, SealDecision
from domain.people import Actor, Role


def keepers(case: Case) -> tuple[str, ...]:
    """Who is asked: whoever keeps the seal, else HR in charge, else counsel; never somebody who signs the record."""
    plan, record = case.agreed, case.record
    signers = {signature.account for signature in record.signatures} if record else set()
    for asked in (plan.seal_keepers, (plan.hr,), plan.counsel):
        free = tuple(account for account in asked if account not in signers and account not in case.departed)
        if free:
            return free
    return ()


def asked(change: Change) -> Change:
    """Whatever it was, if now every party has answered, the seal is asked for."""
    case, record = change.case, change.case.record
    if record is None or not record.settled or record.seal is not None:
        return change
    return change.then(Change(case, (), (Notification("seal_asked", keepers(case), (record.document_id,)),)))


def decide(case: Case, by: Actor, sha256: str, approve: bool, reason: str, now: datetime) -> Change:
    """The keeper of the seal lets it be put to the record with this text, or not. A refusal can be taken back."""
    record = unsealed(case)
    if not by.has(Role.SEAL_KEEPER) and by.account not in keepers(case):
        raise forbidden("seal.only_keeper")
    if any(signature.account == by.account for signature in record.signatures) or by.account == case.agreed.leaver:
        raise forbidden("seal.own_record")
    if sha256 != record.sha256:
        raise conflict("signature.other_document")
    if not record.settled:
        raise conflict("seal.not_all_answered")
    if record.seal is not None and record.seal.approved:
        raise conflict("seal.already_approved")
    if not approve and not reason:
        raise invalid("reason.required")
    decided = replace(record, seal=SealDecision(approve, by.account, now, reason))
    kind = "SealApproved" if approve else "SealRefused"
    fact = Fact(kind, now, by.account, {"document": record.document_id, "sha256": sha256, "reason": reason})
    told = () if approve else (Notification("seal_refused", (case.agreed.hr,), (record.document_id,)),)
    return Change(replace(case, record=decided), (fact,), told)


def sealed(case: Case, document_id: str, sha256: str, now: datetime) -> Change:
    """The company closed the record: no signature can be added any more, and every party is told (ESG-05)."""
    record = unsealed(case)
    fact = Fact("RecordSealed", now, data={"document": document_id, "sha256": sha256, "text": record.sha256})
    told = tuple(signature.account for signature in record.signatures)
    closed = replace(record, sealed_at=now, sealed_id=document_id, sealed_sha256=sha256, remind_at=None)
    return Change(replace(case, record=closed), (fact,), (Notification("record_sealed", told, (document_id,)),))


def not_sealed(case: Case, problem: str, now: datetime) -> Change:
    """The signed document is not the one that was kept: nobody may think it sealed, and HR has to look."""
    record = unsealed(case)
    fact = Fact("RecordNotSealed", now, data={"document": record.document_id, "problem": problem})
    told = tuple(dict.fromkeys(a for a in (case.agreed.hr, case.agreed.witness) if a))
    return Change(case, (fact,), (Notification("record_not_sealed", told, (record.document_id,)),))


def archived(case: Case, now: datetime) -> tuple[Fact, ...]:
    """What closes the case for good: the hash of the sealed record, if there is one."""
    record = case.record
    if record is None or not record.sealed_sha256:
        return ()
    return (Fact("CaseArchived", now, data={"document": record.sealed_id, "sha256": record.sealed_sha256}),)


def unsealed(case: Case) -> HandoverRecord:
    """The record that lies before its parties. Raises Refusal if there is none, or none any more."""
    if case.record is None or case.record.sealed_at is not None or case.closed:
        raise conflict("signature.no_record")
    return case.record
