"""Somebody's way to a signature: what they consented to, their passkeys, and each attempt from the wish to the case."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.tables import instant


class SigningConsent(SQLModel, table=True):
    """Somebody agreed to sign electronically on these terms (ESG-01). Written once for each version of them."""

    __tablename__ = "signing_consent"
    account: str = Field(primary_key=True, foreign_key="account.id")
    version: str = Field(primary_key=True)
    """SHA-256 of `text`."""
    text: str = Field(sa_type=Text)
    """The terms in both languages, canonical JSON."""
    at: datetime = instant()


class SigningAttempt(SQLModel, table=True):
    """One attempt to sign a record. It goes through the states of `models.signing.attempts`."""

    __tablename__ = "signing_attempt"
    id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    document_id: str
    account: str = Field(foreign_key="account.id")
    method: str
    """How the signer confirms: `passkey` or `code`."""
    state: str
    intent: str = Field(sa_type=Text)
    """What the signer wants to do, canonical JSON; its SHA-256 is the challenge that a passkey signs."""
    seen: str
    """SHA-256 of the whole record that the signer was shown."""
    field: str
    asked_at: datetime = instant()
    expires_at: datetime = instant()
    code_hash: str = ""
    """Keyed: six digits alone would soon be guessed."""
    tries: int = 0
    sent_to: str = ""
    """To which address, masked."""
    evidence: str = Field(default="", sa_type=Text)
    """What was recorded of the signer's will, canonical JSON; the certificate names its SHA-256."""
    certificate: str = Field(default="", sa_type=Text)
    """PEM."""
    added: bytes = Field(default=b"", sa_type=LargeBinary)
    """What comes after the record that was seen, with a hole for the signature; empty again when it is filled."""
    digest: bytes = Field(default=b"", sa_type=LargeBinary)
    hole_start: int = 0
    hole_end: int = 0
    to_sign: bytes = Field(default=b"", sa_type=LargeBinary)
    """What the signer's key has to sign."""
    signed_at: datetime | None = instant(default=None)
    """When the signature entered the document."""
    told_at: datetime | None = instant(default=None)
    """When the case was last told of it in the signer's place."""

    __table_args__ = (
        Index("signing_attempt_by_account", "account", "asked_at"),
        Index("signing_attempt_by_state", "state", "expires_at"),
    )


class Passkey(SQLModel, table=True):
    """A key in somebody's device, by which they confirm what they sign (WebAuthn)."""

    id: str = Field(primary_key=True)
    """SHA-256 of the credential's own id, which may be a thousand bytes long."""
    account: str = Field(foreign_key="account.id", index=True)
    credential_id: str = Field(sa_type=Text)
    """In base64url, as browsers have it."""
    public_key: bytes = Field(sa_type=LargeBinary)
    """COSE."""
    sign_count: int
    name: str
    """By which its owner knows it."""
    created_at: datetime = instant()
    used_at: datetime | None = instant(default=None)


class PasskeyRegistration(SQLModel, table=True):
    """The challenge that somebody's next passkey has to answer."""

    __tablename__ = "passkey_registration"
    account: str = Field(primary_key=True, foreign_key="account.id")
    challenge: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = instant()
