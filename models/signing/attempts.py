"""Attempts to sign, step by step. Each step is one conditional write: of two who try to take it, one does."""

import hashlib
import json
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any

from sqlalchemy import Engine, delete, func, update
from sqlmodel import Session, col, select

from domain.errors import conflict, not_found, too_often
from models.database import reading, writing
from models.decision_bodies import SignRecord
from models.projection import from_snapshot
from models.signing.attempt_tables import SigningAttempt, SigningConsent
from models.signing.signable import counts
from models.tables import Account, CaseView

LIFETIME = timedelta(minutes=10)
"""For each step of the signer: to confirm, and then to sign."""
TRIES = 5
"""Wrong codes after which a code is worth nothing."""
CODES = 10
CODES_WITHIN = timedelta(minutes=15)
"""So many codes are sent to one person in that time."""


class State(StrEnum):
    """How far an attempt got."""

    ASKED = "asked"
    """The person has said what they want to sign."""
    BEGUN = "begun"
    """They have confirmed it, and their key has to sign."""
    SIGNED = "signed"
    """The signature is in the document; the case has not written it down yet."""
    COUNTED = "counted"
    """The case has."""
    OVER = "over"
    """Given up: a newer attempt has taken its place, or there is no such record any more."""


def consent(session: Session, account: str, version: str, text: str, now: datetime) -> datetime:
    """When the person agreed to these terms; now, if this is the first time."""
    found = session.get(SigningConsent, (account, version))
    if found is None:
        found = SigningConsent(account=account, version=version, text=text, at=now)
        session.add(found)
    return found.at


def open_new(session: Session, attempt: SigningAttempt) -> None:
    """Writes the attempt; it takes the place of those of the same person in the same case that are not signed yet.

    Raises Refusal if the person was sent too many codes of late.
    """
    session.get(Account, attempt.account, with_for_update=True)  # one after another: the codes are counted
    if attempt.code_hash:
        _require_not_too_often(session, attempt)
    session.execute(
        update(SigningAttempt)
        .where(
            col(SigningAttempt.account) == attempt.account,
            col(SigningAttempt.case_id) == attempt.case_id,
            col(SigningAttempt.state).in_((State.ASKED, State.BEGUN)),
        )
        .values(state=State.OVER, added=b"", to_sign=b"")
    )
    session.add(attempt)


def _require_not_too_often(session: Session, attempt: SigningAttempt) -> None:
    since = attempt.asked_at - CODES_WITHIN
    query = select(func.count(), func.min(SigningAttempt.asked_at)).where(
        SigningAttempt.account == attempt.account,
        SigningAttempt.code_hash != "",
        col(SigningAttempt.asked_at) > since,
    )
    sent, first = session.exec(query).one()
    if sent >= CODES:
        seconds = ceil((first - since).total_seconds())
        raise too_often("signature.codes_too_often", seconds, minutes=ceil(seconds / 60))


def withdraw(engine: Engine, attempt_id: str) -> None:
    """As if it had never been asked for: its code reached nobody."""
    with writing(engine) as session:
        session.execute(delete(SigningAttempt).where(col(SigningAttempt.id) == attempt_id))


def own(session: Session, case_id: str, account: str, attempt_id: str) -> SigningAttempt:
    """The person's own attempt in that case. Raises Refusal: somebody else's, or another case's, is not there."""
    found = session.get(SigningAttempt, attempt_id)
    if found is None or (found.case_id, found.account) != (case_id, account):
        raise not_found("signature.unknown_intent")
    return found


def require_step(attempt: SigningAttempt, wanted: State, now: datetime) -> None:
    """Raises Refusal, saying why, unless the attempt waits for the step after `wanted`, in time."""
    if attempt.state == State.OVER:
        raise conflict("signature.intent_replaced")
    if attempt.state != wanted:
        raise conflict("signature.not_confirmed_yet" if attempt.state == State.ASKED else "signature.intent_used")
    if now >= attempt.expires_at:
        raise conflict("signature.intent_expired")


def count_try(engine: Engine, attempt_id: str) -> bool:
    """Counts one try of the code, before it is looked at; False if there were enough."""
    one_more = (
        update(SigningAttempt)
        .where(col(SigningAttempt.id) == attempt_id, col(SigningAttempt.tries) < TRIES)
        .values(tries=col(SigningAttempt.tries) + 1)
    )
    with writing(engine) as session:
        return _rows(session, one_more) == 1


def begin(session: Session, attempt_id: str, **prepared: Any) -> None:
    """The person has confirmed. Raises Refusal if that was used before: each confirmation is good for one signature."""
    _step(session, attempt_id, State.ASKED, state=State.BEGUN, **prepared)


def sign(session: Session, attempt_id: str, now: datetime) -> None:
    """The signature enters the document in this transaction. Raises Refusal if it did before."""
    _step(session, attempt_id, State.BEGUN, state=State.SIGNED, signed_at=now, added=b"", to_sign=b"", digest=b"")


def _step(session: Session, attempt_id: str, before: State, **values: Any) -> None:
    this = update(SigningAttempt).where(col(SigningAttempt.id) == attempt_id, col(SigningAttempt.state) == before)
    if _rows(session, this.values(**values)) != 1:
        raise conflict("signature.intent_used")


def settle(engine: Engine, attempt: SigningAttempt) -> State:
    """Looks whether the case has written the signature down, and remembers it; how far the attempt got."""
    if attempt.state != State.SIGNED:
        return State(attempt.state)
    with reading(engine) as session:
        view = session.get(CaseView, attempt.case_id)
        case = from_snapshot(view.snapshot) if view and view.snapshot.get("record") else None
    if case is not None and counts(case, attempt.document_id, attempt.account, evidence_sha256(attempt)):
        state = State.COUNTED
    elif case is None or case.closed or case.record is None or case.record.document_id != attempt.document_id:
        state = State.OVER
    else:
        return State.SIGNED
    with writing(engine) as session:
        this = update(SigningAttempt).where(col(SigningAttempt.id) == attempt.id)
        session.execute(this.where(col(SigningAttempt.state) == State.SIGNED).values(state=state))
    return state


def untold(engine: Engine, signed_before: datetime, told_before: datetime, limit: int) -> list[SigningAttempt]:
    """Signatures in documents of which the case has not heard, the oldest first."""
    told = col(SigningAttempt.told_at)
    query = (
        select(SigningAttempt)
        .where(SigningAttempt.state == State.SIGNED, col(SigningAttempt.signed_at) < signed_before)
        .where(told.is_(None) | (told < told_before))
        .order_by(col(SigningAttempt.expires_at), col(SigningAttempt.id))
    )
    with reading(engine) as session:
        return list(session.exec(query.limit(limit)))


def take_telling(engine: Engine, attempt: SigningAttempt, now: datetime) -> bool:
    """True if it is for this process to tell the case: of several that saw the same row one gets it."""
    seen = col(SigningAttempt.told_at)
    same = seen.is_(None) if attempt.told_at is None else seen == attempt.told_at
    this = update(SigningAttempt).where(col(SigningAttempt.id) == attempt.id, same)
    with writing(engine) as session:
        return _rows(session, this.values(told_at=now)) == 1


def leave_telling(engine: Engine, attempt: SigningAttempt) -> None:
    """It could not be told after all: whoever looks next tries again."""
    this = update(SigningAttempt).where(col(SigningAttempt.id) == attempt.id)
    with writing(engine) as session:
        session.execute(this.values(told_at=attempt.told_at))


def forget(engine: Engine, before: datetime) -> int:
    """Forgets attempts from before then that led to no signature; how many."""
    unsigned = delete(SigningAttempt).where(
        col(SigningAttempt.state).in_((State.ASKED, State.BEGUN, State.OVER)),
        col(SigningAttempt.expires_at) < before,
        col(SigningAttempt.signed_at).is_(None),
    )
    with writing(engine) as session:
        return _rows(session, unsigned)


def intent_of(attempt: SigningAttempt) -> dict[str, Any]:
    """What the person wanted to do."""
    found: dict[str, Any] = json.loads(attempt.intent)
    return found


def evidence_sha256(attempt: SigningAttempt) -> str:
    """Names the evidence in the certificate, in the signature and in the case."""
    return hashlib.sha256(attempt.evidence.encode()).hexdigest()


def decision_of(attempt: SigningAttempt) -> SignRecord:
    """What the case has to decide about the signature."""
    text = str(intent_of(attempt)["text_sha256"])
    return SignRecord(sha256=text, evidence=evidence_sha256(attempt), seen=attempt.seen)


def _rows(session: Session, statement: Any) -> int:
    return int(session.connection().execute(statement).rowcount)
