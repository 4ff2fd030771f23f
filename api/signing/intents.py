"""The wish to sign: exactly which record, in which place, by whom, on which terms. Its hash is what is confirmed."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import rfc8785
from sqlmodel import Session

from activities.post import can_send, send_now
from api.errors import Problem
from api.signing.codes import letter, masked, new_code
from api.signing.consent import terms
from api.signing.room import Room
from config import Settings
from domain.errors import conflict
from models.accounts import Caller
from models.database import reading, writing
from models.signing import attempts, passkeys, revisions
from models.signing.attempt_tables import SigningAttempt
from models.signing.attempts import LIFETIME, State
from models.signing.parties import parties
from models.signing.signable import Place, require_seen, signable
from models.tables import Account


class Method(StrEnum):
    """How somebody confirms what they sign."""

    PASSKEY = "passkey"
    CODE = "code"


@dataclass(frozen=True)
class Wish:
    """What somebody asks for."""

    case_id: str
    seen: str
    """SHA-256 of the record as it was shown to them."""
    consent: str
    """Version of the terms that they agree to."""
    method: Method


def ask(room: Room, by: Caller, wish: Wish, now: datetime) -> SigningAttempt:
    """Writes the wish down and, where a code confirms it, sends the code. Raises Refusal, Problem."""
    room.require_keys()
    if wish.consent != terms().version:
        raise conflict("signature.other_consent")
    by_code, email, code = wish.method is Method.CODE, "", new_code()
    with reading(room.engine) as session:
        attempt = _attempt(session, by, wish, now)
        if by_code:
            email = _require_reachable(session, room.settings, by)
            attempt.code_hash, attempt.sent_to = room.keys.hashed(code, attempt.id), masked(email)
        else:
            _require_passkey(session, by)
    with writing(room.engine) as session:
        attempts.consent(session, by.account, terms().version, terms().canonical, now)
        attempts.open_new(session, attempt)
    if by_code:
        _send(room, by, email, code, attempt)
    return attempt


def challenge(attempt: SigningAttempt) -> bytes:
    """SHA-256 of the intent: what a passkey signs."""
    return hashlib.sha256(attempt.intent.encode()).digest()


def _attempt(session: Session, by: Caller, wish: Wish, now: datetime) -> SigningAttempt:
    """Raises Refusal unless the person may sign, and has been shown the record as it is."""
    place = signable(session, wish.case_id, by.actor, now)
    newest = revisions.newest(session, place.record.document_id)
    if newest.by(by.account):
        raise conflict("signature.in_document_already")
    require_seen(newest, wish.seen)
    return SigningAttempt(
        id=secrets.token_hex(20),
        case_id=wish.case_id,
        document_id=place.record.document_id,
        account=by.account,
        method=wish.method.value,
        state=State.ASKED.value,
        intent=_canonical(session, place, wish, now),
        seen=wish.seen,
        field=place.signature.field,
        asked_at=now,
        expires_at=now + LIFETIME,
    )


def _canonical(session: Session, place: Place, wish: Wish, now: datetime) -> str:
    (person,) = parties(session, (place.signature,))
    intent: dict[str, Any] = {
        "version": 1,
        "case": wish.case_id,
        "document": place.record.document_id,
        "field": place.signature.field,
        "role": place.signature.role.value,
        "account": place.signature.account,
        "signer": {"name": person.name, "number": person.number},
        "seen_sha256": wish.seen,
        "text_sha256": place.record.sha256,
        "consent": wish.consent,
        "method": wish.method.value,
        "asked_at": now.isoformat(),
        "expires_at": (now + LIFETIME).isoformat(),
        "nonce": secrets.token_hex(16),
    }
    return rfc8785.dumps(intent).decode()


def _require_passkey(session: Session, by: Caller) -> None:
    if not passkeys.of(session, by.account):
        raise conflict("signature.no_passkey")


def _require_reachable(session: Session, settings: Settings, by: Caller) -> str:
    """The address on file. Raises Refusal if no code can be sent there."""
    if not can_send(settings):
        raise conflict("signature.no_mail_server")
    email = session.get_one(Account, by.account).email
    if not email:
        raise conflict("signature.no_address")
    return email


def _send(room: Room, by: Caller, email: str, code: str, attempt: SigningAttempt) -> None:
    """Raises Problem, and the wish is as if it had never been, if the mail server does not take the code."""
    try:
        message = letter(by, email, code, attempt.id, attempt.seen, room.settings.mail_from, attempt.asked_at)
    except ValueError as error:
        attempts.withdraw(room.engine, attempt.id)
        raise conflict("signature.no_address") from error
    try:
        send_now(message, room.settings)
    except OSError as error:
        attempts.withdraw(room.engine, attempt.id)
        raise Problem(503, "signature.code_not_sent", headers={"retry-after": "30"}) from error
