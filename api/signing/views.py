"""What is shown of a record and of attempts to sign it."""

import base64
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlalchemy import Engine
from sqlmodel import Session
from webauthn.helpers import bytes_to_base64url

from api.signing.intents import Method, challenge
from domain.errors import not_found
from domain.handover import SignatureStatus
from models import queries
from models.database import reading
from models.signing import passkeys, revisions
from models.signing.attempt_tables import SigningAttempt
from models.signing.attempts import State
from models.tables import Document

EXPIRED = "expired"


class PartyLine(BaseModel):
    """One party of the record."""

    account: str
    name: str
    role: Annotated[str, Field(examples=["receiver"])]
    field: str
    """Where in the document this party signs."""
    status: SignatureStatus
    """As the case has it."""
    signed_at: datetime | None
    """When the signature entered the document; the case counts it a moment later."""
    sha256: str
    """Of the record with this signature; empty without one."""
    evidence: str
    """SHA-256 of what was recorded of the signer's will; empty without a signature."""


class SignatureList(BaseModel):
    """Who has signed the record that lies before its parties."""

    document_id: str
    text: str
    """SHA-256 of the text, before any signature."""
    newest: str
    """SHA-256 of the record as it stands: what the next signer is shown."""
    sealed: bool
    parties: list[PartyLine]
    waiting_for: list[str]
    """Accounts that have neither signed nor refused before a witness."""


class Begun(BaseModel):
    """What the signer's key has to sign, and what it is certified for."""

    to_sign: str
    """In base64: the signed attributes (CMS), to be signed with ECDSA and SHA-256."""
    certificate: str
    """PEM."""
    evidence: str
    """What was recorded of the signer's will, canonical JSON; the certificate names its SHA-256."""
    expires_at: datetime


class IntentView(BaseModel):
    """A wish to sign, and how far it has got."""

    id: str
    state: Annotated[str, Field(examples=["asked"])]
    """`asked`, `begun` (confirmed), `signed` (in the document), `counted` (by the case), `over`, `expired`."""
    method: Method
    content: str
    """Exactly what is confirmed: canonical JSON (RFC 8785)."""
    sha256: str
    """Of `content`."""
    challenge: str
    """The same in base64url, for `navigator.credentials.get`."""
    credentials: list[str]
    """With method `passkey`: those that may answer."""
    sent_to: str
    """With method `code`: the address, masked."""
    expires_at: datetime
    begun: Begun | None = None


class SignedView(BaseModel):
    """The signature is in the record, and the case counts it."""

    case_id: str
    document_id: str
    field: str
    signed_at: datetime
    sha256: str
    """Of the record with this signature."""
    evidence: str
    """SHA-256 of what was recorded of the signer's will; the document of that hash is among those of the case."""


def record(session: Session, told: dict[str, Any]) -> tuple[bytes, str]:
    """The record's bytes and their SHA-256; sealed, if it is. Raises Refusal if it was erased."""
    if told.get("sealed_id"):
        sealed = session.get_one(Document, told["sealed_id"])
        pdf, sha256 = sealed.content, sealed.sha256
    else:
        newest = revisions.newest(session, told["document_id"])
        pdf, sha256 = newest.pdf, newest.sha256
    if not pdf:
        raise not_found("document.erased")
    return pdf, sha256


def signatures(session: Session, told: dict[str, Any]) -> SignatureList:
    """The record as the case tells of it, with what is in its document."""
    newest = revisions.newest(session, told["document_id"])
    parties = told["signatures"]
    names = queries.names(session, {party["account"] for party in parties})
    return SignatureList(
        document_id=told["document_id"],
        text=told["sha256"],
        newest=told["sealed_sha256"] or newest.sha256,
        sealed=told["sealed_at"] is not None,
        parties=[_party(party, names, newest) for party in parties],
        waiting_for=[
            party["account"]
            for party in parties
            if party["status"] in (SignatureStatus.WAITING, SignatureStatus.REFUSED)
            and newest.by(party["account"]) is None
        ],
    )


def _party(party: dict[str, Any], names: dict[str, str], newest: revisions.Revision) -> PartyLine:
    account = party["account"]
    signed = newest.by(account)
    return PartyLine(
        account=account,
        name=names.get(account, ""),
        role=party["role"],
        field=party["field"],
        status=SignatureStatus(party["status"]),
        signed_at=signed.at if signed else None,
        sha256=signed.sha256 if signed else "",
        evidence=signed.evidence if signed else "",
    )


def begun(attempt: SigningAttempt) -> Begun:
    return Begun(
        to_sign=base64.b64encode(attempt.to_sign).decode(),
        certificate=attempt.certificate,
        evidence=attempt.evidence,
        expires_at=attempt.expires_at,
    )


def intent(session: Session, attempt: SigningAttempt, now: datetime) -> IntentView:
    """For the signer alone."""
    unsigned = attempt.state in (State.ASKED, State.BEGUN)
    state = EXPIRED if unsigned and now >= attempt.expires_at else attempt.state
    asked = challenge(attempt)
    by_passkey = attempt.method == Method.PASSKEY
    return IntentView(
        id=attempt.id,
        state=state,
        method=Method(attempt.method),
        content=attempt.intent,
        sha256=asked.hex(),
        challenge=bytes_to_base64url(asked),
        credentials=[key.credential_id for key in passkeys.of(session, attempt.account)] if by_passkey else [],
        sent_to=attempt.sent_to,
        expires_at=attempt.expires_at,
        begun=begun(attempt) if state == State.BEGUN else None,
    )


def signed(engine: Engine, attempt: SigningAttempt) -> SignedView:
    with reading(engine) as session:
        found = revisions.signature_of(session, attempt.document_id, attempt.account)
    if found is None:
        raise LookupError(f"attempt {attempt.id} has no signature in its document")
    return SignedView(
        case_id=attempt.case_id,
        document_id=attempt.document_id,
        field=found.field,
        signed_at=found.at,
        sha256=found.sha256,
        evidence=found.evidence,
    )
