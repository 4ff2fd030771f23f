"""Erases the file of a departure whose time is over, and leaves a certificate of it (PIP-04).

Fulfils the port `Files`. What is erased, the certificate and the fact that names it are one transaction.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from domain.case import Case
from domain.obligations import KeptFile
from domain.timezones import local_date
from models import erasing, facts
from models.database import reading, writing
from models.law import library
from models.messages import ErasedFile, EraseOrder
from models.tables import CaseView, Document
from models.visibility import ERASE_CERTIFICATE
from typesetting.typesetter import MEDIA_TYPE, Typesetter


@dataclass(frozen=True)
class DatabaseFiles:
    engine: Engine
    company: str
    """The employer's registered name."""
    typesetter: Typesetter = field(default_factory=Typesetter)

    def erase(self, order: EraseOrder) -> ErasedFile:
        """Erases it, once; whoever asks again is answered with the same certificate."""
        certificate = _certificate_id(order)
        with writing(self.engine) as session:
            # The case's row first, as the ledger does: facts of one case are written one after another.
            session.exec(select(CaseView.case_id).where(CaseView.case_id == order.case_id).with_for_update()).one()
            if session.get(Document, certificate) is None:
                self._erase(session, order, certificate)
        return ErasedFile(certificate=certificate)

    def erase_again(self, case: Case) -> int:
        """Erases what the case says is erased and the database, back from a backup, still holds; how many files."""
        with reading(self.engine) as session:
            row = session.get(CaseView, case.case_id)
            files = [file for file in (case.aftercare.files if case.aftercare else ()) if file.erased_at is not None]
            back = [file for file in files if row and session.get(Document, file.certificate) is None]
        for file in back:
            self.erase(_order_again(case, file, row.employee_id if row else ""))
        return len(back)

    def _erase(self, session: Session, order: EraseOrder, certificate: str) -> None:
        gone = erasing.erase(session, order)
        values = self._values(order, certificate, gone, facts.head(session, order.case_id))
        content = self.typesetter.typeset("erase_certificate", values, order.now).pdf
        sha256 = hashlib.sha256(content).hexdigest()
        session.add(
            Document(
                id=certificate,
                case_id=order.case_id,
                kind=ERASE_CERTIFICATE,
                media_type=MEDIA_TYPE,
                sha256=sha256,
                content=content,
                at=order.now,
            )
        )
        data = {"file": order.file.value, "certificate": certificate, "sha256": sha256, "rule": "PIP-04"}
        facts.append_foreign(session, order.case_id, facts.FILE_ERASED, "", data, order.now)

    def _values(self, order: EraseOrder, certificate: str, gone: erasing.Erased, head: str) -> dict[str, Any]:
        return {
            "company": self.company.strip(),
            "case_id": order.case_id,
            "certificate": certificate,
            "file": order.file,
            "last_day": order.last_day,
            "erased_on": local_date(order.now, library().book("").national.time_zone),
            "counts": [{"kind": kind, "count": count} for kind, count in gone.counts.items() if count],
            "documents": [sha256 for _, sha256 in gone.documents],
            "kept_because": gone.kept_because,
            "head": head,
        }


def _order_again(case: Case, file: KeptFile, employee_id: str) -> EraseOrder:
    """As it was ordered when its time was over."""
    erased_at = file.erased_at or case.arrived_at
    others = case.aftercare.files if case.aftercare else ()
    return EraseOrder(
        case_id=case.case_id,
        employee_id=employee_id,
        file=file.kind,
        also_kept=tuple(o.kind for o in others if o.erased_at is None or o.erased_at > erased_at),
        last_day=case.final_day,
        now=erased_at,
    )


def _certificate_id(order: EraseOrder) -> str:
    named = hashlib.sha256(f"{ERASE_CERTIFICATE}\n{order.file.value}".encode()).hexdigest()
    return f"{order.case_id}-{named[:16]}"
