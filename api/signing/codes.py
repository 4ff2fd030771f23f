"""One-time codes by mail, for whoever has no passkey: six digits, kept as a keyed hash."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from activities.letters import MAIL_POLICY, address, message_id
from models.accounts import Caller
from texts import text

DIGITS = 6


@dataclass(frozen=True)
class CodeKeys:
    """The ring of keys: the active one makes hashes, all of them check."""

    keys: Mapping[str, str]
    active: str

    def hashed(self, code: str, attempt_id: str) -> str:
        """Stands for the code of this attempt, and for no other's."""
        return f"{self.active}:{_mac(self.keys[self.active], code, attempt_id)}"

    def matches(self, hashed: str, code: str, attempt_id: str) -> bool:
        """True if this is the code; False also if the key has left the ring."""
        name, _, mac = hashed.partition(":")
        return name in self.keys and hmac.compare_digest(mac, _mac(self.keys[name], code, attempt_id))


def _mac(key: str, code: str, attempt_id: str) -> str:
    return hmac.new(key.encode(), f"signing code\n{attempt_id}\n{code}".encode(), hashlib.sha256).hexdigest()


def new_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def masked(email: str) -> str:
    """Enough for its owner to know it by: `l***@example.com`."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}***@{domain}"


def letter(to: Caller, email: str, code: str, attempt_id: str, seen: str, sender: str, now: datetime) -> EmailMessage:
    """The letter with the code. Raises ValueError if the address can't stand in a header."""
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = sender
    message["To"] = address(to.name, email)
    message["Subject"] = text("code_mail.title", to.language)
    message["Date"] = now
    message["Message-ID"] = message_id(attempt_id, message["From"].addresses[0].domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text("code_mail.body", to.language, name=to.name, code=code, sha256=seen[:16]))
    return message
