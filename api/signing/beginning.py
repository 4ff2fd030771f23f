"""From the confirmed intent to what the signer's own key has to sign: evidence, certificate, document with a hole."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509 import Certificate
from sqlmodel import Session

from api.errors import Problem
from api.signing.confirmation import Confirmed, Shown, confirm
from api.signing.room import Room
from domain.errors import conflict, invalid
from domain.handover import PartyRole
from domain.timezones import zone
from models.accounts import Caller
from models.database import reading, writing
from models.signing import attempts, revisions
from models.signing.attempt_tables import SigningAttempt, SigningConsent
from models.signing.attempts import LIFETIME, State
from models.signing.revisions import Revision
from models.signing.signable import require_seen, signable
from pades import signature
from pades.errors import AlreadySigned, InvalidCertificate, NotTheirs
from pades.office import Office
from pades.revision import field_size
from pki.names import Subject, UnfitName
from texts import DEFAULT, text
from typesetting.people import Person, Words
from typesetting.stamps import Stamp, typeset_stamp
from typesetting.typesetter import Typesetter

COMMITMENTS = {
    PartyRole.LEAVER: signature.Commitment.HANDED_OVER,
    PartyRole.RECEIVER: signature.Commitment.RECEIVED,
    PartyRole.WITNESS: signature.Commitment.WITNESSED,
}
LONGEST_AGENT = 300


@dataclass(frozen=True)
class Origin:
    """Where a request came from, for the evidence."""

    ip: str
    user_agent: str


@dataclass(frozen=True)
class Signer:
    """Somebody who confirms an attempt of theirs, and the key that will sign."""

    caller: Caller
    case_id: str
    attempt_id: str
    public_key: str
    """SubjectPublicKeyInfo in base64."""
    shown: Shown
    origin: Origin


def begin(room: Room, by: Signer, now: datetime) -> SigningAttempt:
    """Prepares the signature; the attempt then holds all that is needed to finish it. Raises Refusal, Problem."""
    with reading(room.engine) as session:
        attempt = attempts.own(session, by.case_id, by.caller.account, by.attempt_id)
        attempts.require_step(attempt, State.ASKED, now)
        newest = _as_seen(session, attempt, by.caller, now)
        agreed = session.get_one(SigningConsent, (attempt.account, attempts.intent_of(attempt)["consent"]))
    key, spki = _public_key(by.public_key)
    confirmed = confirm(room, attempt, by.shown, now)
    evidence = rfc8785.dumps(_evidence(attempt, confirmed, agreed, by.origin, spki))
    certificate = _certificate(room.office, attempt, key, hashlib.sha256(evidence).hexdigest(), now)
    begun = _prepared(room, newest, attempt, certificate, now.astimezone(zone(by.caller.time_zone)))
    prepared = {
        "expires_at": now + LIFETIME,
        "evidence": evidence.decode(),
        "certificate": certificate.public_bytes(Encoding.PEM).decode(),
        "added": begun.pdf[len(newest.pdf) :],
        "digest": begun.digest,
        "hole_start": begun.start,
        "hole_end": begun.end,
        "to_sign": begun.to_sign,
    }
    with writing(room.engine) as session:
        attempts.begin(session, attempt.id, **prepared)
        confirmed.use(session)
        return session.get_one(SigningAttempt, attempt.id)


def _as_seen(session: Session, attempt: SigningAttempt, caller: Caller, now: datetime) -> Revision:
    """The record as it stands. Raises Refusal if it is not what the signer was shown, or not theirs to sign now."""
    place = signable(session, attempt.case_id, caller.actor, now)
    if place.record.document_id != attempt.document_id:
        raise conflict("signature.other_document")
    newest = revisions.newest(session, attempt.document_id)
    require_seen(newest, attempt.seen)
    return newest


def _public_key(given: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    try:
        spki = base64.b64decode(given, validate=True)
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise invalid("signature.unfit_key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise invalid("signature.unfit_key")
    return key, spki


def _evidence(
    attempt: SigningAttempt, confirmed: Confirmed, agreed: SigningConsent, origin: Origin, spki: bytes
) -> dict[str, Any]:
    """What shows the signer's will. Its hash goes into the document, the whole only to whoever has to prove it."""
    return {
        "version": 1,
        "intent": attempts.intent_of(attempt),
        "consent": {"version": agreed.version, "at": agreed.at.isoformat(), "text": json.loads(agreed.text)},
        "confirmation": confirmed.told,
        "ip": origin.ip,
        "user_agent": origin.user_agent[:LONGEST_AGENT],
        "public_key_sha256": hashlib.sha256(spki).hexdigest(),
    }


def _certificate(
    office: Office, attempt: SigningAttempt, key: ec.EllipticCurvePublicKey, evidence_sha256: str, now: datetime
) -> Certificate:
    signer = attempts.intent_of(attempt)["signer"]
    try:
        subject = Subject(str(signer["name"]), str(signer["number"]))
        return office.pki.person(subject, key, now, evidence_sha256=evidence_sha256)
    except UnfitName as error:
        raise conflict("signature.unfit_name") from error


def _prepared(
    room: Room, newest: Revision, attempt: SigningAttempt, certificate: Certificate, local: datetime
) -> signature.Begun:
    intent = attempts.intent_of(attempt)
    role = PartyRole(str(intent["role"]))
    wish = signature.Intent(
        field=attempt.field,
        certificate=certificate,
        commitment=COMMITMENTS[role],
        reason=text("signing_reason", DEFAULT, party=role.value),
        appearance=_appearance(room.typesetter, newest.pdf, attempt, certificate, local),
    )
    try:
        return signature.begin(newest.pdf, wish, room.office)
    except NotTheirs as error:
        raise conflict("signature.another_name") from error
    except AlreadySigned as error:
        raise conflict("signature.in_document_already") from error
    except InvalidCertificate as error:
        raise Problem(503, "signature.keys_unfit") from error


def _appearance(
    typesetter: Typesetter, pdf: bytes, attempt: SigningAttempt, certificate: Certificate, local: datetime
) -> bytes:
    """What is seen of the signature in its field, with the time on the signer's own clock."""
    intent = attempts.intent_of(attempt)
    stamp = Stamp(
        person=Person(str(intent["signer"]["name"]), str(intent["signer"]["number"])),
        role=_both(f"party.{intent['role']}"),
        at=local.replace(microsecond=0),
        certificate_serial=f"{certificate.serial_number:x}",
        authenticated=_both(f"signing_method.{attempt.method}"),
    )
    return typeset_stamp(typesetter, stamp, *field_size(pdf, attempt.field))


def _both(key: str) -> Words:
    return Words(text(key, "zh"), text(key, "en"))
