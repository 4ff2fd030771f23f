"""The signer's key has signed: the signature enters the document with its evidence, or nothing is written."""

import base64
import binascii
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509 import load_pem_x509_certificate
from sqlmodel import Session

from api.errors import Problem
from api.signing.room import Room
from domain.errors import conflict, invalid
from models import documents
from models.accounts import Caller
from models.database import reading, writing
from models.signing import attempts, revisions
from models.signing.attempt_tables import SigningAttempt
from models.signing.attempts import State
from models.signing.revisions import Revision, StaleRevision
from models.signing.signable import require_seen, signable
from models.visibility import SIGNING_EVIDENCE
from pades.errors import WrongSignature
from pades.office import Office
from pades.signature import Begun, finish
from pki.stamps import NoStamp

_HALF = 32
"""Bytes of each of the two numbers of a signature on P-256, as browsers give them."""


def end(room: Room, caller: Caller, case_id: str, attempt_id: str, value: str, now: datetime) -> SigningAttempt:
    """The attempt with its signature in the document; done before, it is found so. Raises Refusal, Problem."""
    with reading(room.engine) as session:
        attempt = attempts.own(session, case_id, caller.account, attempt_id)
        if attempt.signed_at is not None:
            return attempt
        attempts.require_step(attempt, State.BEGUN, now)
        before = revisions.newest(session, attempt.document_id)
    require_seen(before, attempt.seen)
    pdf = _finished(room.office, before, attempt, _der(value))
    with writing(room.engine) as session:
        _write(session, caller, attempt, before, pdf, now)
        return session.get_one(SigningAttempt, attempt_id)


def _write(
    session: Session, caller: Caller, attempt: SigningAttempt, before: Revision, pdf: bytes, now: datetime
) -> None:
    """The case's row is held: what the case knows of this signer stays so until the signature is in the document."""
    place = signable(session, attempt.case_id, caller.actor, now, hold=True)
    if place.record.document_id != attempt.document_id:
        raise conflict("signature.other_document")
    attempts.sign(session, attempt.id, now)
    evidence = attempts.evidence_sha256(attempt)
    try:
        revisions.add(
            session, attempt.document_id, before, pdf, field=attempt.field, account=caller.account, evidence=evidence
        )
    except StaleRevision as stale:
        raise conflict("signature.others_signed_meanwhile") from stale
    content = attempt.evidence.encode()
    documents.store(session, attempt.case_id, SIGNING_EVIDENCE, "application/json", content, now)


def _finished(office: Office, before: Revision, attempt: SigningAttempt, value: bytes) -> bytes:
    begun = Begun(
        pdf=before.pdf + attempt.added,
        digest=attempt.digest,
        start=attempt.hole_start,
        end=attempt.hole_end,
        to_sign=attempt.to_sign,
    )
    try:
        return finish(begun, load_pem_x509_certificate(attempt.certificate.encode()), value, office)
    except WrongSignature as error:
        raise invalid("signature.wrong_signature") from error
    except NoStamp as error:
        raise Problem(503, "signature.no_time_stamp", headers={"retry-after": "30"}) from error


def _der(value: str) -> bytes:
    """The signature as documents hold it, from either of the two ways in which one is written."""
    try:
        raw = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise invalid("signature.wrong_signature") from error
    if len(raw) != 2 * _HALF:
        return raw
    return encode_dss_signature(int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big"))
