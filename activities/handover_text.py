"""What a handover record says: the handover as it stands, with the names and numbers of the company's own records."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from domain import handover, timezones
from domain.case import Case
from domain.people import Text
from models.messages import RecordDraft
from models.signing.parties import Party, names
from models.tables import Department, Employee
from texts import text
from typesetting.handover import Approval, Clearance, Count, HandoverRecord, Item
from typesetting.handover import Party as Signer
from typesetting.people import Person, Words

Names = Mapping[str, tuple[str, str]]


def handover_text(session: Session, draft: RecordDraft, people: tuple[Party, ...], company: str) -> HandoverRecord:
    """`terms` is how the parties agree to sign and keep it (ESG-01): whoever signs the text agrees to these words."""
    case = draft.case
    known = names(session, _mentioned(case))
    employee = session.get_one(Employee, case.employee_id)
    department = session.get_one(Department, employee.department)
    zone = case.agreed.calendar.zone
    return HandoverRecord(
        company=company,
        case=case.case_id,
        arrived_on=timezones.local_date(case.arrived_at, zone),
        last_day=case.final_day,
        drawn_up_at=_read(draft.now, zone).replace(microsecond=0),
        leaver=Person(employee.name, employee.number),
        department=Words(department.name_zh, department.name_en),
        position=employee.title.strip() or employee.job,
        parties=tuple(Signer(party.field, party.role.value, Person(party.name, party.number)) for party in people),
        items=tuple(_item(item, known) for item in case.items),
        counts=tuple(Count(c.kind.value, c.total, c.open) for c in case.portfolio.counts) if case.portfolio else (),
        portfolio_sha256=case.portfolio.sha256 if case.portfolio else "",
        clearances=tuple(_clearance(clearance, known, zone) for clearance in case.clearances),
        terms=Words(text("record_terms", "zh"), text("record_terms", "en")),
    )


def _item(item: handover.Item, known: Names) -> Item:
    return Item(
        category=item.category,
        title=_words(item.title),
        criterion=_words(item.criterion),
        status=item.status.value,
        receiver=_person(item.receiver, known) if item.receiver else None,
        proof=item.proof.note if item.proof else "",
        reference=item.proof.reference if item.proof else "",
        reason=item.last_reason,
    )


def _clearance(clearance: handover.Clearance, known: Names, zone: str) -> Clearance:
    return Clearance(
        department=_words(clearance.title),
        status=clearance.status.value,
        approvals=tuple(_approval(approval, known, zone) for approval in clearance.approvals),
        reason=clearance.last_reason,
    )


def _approval(approval: handover.Approval, known: Names, zone: str) -> Approval:
    behind = _person(approval.on_behalf_of, known) if approval.on_behalf_of else None
    return Approval(_person(approval.account, known), _read(approval.at, zone), approval.note, behind)


def _mentioned(case: Case) -> set[str]:
    approvals = [approval for clearance in case.clearances for approval in clearance.approvals]
    return {
        *(item.receiver for item in case.items),
        *(approval.account for approval in approvals),
        *(approval.on_behalf_of for approval in approvals),
    }


def _person(account: str, known: Names) -> Person:
    return Person(*known.get(account, (account, account)))


def _words(given: Text) -> Words:
    return Words(given.zh, given.en)


def _read(at: datetime, zone: str) -> datetime:
    return at.astimezone(timezones.zone(zone))
