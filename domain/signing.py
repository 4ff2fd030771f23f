"""Signing the handover record: leaver, receivers, witness. A refusal is a result, not a dead end (K5)."""

from dataclasses import replace
from datetime import datetime

from domain.case import Case, Stage
from domain.change import Change, Fact, Notification
from domain.errors import conflict, forbidden, invalid, not_found
from domain.handover import HandoverRecord, ItemStatus, PartyRole, Signature, SignatureStatus
from domain.people import Actor, Role

_SIGNABLE = (Stage.SIGNING, Stage.LEAVING, Stage.PURSUING)


def parties(case: Case) -> tuple[Signature, ...]:
    """Who signs: the leaver, everybody who accepted an item (else the planned receiver), the witness; each once."""
    plan = case.agreed
    accepted = [item.receiver for item in case.items if item.status is ItemStatus.ACCEPTED] or [plan.receiver]
    wanted = [(PartyRole.LEAVER, plan.leaver)]
    wanted += [(PartyRole.RECEIVER, account) for account in dict.fromkeys(accepted)]
    wanted += [(PartyRole.WITNESS, plan.witness)]
    seen: set[str] = set()
    result = []
    for role, account in wanted:
        if account and account not in seen:
            seen.add(account)
            result.append(Signature(role, account))
    return tuple(result)


def record_wanted(case: Case) -> bool:
    """True if a handover record has to be put before its parties, and none lies there."""
    return case.stage in _SIGNABLE and case.record is None


def open_record(case: Case, document_id: str, sha256: str, signers: tuple[Signature, ...], now: datetime) -> Change:
    """Puts the finished record before its parties."""
    remind = case.agreed.calendar.opening_after(now, case.agreed.policy.remind_every)
    record = HandoverRecord(document_id, sha256, signers, now, remind)
    told = tuple(signature.account for signature in signers)
    fact = Fact("RecordPresented", now, data={"document": document_id, "sha256": sha256, "parties": told})
    return Change(replace(case, record=record), (fact,), (Notification("signature_asked", told, (document_id,)),))


def sign(case: Case, by: Actor, sha256: str, now: datetime) -> Change:
    """A party signs exactly the text whose hash it was shown."""
    record = _record(case)
    signature = _own(record, by.account)
    if sha256 != record.sha256:
        raise conflict("signature.other_document")
    if signature.status is SignatureStatus.SIGNED:
        raise conflict("signature.already_signed")
    if signature.status is SignatureStatus.REFUSAL_WITNESSED:
        raise conflict("signature.refusal_already_witnessed")
    signed = replace(signature, status=SignatureStatus.SIGNED, at=now, reason="")
    fact = Fact("RecordSigned", now, by.account, {"party": signature.role.value, "sha256": sha256})
    return _with(case, record, signed, fact)


def refuse(case: Case, by: Actor, account: str, reason: str, now: datetime) -> Change:
    """A party refuses to sign, with a reason; or the witness states that another party refused, and so witnesses it."""
    record = _record(case)
    signature = _find(record, account)
    if not reason:
        raise invalid("reason.required")
    if signature.settled or (signature.status is SignatureStatus.REFUSED and by.account == account):
        raise conflict("signature.already_settled")
    if by.account == account:
        changed = replace(signature, status=SignatureStatus.REFUSED, at=now, reason=reason)
        told = tuple(a for a in (case.agreed.witness, case.agreed.hr) if a and a != account)
        fact = Fact("SignatureRefused", now, by.account, {"party": signature.role.value, "reason": reason})
        change = _with(case, record, changed, fact)
        note = Notification("signature_refused", tuple(dict.fromkeys(told)), (record.document_id,))
        return Change(change.case, change.facts, (note,))
    return _witness(case, by, record, replace(signature, reason=signature.reason or reason), now)


def witness_refusal(case: Case, by: Actor, account: str, now: datetime) -> Change:
    """The witness, or HR where the witness is the one who refused, confirms that a party refused."""
    record = _record(case)
    signature = _find(record, account)
    if signature.status is not SignatureStatus.REFUSED:
        raise conflict("signature.not_refused")
    return _witness(case, by, record, signature, now)


def _witness(case: Case, by: Actor, record: HandoverRecord, signature: Signature, now: datetime) -> Change:
    if by.account == signature.account:
        raise forbidden("signature.own_refusal")
    if by.account == case.agreed.leaver or (by.account != case.agreed.witness and not by.has(Role.HR)):
        raise forbidden("signature.only_witness_or_hr")
    witnessed = replace(
        signature, status=SignatureStatus.REFUSAL_WITNESSED, at=signature.at or now, witnessed_by=by.account
    )
    fact = Fact(
        "SignatureRefusalWitnessed",
        now,
        by.account,
        {"party": signature.role.value, "account": signature.account, "reason": signature.reason},
    )
    return _with(case, record, witnessed, fact)


def sealed(case: Case, now: datetime) -> Change:
    """The company closed the record: no signature can be added any more, and every party is told (ESG-05)."""
    record = _record(case)
    fact = Fact("RecordSealed", now, data={"document": record.document_id, "sha256": record.sha256})
    told = tuple(signature.account for signature in record.signatures)
    note = Notification("record_sealed", told, (record.document_id,))
    return Change(replace(case, record=replace(record, sealed_at=now, remind_at=None)), (fact,), (note,))


def not_sealed(case: Case, problem: str, now: datetime) -> Change:
    """The signed document is not the one that was kept: nobody may think it sealed, and HR has to look."""
    record = _record(case)
    fact = Fact("RecordNotSealed", now, data={"document": record.document_id, "problem": problem})
    told = tuple(dict.fromkeys(a for a in (case.agreed.hr, case.agreed.witness) if a))
    return Change(case, (fact,), (Notification("record_not_sealed", told, (record.document_id,)),))


def substance(case: Case) -> tuple[object, ...]:
    """Everything about the handover that its record tells; if it changes, the record is out of date."""
    items = tuple((i.id, i.status, i.receiver, i.proof, i.last_reason) for i in case.items)
    return case.last_day, items, tuple((c.department, c.status, c.approvals) for c in case.clearances)


def overtaken(change: Change, now: datetime) -> Change:
    """The handover changed after its record was presented: an unsealed record is void, and a new one is presented."""
    record = change.case.record
    if record is None or record.sealed_at is not None:
        return change
    fact = Fact("RecordOvertaken", now, data={"document": record.document_id, "sha256": record.sha256})
    return change.then(Change(replace(change.case, record=None), (fact,)))


def void(case: Case, now: datetime) -> Change:
    """Undo: the record no longer counts; the document itself and its facts stay."""
    if case.record is None:
        return Change(case)
    fact = Fact("RecordVoided", now, data={"document": case.record.document_id})
    return Change(replace(case, record=None), (fact,))


def _with(case: Case, record: HandoverRecord, changed: Signature, fact: Fact) -> Change:
    signatures = tuple(changed if s.account == changed.account else s for s in record.signatures)
    return Change(replace(case, record=replace(record, signatures=signatures)), (fact,))


def _record(case: Case) -> HandoverRecord:
    if case.record is None or case.record.sealed_at is not None or case.closed:
        raise conflict("signature.no_record")
    return case.record


def _own(record: HandoverRecord, account: str) -> Signature:
    for signature in record.signatures:
        if signature.account == account:
            return signature
    raise forbidden("signature.not_a_party")


def _find(record: HandoverRecord, account: str) -> Signature:
    for signature in record.signatures:
        if signature.account == account:
            return signature
    raise not_found("signature.unknown_party")
