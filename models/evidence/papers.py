"""The papers of a case as a bundle holds them: with proof of delivery; those that are not given out, by their hash."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from models.database import table
from models.deliveries import DELIVERED
from models.facts import standing
from models.tables import Document, FactRow
from models.visibility import INTRODUCTION
from verifier import manifest

_DOCUMENT = table(Document)
_ENDINGS = {"application/pdf": "pdf", "text/html": "html", "application/json": "json", "text/plain": "txt"}
ERASED, NOT_FOR_THE_READER = "erased", "not_for_whoever_made_the_bundle"


def listed(
    session: Session, case_id: str, facts: Sequence[FactRow], may_read: Callable[[str, str], bool]
) -> list[dict[str, Any]]:
    """Every paper but letters to customers. `may_read`: whether who makes the bundle may read one, by id and kind."""
    there = func.length(_DOCUMENT.c.content) > 0
    columns = (_DOCUMENT.c.id, _DOCUMENT.c.kind, _DOCUMENT.c.media_type, _DOCUMENT.c.sha256, _DOCUMENT.c.at, there)
    query = select(*columns).where(_DOCUMENT.c.case_id == case_id, _DOCUMENT.c.kind != INTRODUCTION)
    delivered = [fact for fact in standing(facts) if fact.kind == DELIVERED]
    found = []
    for document_id, kind, media_type, sha256, at, kept in session.execute(query.order_by(_DOCUMENT.c.at, columns[0])):
        why_not = "" if kept and may_read(document_id, kind) else NOT_FOR_THE_READER if kept else ERASED
        receipts = [f for f in delivered if f.data.get("document") == document_id]
        found.append(
            {
                "id": document_id,
                "kind": kind,
                "media_type": media_type,
                "sha256": sha256,
                "at": at.isoformat(),
                "file": "" if why_not else _file(document_id, media_type),
                "withheld_because": why_not,
                "delivered": [{"fact": f.seq, "at": f.at.isoformat(), "by": f.by} for f in receipts],
            }
        )
    return found


def content(session: Session, document_id: str) -> bytes:
    """The paper, byte for byte."""
    return bytes(session.execute(select(_DOCUMENT.c.content).where(_DOCUMENT.c.id == document_id)).scalar_one())


def _file(document_id: str, media_type: str) -> str:
    return f"{manifest.DOCUMENTS}{document_id}.{_ENDINGS.get(media_type.partition(';')[0], 'bin')}"
