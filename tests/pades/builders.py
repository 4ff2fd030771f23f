"""A small document, the people who sign it, and where it is signed."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import typst
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from pades.certification import CERTIFICATION, SEAL, Field, certified
from pades.office import Office
from pades.sealing import sealed
from pades.signature import Begun, Commitment, Intent, begin, finish
from pki.names import Subject
from pki.tsa import OwnAuthority
from tests.builders import COMPANY
from tests.pki import builders as keys

TEXT = b'#set page(paper: "a4")\n= Handover record'
PICTURE = b"#set page(width: 200pt, height: 60pt, margin: 0pt, fill: none)\nSigned"
SIGNED_AT = datetime(2026, 11, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    field: str
    subject: Subject
    commitment: Commitment


LEAVER = Person("leaver", Subject("欧阳㛃", "E10086"), Commitment.HANDED_OVER)
RECEIVER = Person("receiver-1", Subject("龑喆", "E10010"), Commitment.RECEIVED)
WITNESS = Person("witness", Subject("赵珺", "E00007"), Commitment.WITNESSED)
PEOPLE = (LEAVER, RECEIVER, WITNESS)
EVERYBODY = (CERTIFICATION, *(person.field for person in PEOPLE), SEAL)


@cache
def picture() -> bytes:
    return typst.compile(PICTURE)


@cache
def text() -> bytes:
    return typst.compile(TEXT, pdf_standards=["a-2b"], timestamp=SIGNED_AT)


def office(register: keys.MemoryRegister | None = None) -> Office:
    """One for each test; making it costs nothing."""
    pki = keys.pki(register=register)
    return Office(pki, OwnAuthority(pki.tsa, pki.issuing, keys.now), keys.now)


def document(of: Office) -> bytes:
    """Certified, with a field for each person and for the seal."""
    places = [
        Field(person.field, 0, (50, 600 - 80 * number, 250, 660 - 80 * number), person.subject.common_name)
        for number, person in enumerate(PEOPLE)
    ]
    places.append(Field(SEAL, 0, (300, 440, 500, 500), COMPANY))
    return certified(text(), places, "定稿", of)


class Signer:
    """Somebody with a key in the browser: it is made there, and never leaves."""

    def __init__(
        self, person: Person, of: Office, subject: Subject | None = None, issued_at: datetime | None = None
    ) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self._office = of
        self.evidence = hashlib.sha256(person.field.encode()).hexdigest()
        self.certificate = of.pki.person(
            subject or person.subject,
            self.key.public_key(),
            issued_at or keys.now(),
            evidence_sha256=self.evidence,
        )
        self.intent = Intent(person.field, self.certificate, person.commitment, "本人确认", picture())

    def begin(self, pdf: bytes) -> Begun:
        return begin(pdf, self.intent, self._office)

    def signature(self, begun: Begun) -> bytes:
        return self.key.sign(begun.to_sign, ec.ECDSA(hashes.SHA256()))

    def sign(self, pdf: bytes) -> bytes:
        begun = self.begin(pdf)
        return finish(begun, self.certificate, self.signature(begun), self._office)


def signed_by_all(of: Office) -> list[bytes]:
    """Every revision: certified, then signed by each, then sealed."""
    revisions = [document(of)]
    for person in PEOPLE:
        revisions.append(Signer(person, of).sign(revisions[-1]))
    return [*revisions, sealed(revisions[-1], "公司盖章", picture(), of)]
