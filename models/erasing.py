"""Erases what need not be kept any longer (PIP-04). All SQL of it is here; what and when is decided elsewhere.

What proves something stays without its content: of the notice and of documents the hash, of facts the hash and their
place in the chain. Everything else goes.
"""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, col, select

from domain.obligations import FileKind
from domain.retention import ERASED, erases
from models.database import table
from models.desk.trail_tables import PortfolioEntry
from models.employment import Acknowledgement, EmploymentTerms, FreezeBasis
from models.evidence.tables import EvidenceBundle, EvidenceBundlePart
from models.facts import is_erased
from models.messages import EraseOrder
from models.signing.attempt_tables import Passkey, PasskeyRegistration, SigningAttempt, SigningConsent
from models.signing.tables import RecordRevision
from models.tables import (
    AccessToken,
    Account,
    CaseView,
    Department,
    Document,
    EffectRow,
    Employee,
    Entitlement,
    FactRow,
    IdempotentRequest,
    Notice,
    NotificationRow,
    Participant,
    Seal,
    TaskRow,
)
from models.visibility import ERASE_CERTIFICATE

_FACT = table(FactRow)
_EMPTY_FACT = (
    update(_FACT)
    .where(_FACT.c.case_id == bindparam("held"), _FACT.c.seq == bindparam("place"))
    .values(by="", data=dict(ERASED))
)


@dataclass
class Erased:
    """What was erased, counted by kind of record, and what was not and why."""

    counts: Counter[str] = field(default_factory=Counter)
    documents: list[tuple[str, str]] = field(default_factory=list)
    """Kind and SHA-256 of each text whose content is gone."""
    kept_because: list[str] = field(default_factory=list)


def erase(session: Session, order: EraseOrder) -> Erased:
    """Erases the file in the caller's transaction. The caller holds the case's row."""
    gone = Erased()
    if order.file is FileKind.CONTRACT:
        _contract(session, order, gone)
        return gone
    _facts(session, order, gone)
    _papers(session, order, gone)
    _traces(session, order, gone)
    if order.file is FileKind.CASE_FILE:
        _person(session, order, gone)
    return gone


def _contract(session: Session, order: EraseOrder, gone: Erased) -> None:
    if _employed_anew(session, order):
        gone.kept_because.append("employed_anew")
        return
    for kind, statement in (
        ("contract_terms", delete(EmploymentTerms).where(col(EmploymentTerms.employee_id) == order.employee_id)),
        ("acknowledgements", delete(Acknowledgement).where(col(Acknowledgement.employee_id) == order.employee_id)),
    ):
        gone.counts[kind] = session.connection().execute(statement).rowcount
    own = select(FreezeBasis.key).where(FreezeBasis.employee_id == order.employee_id)
    session.execute(delete(Acknowledgement).where(col(Acknowledgement.basis).in_(own)))
    statement = delete(FreezeBasis).where(col(FreezeBasis.employee_id) == order.employee_id)
    gone.counts["agreements"] = session.connection().execute(statement).rowcount


def _facts(session: Session, order: EraseOrder, gone: Erased) -> None:
    rows = session.exec(select(FactRow).where(FactRow.case_id == order.case_id)).all()
    places = [
        {"held": order.case_id, "place": row.seq}
        for row in rows
        if erases(order.file, row.kind, also_kept=order.also_kept) and not is_erased(row)
    ]
    if places:
        session.connection().execute(_EMPTY_FACT, places)
    gone.counts["facts"] = len(places)


def _papers(session: Session, order: EraseOrder, gone: Erased) -> None:
    query = select(Document.id, Document.kind, Document.sha256).where(
        Document.case_id == order.case_id, Document.kind != ERASE_CERTIFICATE, Document.content != b""
    )
    for document_id, kind, sha256 in session.exec(query.order_by(col(Document.at), col(Document.id))).all():
        session.execute(update(Document).where(col(Document.id) == document_id).values(content=b""))
        session.execute(update(Seal).where(col(Seal.document_id) == document_id).values(statement=""))
        revisions = update(RecordRevision).where(col(RecordRevision.document_id) == document_id)
        session.execute(revisions.values(added=b""))
        gone.documents.append((kind, sha256))
    notice = session.get(Notice, order.case_id)
    if notice is not None:
        gone.documents.append(("notice", notice.text_sha256))
        session.delete(notice)


def _traces(session: Session, order: EraseOrder, gone: Erased) -> None:
    """Messages, tasks, effects, who took part, bundles that were given out, and the case's own row."""
    for kind, statement in (
        ("messages", delete(NotificationRow).where(col(NotificationRow.case_id) == order.case_id)),
        ("tasks", delete(TaskRow).where(col(TaskRow.case_id) == order.case_id)),
        ("effects", delete(EffectRow).where(col(EffectRow.case_id) == order.case_id)),
        ("portfolio", delete(PortfolioEntry).where(col(PortfolioEntry.case_id) == order.case_id)),
        ("signing_attempts", delete(SigningAttempt).where(col(SigningAttempt.case_id) == order.case_id)),
        ("participants", delete(Participant).where(col(Participant.case_id) == order.case_id)),
    ):
        gone.counts[kind] += session.connection().execute(statement).rowcount
    of_case = select(EvidenceBundle.id).where(EvidenceBundle.case_id == order.case_id)
    session.execute(delete(EvidenceBundlePart).where(col(EvidenceBundlePart.bundle_id).in_(of_case)))
    statement = delete(EvidenceBundle).where(col(EvidenceBundle.case_id) == order.case_id)
    gone.counts["bundles"] += session.connection().execute(statement).rowcount
    session.execute(update(CaseView).where(col(CaseView.case_id) == order.case_id).values(employee_id=""))


def _person(session: Session, order: EraseOrder, gone: Erased) -> None:
    """Who left, unless other files still need to know them."""
    employee = session.get(Employee, order.employee_id)
    if employee is None:
        return
    account = session.exec(select(Account).where(Account.employee_id == employee.id)).one_or_none()
    if _employed_anew(session, order):
        gone.kept_because.append("employed_anew")
    elif _in_other_files(session, order, account):
        gone.kept_because.append("named_in_other_files")
    else:
        if account is not None:
            _forget_account(session, account)
        _forget_employee(session, employee)
        gone.counts["people"] = 1


def _employed_anew(session: Session, order: EraseOrder) -> bool:
    employee = session.get(Employee, order.employee_id)
    return employee is not None and employee.active and employee.hired_on > order.last_day


def _in_other_files(session: Session, order: EraseOrder, account: Account | None) -> bool:
    own = select(CaseView.case_id).where(CaseView.employee_id == order.employee_id).limit(1)
    taken_part = select(Participant.case_id).where(Participant.account == (account.id if account else "")).limit(1)
    return session.exec(own).first() is not None or session.exec(taken_part).first() is not None


def _forget_account(session: Session, account: Account) -> None:
    session.execute(delete(AccessToken).where(col(AccessToken.account) == account.id))
    session.execute(delete(IdempotentRequest).where(col(IdempotentRequest.account) == account.id))
    session.execute(delete(Passkey).where(col(Passkey.account) == account.id))
    session.execute(delete(PasskeyRegistration).where(col(PasskeyRegistration.account) == account.id))
    session.execute(delete(SigningConsent).where(col(SigningConsent.account) == account.id))
    account.login, account.name, account.email, account.password_hash = f"erased-{account.id}", "", "", ""
    account.roles, account.employee_id, account.active = [], None, False


def _forget_employee(session: Session, employee: Employee) -> None:
    session.execute(delete(Entitlement).where(col(Entitlement.employee_id) == employee.id))
    session.execute(update(Employee).where(col(Employee.manager) == employee.number).values(manager=None))
    session.execute(update(Department).where(col(Department.head) == employee.number).values(head=None))
    employee.number, employee.name, employee.title = f"erased-{employee.id}", "", ""
    employee.manager, employee.active = None, False
