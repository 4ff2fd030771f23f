"""What a case says of signatures is true of its document: it is checked where both are written."""

from sqlmodel import Session

from domain.errors import conflict
from models.messages import NumberedFact, RecordRequest
from models.signing.revisions import signature_of

SIGNED, REFUSAL_WITNESSED = "RecordSigned", "SignatureRefusalWitnessed"


def require_in_document(session: Session, request: RecordRequest) -> None:
    """Raises Refusal if somebody is said to have signed who has not, or to have refused who has."""
    record = request.case.record
    if record is None:
        return
    for fact in request.facts:
        if fact.kind == SIGNED and not _is_there(session, record.document_id, fact):
            raise conflict("signature.not_in_document", case=request.case.case_id)
        if fact.kind == REFUSAL_WITNESSED and signature_of(session, record.document_id, str(fact.data["account"])):
            raise conflict("signature.in_document")


def _is_there(session: Session, document_id: str, fact: NumberedFact) -> bool:
    found = signature_of(session, document_id, fact.by)
    return found is not None and (found.field, found.evidence, found.seen) == tuple(
        fact.data[name] for name in ("field", "evidence", "seen")
    )
