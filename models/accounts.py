"""Signing in: passwords with Argon2id, bearer tokens stored as hashes, a pause after repeated failures."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, bindparam, select, update
from sqlmodel import Session, col

from domain.errors import forbidden, too_often
from domain.people import Actor, Role
from models.database import reading, table, utc_now, writing
from models.tables import AccessToken, Account

FAILURES_BEFORE_PAUSE = 5
PAUSE = timedelta(minutes=15)
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with the parameters of the OWASP Password Storage Cheat Sheet; memory in KiB."""
_NOBODY = _HASHER.hash(secrets.token_urlsafe())
"""Checked when the login is unknown, so that the answer takes as long as for a known one."""
_ACCOUNT, _TOKEN = table(Account), table(AccessToken)
_PERSON = select(*(_ACCOUNT.c[name] for name in ("id", "name", "employee_id", "roles", "language", "time_zone"))).where(
    _ACCOUNT.c.active
)
_BEHIND = _PERSON.where(_ACCOUNT.c.id == bindparam("id"))
_CALLER = _PERSON.join_from(_ACCOUNT, _TOKEN, _TOKEN.c.account == _ACCOUNT.c.id).where(
    _TOKEN.c.hash == bindparam("hash"),
    _TOKEN.c.revoked_at.is_(None),
    _TOKEN.c.expires_at > bindparam("now"),
)
"""Runs at every request: a plain row, a statement that is made once."""


@dataclass(frozen=True)
class Caller:
    """The person behind a request."""

    account: str
    name: str
    employee_id: str | None
    roles: tuple[Role, ...]
    language: str
    time_zone: str

    @property
    def actor(self) -> Actor:
        return Actor(self.account, self.roles)

    def has(self, *roles: Role) -> bool:
        """True if the person has one of `roles`."""
        return any(role in self.roles for role in roles)


def hash_password(password: str) -> str:
    """An Argon2id hash of the password."""
    return _HASHER.hash(password)


def sign_in(engine: Engine, login: str, password: str, lifetime: timedelta) -> tuple[str, datetime]:
    """A new bearer token and when it ends. Raises Refusal: the same whatever was wrong, unless sign-in is paused."""
    now = utc_now()
    with reading(engine) as session:
        account = session.execute(select(Account).where(col(Account.login) == login.lower())).scalar_one_or_none()
    if account is not None:
        _require_no_pause(account, now)
    right = password_matches(account.password_hash if account else _NOBODY, password)
    if account is None or not right or not account.active:
        if account is not None:
            _count_failure(engine, account.id, now)
        raise forbidden("sign_in.failed")
    token = secrets.token_urlsafe(32)
    expires = now + lifetime
    with writing(engine) as session:
        if account.failed_sign_ins:
            session.execute(update(Account).where(col(Account.id) == account.id).values(failed_sign_ins=0))
        if _HASHER.check_needs_rehash(account.password_hash):
            made = hash_password(password)
            session.execute(update(Account).where(col(Account.id) == account.id).values(password_hash=made))
        session.add(AccessToken(hash=_hash(token), account=account.id, created_at=now, expires_at=expires))
    return token, expires


def confirm_password(engine: Engine, account_id: str, password: str) -> None:
    """Proves anew who is there. Raises Refusal if the password is wrong."""
    with reading(engine) as session:
        account = session.get(Account, account_id)
    now = utc_now()
    if account is None or not account.active:
        raise forbidden("sign_in.failed")
    _require_no_pause(account, now)
    if not password_matches(account.password_hash, password):
        _count_failure(engine, account_id, now)
        raise forbidden("sign_in.password_wrong")


def caller_of(session: Session, token: str) -> Caller | None:
    """The person whose valid token this is; None if it is unknown, over, revoked or the account is closed."""
    return _caller(session.connection().execute(_CALLER, {"hash": _hash(token), "now": utc_now()}).one_or_none())


def caller_behind(session: Session, account_id: str) -> Caller | None:
    """The person of an account as they stand now, for what they asked for earlier; None if the account is closed."""
    return _caller(session.connection().execute(_BEHIND, {"id": account_id}).one_or_none())


def _caller(found: Any) -> Caller | None:
    if found is None:
        return None
    roles = tuple(Role(role) for role in found.roles)
    return Caller(found.id, found.name, found.employee_id, roles, found.language, found.time_zone)


def sign_out(engine: Engine, token: str) -> None:
    """Ends this token."""
    with writing(engine) as session:
        session.execute(update(AccessToken).where(col(AccessToken.hash) == _hash(token)).values(revoked_at=utc_now()))


def end_all_tokens(session: Session, account_id: str) -> None:
    """Ends every token of an account: when it is closed, or its password or roles change."""
    session.execute(
        update(AccessToken)
        .where(col(AccessToken.account) == account_id, col(AccessToken.revoked_at).is_(None))
        .values(revoked_at=utc_now())
    )


def password_matches(password_hash: str, password: str) -> bool:
    """True if the hash was made of this password; an account without one matches nothing."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def set_password(account: Account, password_hash: str) -> None:
    """Gives the account another password, and with it a fresh start: wrong ones from before count no more."""
    account.password_hash = password_hash
    account.failed_sign_ins, account.locked_until = 0, None


def _require_no_pause(account: Account, now: datetime) -> None:
    if account.locked_until is not None and account.locked_until > now:
        seconds = ceil((account.locked_until - now).total_seconds())
        raise too_often("sign_in.paused", seconds, minutes=ceil(seconds / 60))


def _count_failure(engine: Engine, account_id: str, now: datetime) -> None:
    with writing(engine) as session:
        account = session.get(Account, account_id, with_for_update=True)
        if account is None:
            return
        account.failed_sign_ins += 1
        if account.failed_sign_ins >= FAILURES_BEFORE_PAUSE:
            account.failed_sign_ins, account.locked_until = 0, now + PAUSE
        session.add(account)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
