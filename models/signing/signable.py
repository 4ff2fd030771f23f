"""Whether somebody may sign the record of a case now: asked of the very rule by which the case decides."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from domain import signing
from domain.case import Case
from domain.errors import conflict, not_found
from domain.handover import HandoverRecord, Signature, SignatureStatus
from domain.people import Actor
from models.projection import from_snapshot
from models.signing.revisions import Revision
from models.tables import CaseView


@dataclass(frozen=True)
class Place:
    """Where somebody has still to sign."""

    record: HandoverRecord
    signature: Signature


def signable(session: Session, case_id: str, by: Actor, now: datetime, *, hold: bool = False) -> Place:
    """The person's place in the record that lies before its parties. Raises Refusal as the case itself would.

    `hold`: the case's row stays locked until the transaction ends, so that the answer stays true that long.
    """
    query = select(CaseView).where(CaseView.case_id == case_id)
    view = session.exec(query.with_for_update() if hold else query).one_or_none()
    if view is None:
        raise not_found("case.unknown")
    case = from_snapshot(view.snapshot)
    signing.sign(case, by, case.record.sha256 if case.record else "", "", "", now)
    if case.record is None:
        raise conflict("signature.no_record")
    return Place(case.record, next(s for s in case.record.signatures if s.account == by.account))


def require_seen(newest: Revision, seen: str) -> None:
    """Raises Refusal unless that is the record as it stands: what somebody signs is what they were shown."""
    if seen == newest.sha256:
        return
    if seen in (earlier.seen for earlier in newest.signed):
        raise conflict("signature.others_signed_meanwhile")
    raise conflict("signature.other_document")


def counts(case: Case, document_id: str, account: str, evidence: str) -> bool:
    """True if the case has written down this very signature."""
    record = case.record
    return (
        record is not None
        and record.document_id == document_id
        and any(
            (s.account, s.status, s.evidence) == (account, SignatureStatus.SIGNED, evidence) for s in record.signatures
        )
    )
