"""Documents of a case: exact bytes, each stored once, none ever changed."""

import hashlib
from datetime import datetime

from sqlmodel import Session

from models.tables import Document


def store(session: Session, case_id: str, kind: str, media_type: str, content: bytes, at: datetime) -> Document:
    """The document, written unless it is there. Its id is made of case, kind and content: other bytes, another one."""
    sha256 = hashlib.sha256(content).hexdigest()
    of_both = hashlib.sha256(f"{kind}\n{sha256}".encode()).hexdigest()
    document_id = f"{case_id}-{of_both[:16]}"
    found = session.get(Document, document_id)
    if found is None:
        found = Document(
            id=document_id,
            case_id=case_id,
            kind=kind,
            media_type=media_type,
            sha256=sha256,
            content=content,
            at=at,
        )
        session.add(found)
    return found
