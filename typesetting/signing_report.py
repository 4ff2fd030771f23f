"""What a signing report (签署报告) is made of: who signed what, when, how it is known, and who refused."""

from dataclasses import dataclass
from datetime import datetime

from typesetting.people import Person, Words
from typesetting.typesetter import Typeset, Typesetter


@dataclass(frozen=True)
class TimeStamp:
    authority: str
    at: datetime
    serial: str


@dataclass(frozen=True)
class Certificate:
    subject: str
    issuer: str
    serial: str
    sha256: str


@dataclass(frozen=True)
class Signing:
    """What one party did. What does not apply is empty or None."""

    role: str
    """`leaver`, `receiver`, `witness` or `company`."""
    person: Person
    status: str
    """`signed`, `refused`, `refusal_witnessed` or `waiting`."""
    at: datetime | None = None
    """In the time zone in which it is to be read."""
    authenticated: Words | None = None
    """How the company knows who it was."""
    certificate: Certificate | None = None
    sha256_seen: str = ""
    """Of the exact bytes that were shown before signing."""
    consent: str = ""
    """The version of the terms of signing electronically that were agreed to."""
    evidence_sha256: str = ""
    time_stamps: tuple[TimeStamp, ...] = ()
    reason: str = ""
    """Why this party refused."""
    witnessed_by: Person | None = None


@dataclass(frozen=True)
class SigningReport:
    company: str
    case: str
    document: Words
    document_id: str
    document_sha256: str
    """Of the document as it was presented, before the first signature."""
    final_sha256: str
    """Of the signed document."""
    signings: tuple[Signing, ...]
    archived: tuple[TimeStamp, ...]
    """Over the whole signed document."""
    root_sha256: str
    """Of the certificate that everything is checked against; empty where nothing was certified."""
    drawn_up_at: datetime


def typeset_signing_report(typesetter: Typesetter, report: SigningReport, at: datetime) -> Typeset:
    """The report, with a box `seal`."""
    return typesetter.typeset("signing_report", {"report": report}, at)
