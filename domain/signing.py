"""Signing the handover record: leaver, receivers, witness. A refusal is a result, not a dead end (K5).

When all have answered, the company seals it (`domain/sealing.py`).
"""

from dataclasses import replace
from datetime import datetime

from domain import sealing
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
    found: dict[str, Signature] = {}
    for role, account in wanted:
        if account and account not in found:
            found[account] = Signature(role, account, field=_field(role, len(found)))
    return tuple(found.values())


def _field(role: PartyRole, place: int) -> str:
    """Name of the field in the document; there may be several receivers, after the leaver."""
    return f"{role.value}-{place}" if role is PartyRole.RECEIVER else role.value


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


def sign(case: Case, by: Actor, sha256: str, evidence: str, seen: str, now: datetime) -> Change:
    """A party has signed exactly the text whose hash it was shown.

    `evidence`: SHA-256 of what was recorded of the signer's will. `seen`: of the document with the signatures before.
    That the signature is in the document is known only where the document is: the ledger writes this with it, or not.
    """
    record = sealing.unsealed(case)
    signature = _own(record, by.account)
    if sha256 != record.sha256:
        raise conflict("signature.other_document")
    if signature.status is SignatureStatus.SIGNED:
        raise conflict("signature.already_signed")
    if signature.status is SignatureStatus.REFUSAL_WITNESSED:
        raise conflict("signature.refusal_already_witnessed")
    signed = replace(signature, status=SignatureStatus.SIGNED, at=now, reason="", evidence=evidence)
    data = {"party": signature.role.value, "field": signature.field, "sha256": sha256}
    fact = Fact("RecordSigned", now, by.account, {**data, "evidence": evidence, "seen": seen})
    return _with(case, record, signed, fact)


def refuse(case: Case, by: Actor, account: str, reason: str, now: datetime) -> Change:
    """A party refuses to sign, with a reason; or the witness states that another party refused, and so witnesses it."""
    record = sealing.unsealed(case)
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
    record = sealing.unsealed(case)
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
    answered = replace(record, signatures=signatures)
    return sealing.asked(Change(replace(case, record=answered), (fact,)))


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
