"""How the signer shows that it is they who want this: their passkey's signature on the intent, or password and code."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from api.signing.intents import Method, challenge
from api.signing.room import Room
from domain.errors import conflict, forbidden, invalid
from models.accounts import confirm_password
from models.database import reading
from models.signing import attempts, passkeys
from models.signing.attempt_tables import SigningAttempt


@dataclass(frozen=True)
class Shown:
    """What the signer sent to confirm. Which of it is needed, the intent says."""

    password: str = ""
    code: str = ""
    assertion: dict[str, Any] | None = None


@dataclass(frozen=True)
class Confirmed:
    """They are who they say, and want what the intent says."""

    told: dict[str, Any]
    """For the evidence."""
    use: Callable[[Session], None]
    """Written together with what it is used for."""


def confirm(room: Room, attempt: SigningAttempt, shown: Shown, now: datetime) -> Confirmed:
    """Raises Refusal, each time for another reason, unless the signer confirmed this very intent."""
    if attempt.method == Method.CODE:
        return _by_code(room, attempt, shown, now)
    return _by_passkey(room, attempt, shown, now)


def _by_code(room: Room, attempt: SigningAttempt, shown: Shown, now: datetime) -> Confirmed:
    if not shown.code or not shown.password:
        raise invalid("signature.code_and_password_needed")
    confirm_password(room.engine, attempt.account, shown.password)
    if not attempts.count_try(room.engine, attempt.id):
        raise conflict("signature.too_many_tries")
    if not room.keys.matches(attempt.code_hash, shown.code, attempt.id):
        raise forbidden("signature.code_wrong", tries=attempts.TRIES)
    return Confirmed(
        {"method": "code", "at": now.isoformat(), "sent_to": attempt.sent_to, "password": True}, lambda _: None
    )


def _by_passkey(room: Room, attempt: SigningAttempt, shown: Shown, now: datetime) -> Confirmed:
    if shown.assertion is None:
        raise invalid("signature.assertion_needed")
    passkey_id = passkeys.id_of(base64url_to_bytes(str(shown.assertion["id"])))
    with reading(room.engine) as session:
        key = passkeys.own(session, attempt.account, passkey_id)
    site = room.site
    verified = site.confirmed(shown.assertion, challenge(attempt), key)
    response = shown.assertion["response"]
    told = {
        "method": "passkey",
        "at": now.isoformat(),
        "credential_id": key.credential_id,
        "public_key": bytes_to_base64url(key.public_key),
        "client_data": response["clientDataJSON"],
        "authenticator_data": response["authenticatorData"],
        "signature": response["signature"],
        "origin": site.origin,
    }
    return Confirmed(told, lambda session: passkeys.use(session, key.id, verified.new_sign_count, now))
