"""Signing by in-app confirmation: the handover's text, its hash, and a keyed seal over what every party did.

Fulfils the port that signatures in PDF will use. The document is canonical JSON (RFC 8785), so the same handover always
gives the same bytes and the same hash.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import Engine
from sqlmodel import Session

from activities.failures import Permanent
from domain.case import Case
from domain.handover import Signature
from models.database import writing
from models.messages import PresentedRecord, RecordDraft, SealOrder
from models.tables import Document, Seal
from texts import LANGUAGES, text

MEDIA_TYPE = "application/json"
KIND = "handover_record"
METHOD = "in_app_confirmation"
"""What kind of signature it is: no third party certifies it (ESG-02, ESG-03)."""


@dataclass(frozen=True)
class InAppConfirmation:
    engine: Engine
    keys: Mapping[str, str]
    active: str

    def present(self, draft: RecordDraft) -> PresentedRecord:
        """Stores the document of this handover, once; its id is part of its hash."""
        content = rfc8785.dumps(handover_text(draft.case, draft.signatures))
        sha256 = hashlib.sha256(content).hexdigest()
        document_id = f"{draft.case.case_id}-{sha256[:16]}"
        with writing(self.engine) as session:
            if session.get(Document, document_id) is None:
                session.add(
                    Document(
                        id=document_id,
                        case_id=draft.case.case_id,
                        kind=KIND,
                        media_type=MEDIA_TYPE,
                        sha256=sha256,
                        content=content,
                        at=draft.now,
                    )
                )
        return PresentedRecord(document_id=document_id, sha256=sha256)

    def seal(self, order: SealOrder) -> None:
        """Binds the hash and what every party did with a keyed hash. Raises Permanent on a changed document."""
        with writing(self.engine) as session:
            self._require_unchanged(session, order)
            if session.get(Seal, order.document_id) is not None:
                return
            statement = rfc8785.dumps(
                {
                    "method": METHOD,
                    "document": order.document_id,
                    "sha256": order.sha256,
                    "sealed_at": order.now.isoformat(),
                    "signatures": [_signature(signature) for signature in order.signatures],
                }
            )
            key = base64.b64decode(self.keys[self.active])
            mac = f"{self.active}:{hmac.new(key, statement, hashlib.sha256).hexdigest()}"
            session.add(Seal(document_id=order.document_id, statement=statement.decode(), mac=mac, at=order.now))

    def _require_unchanged(self, session: Session, order: SealOrder) -> None:
        document = session.get(Document, order.document_id)
        if document is None or hashlib.sha256(document.content).hexdigest() != order.sha256:
            raise Permanent(f"document {order.document_id} is not the one that was signed")


def handover_text(case: Case, signatures: tuple[Signature, ...]) -> dict[str, Any]:
    """The handover as it stands: what was handed over to whom with which proof, what is missing, who confirmed.

    `terms` is how the parties agree to sign and to keep it (ESG-01): whoever signs the hash has agreed to these words.
    """
    return {
        "case": case.case_id,
        "employee": case.employee_id,
        "arrived_at": case.arrived_at.isoformat(),
        "last_day": case.final_day.isoformat(),
        "items": [
            {
                "id": item.id,
                "category": item.category,
                "title": {"zh": item.title.zh, "en": item.title.en},
                "criterion": {"zh": item.criterion.zh, "en": item.criterion.en},
                "status": item.status.value,
                "receiver": item.receiver,
                "proof": item.proof.note if item.proof else "",
                "reference": item.proof.reference if item.proof else "",
                "reason": item.last_reason,
            }
            for item in case.items
        ],
        "clearances": [
            {
                "department": c.department,
                "status": c.status.value,
                "approvals": [
                    {"account": a.account, "on_behalf_of": a.on_behalf_of, "at": a.at.isoformat(), "note": a.note}
                    for a in c.approvals
                ],
            }
            for c in case.clearances
        ],
        "parties": [{"role": s.role.value, "account": s.account} for s in signatures],
        "terms": {language: text("record_terms", language) for language in LANGUAGES},
    }


def _signature(signature: Signature) -> dict[str, str]:
    return {
        "role": signature.role.value,
        "account": signature.account,
        "status": signature.status.value,
        "at": signature.at.isoformat() if signature.at else "",
        "reason": signature.reason,
        "witnessed_by": signature.witnessed_by,
    }
