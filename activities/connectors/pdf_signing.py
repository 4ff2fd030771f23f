"""The handover record as a PDF: typeset, certified, signed by each party (models/signing), sealed by the company.

Fulfils the port `SigningDesk`. A signature holds its time stamp, so no two are the same bytes: a document is found
again by the handover that it tells of, and never made twice.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import rfc8785
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from activities.failures import Permanent, PersonMustAct, TryAgain
from activities.handover_text import handover_text
from domain import timezones
from domain.handover import SignatureStatus
from models.database import reading, writing
from models.messages import PresentedRecord, RecordDraft, SealedRecord, SealOrder
from models.signing import revisions
from models.signing.parties import Party, parties
from models.signing.revisions import Revision
from models.tables import Document
from pades.certification import SEAL, Field, certified
from pades.errors import AlreadySigned, BrokenDocument, InvalidCertificate
from pades.office import Office
from pades.revision import field_size
from pades.sealing import sealed
from pki.certificates import common_name
from pki.stamps import NoStamp
from typesetting.boxes import Box
from typesetting.handover import HandoverRecord, typeset_handover
from typesetting.plain import plain
from typesetting.stamps import Seal, typeset_seal
from typesetting.typesetter import MEDIA_TYPE, Typesetter

TEXT, SEALED = "handover_record", "signed_record"
"""Kinds of documents: what is put before the parties, and what came of it."""
_CODE = 8
"""Digits of the serial number that the seal shows."""


@dataclass(frozen=True)
class PdfSigning:
    engine: Engine
    company: str
    office: Office
    typesetter: Typesetter

    def present(self, draft: RecordDraft) -> PresentedRecord:
        """Stores the certified text of this handover, once. Raises TryAgain, PersonMustAct."""
        with reading(self.engine) as session:
            people = parties(session, draft.signatures)
            text = handover_text(session, draft, people, self.company)
        named = f"{draft.case.case_id}-{hashlib.sha256(rfc8785.dumps(plain(text))).hexdigest()[:16]}"
        found = self._found(named)
        if found is not None:
            return found
        return self._stored(named, draft.case.case_id, TEXT, self._certified(text, people, draft.now), draft.now)

    def seal(self, order: SealOrder) -> SealedRecord:
        """Stores the record with the company's seal, once. Raises Permanent, TryAgain, PersonMustAct."""
        named = f"{order.document_id}-sealed"
        found = self._found(named)
        if found is None:
            with reading(self.engine) as session:
                signed = self._require_signed(session, order)
            found = self._stored(named, order.case_id, SEALED, self._sealed(signed, order), order.now)
        return SealedRecord(document_id=found.document_id, sha256=found.sha256)

    def _certified(self, text: HandoverRecord, people: tuple[Party, ...], at: datetime) -> bytes:
        typeset = typeset_handover(self.typesetter, text, at)
        names = {
            **{party.field: party.common_name for party in people},
            SEAL: common_name(self.office.pki.seal.certificate),
        }
        places = [_field(key, box, names[key]) for key, box in typeset.boxes.items()]
        with _explained():
            return certified(typeset.pdf, places, "系统定稿：正文锁定，仅可签署", self.office)

    def _sealed(self, signed: Revision, order: SealOrder) -> bytes:
        with _explained():
            return sealed(signed.pdf, "公司盖章", self._picture(signed, order), self.office)

    def _picture(self, signed: Revision, order: SealOrder) -> bytes:
        code = f"{self.office.pki.seal.certificate.serial_number:x}"[:_CODE]
        shown = Seal(self.company, code, order.now.astimezone(timezones.zone(order.zone)))
        return typeset_seal(self.typesetter, shown, *field_size(signed.pdf, SEAL))

    def _require_signed(self, session: Session, order: SealOrder) -> Revision:
        """The record as it stands. Raises Permanent unless exactly those have signed it who the case says have."""
        text = session.get(Document, order.document_id)
        if text is None or hashlib.sha256(text.content).hexdigest() != order.sha256:
            raise Permanent(f"document {order.document_id} is not the one that was presented")
        found = revisions.newest(session, order.document_id)
        if hashlib.sha256(found.pdf).hexdigest() != found.sha256:
            raise Permanent(f"document {order.document_id} is not the one that was signed")
        told = {(s.field, s.evidence) for s in order.signatures if s.status is SignatureStatus.SIGNED}
        there = {(row.field, row.evidence) for row in found.signed}
        if told != there:
            differ = ", ".join(sorted(field for field, _ in told ^ there))
            raise Permanent(f"document {order.document_id} and case differ in who has signed: {differ}")
        return found

    def _found(self, named: str) -> PresentedRecord | None:
        with reading(self.engine) as session:
            found = session.get(Document, named)
            return PresentedRecord(document_id=found.id, sha256=found.sha256) if found else None

    def _stored(self, named: str, case_id: str, kind: str, content: bytes, at: datetime) -> PresentedRecord:
        """The document under this id; if another attempt was faster, its."""
        sha256 = hashlib.sha256(content).hexdigest()
        document = Document(
            id=named, case_id=case_id, kind=kind, media_type=MEDIA_TYPE, sha256=sha256, content=content, at=at
        )
        try:
            with writing(self.engine) as session:
                session.add(document)
        except IntegrityError:
            found = self._found(named)
            if found is None:
                raise
            return found
        return PresentedRecord(document_id=named, sha256=sha256)


def _field(key: str, box: Box, common_name: str) -> Field:
    return Field(key, box.page, (round(box.left), round(box.bottom), round(box.right), round(box.top)), common_name)


@contextmanager
def _explained() -> Iterator[None]:
    """What can go wrong with keys and time stamps, in the words that a step of a case ends with."""
    try:
        yield
    except NoStamp as away:
        raise TryAgain(f"no trusted time stamp: {away}") from away
    except InvalidCertificate as invalid:
        raise PersonMustAct(f"{invalid}; see keys in docs/operations.md") from invalid
    except (AlreadySigned, BrokenDocument) as broken:
        raise Permanent(str(broken)) from broken
