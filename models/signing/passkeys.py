"""Passkeys and the challenges that new ones have to answer, in the database."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from domain.errors import conflict, forbidden, not_found
from models.signing.attempt_tables import Passkey, PasskeyRegistration
from models.tables import Account

MOST = 10
"""Passkeys of one person."""
CHALLENGE_LASTS = timedelta(minutes=10)


def of(session: Session, account: str) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first."""
    query = select(Passkey).where(Passkey.account == account).order_by(col(Passkey.created_at), col(Passkey.id))
    return session.exec(query).all()


def id_of(credential: bytes) -> str:
    """The name under which a credential is kept."""
    return hashlib.sha256(credential).hexdigest()


def expect(session: Session, account: str, challenge: bytes, now: datetime) -> None:
    """The person's next passkey has to answer this challenge; an earlier one counts no more."""
    session.merge(PasskeyRegistration(account=account, challenge=challenge, expires_at=now + CHALLENGE_LASTS))


def expected(session: Session, account: str, now: datetime) -> bytes:
    """The challenge. Raises Refusal if none is open."""
    found = session.get(PasskeyRegistration, account)
    if found is None or now >= found.expires_at:
        raise conflict("passkey.ask_first")
    return found.challenge


def add(session: Session, made: Passkey) -> None:
    """Keeps the passkey; its challenge is used up. Raises Refusal if it is known, or there are too many."""
    session.get(Account, made.account, with_for_update=True)
    challenge = session.get(PasskeyRegistration, made.account)
    if challenge is None:
        raise conflict("passkey.ask_first")
    if session.get(Passkey, made.id) is not None:
        raise conflict("passkey.known")
    if len(of(session, made.account)) >= MOST:
        raise conflict("passkey.too_many", most=MOST)
    session.delete(challenge)
    session.add(made)


def own(session: Session, account: str, passkey_id: str) -> Passkey:
    """Raises Refusal: somebody else's is not there."""
    found = session.get(Passkey, passkey_id)
    if found is None or found.account != account:
        raise not_found("passkey.unknown")
    return found


def use(session: Session, passkey_id: str, count: int, now: datetime) -> None:
    """Notes the device's own counter. Raises Refusal unless it went on: else somebody may have copied the key."""
    before = col(Passkey.sign_count)
    went_on = before < count if count else before == 0  # many devices do not count
    this = update(Passkey).where(col(Passkey.id) == passkey_id, went_on)
    if session.connection().execute(this.values(sign_count=count, used_at=now)).rowcount != 1:
        raise forbidden("passkey.counter_went_back")
