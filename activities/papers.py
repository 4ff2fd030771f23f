"""Makes the papers of a departure of the company's records, in Chinese and English, and stores each once.

Fulfils the port `Papers`. A paper is a PDF/A-3b that carries the data it was made of (`typesetting/`). It is dated by
the day on which it is issued and nothing finer, so that the same order gives the same bytes.
"""

from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from activities.failures import PersonMustAct
from domain.case import PaperKind
from domain.certificate import FIELDS, MissingField, certificate
from domain.law.limitation import retention
from domain.law.periods import add_months
from domain.money import Money
from domain.statement import OnFile, StatementLine, statement
from domain.timezones import at_local
from models.database import reading, writing
from models.desk.introductions import Introduction
from models.documents import store
from models.messages import IssuedPaper, PaperOrder
from models.paper_facts import NotOnFile, PaperFacts, gather
from models.visibility import paper_document
from typesetting.typesetter import MEDIA_TYPE, Typesetter


@dataclass(frozen=True)
class DatabasePapers:
    engine: Engine
    company: str
    """The employer's registered name, as it stands on its seal."""
    typesetter: Typesetter = field(default_factory=Typesetter)

    def issue(self, order: PaperOrder) -> IssuedPaper:
        """Stores the paper, once. Raises PersonMustAct if the company's records lack what the law wants in it."""
        if not self.company.strip():
            raise PersonMustAct("no paper can name the employer: set WANBI_COMPANY_NAME to its registered name")
        with reading(self.engine) as session:
            try:
                facts = gather(session, order)
                values = self._values(order, facts)
            except (MissingField, NotOnFile) as wanting:
                raise PersonMustAct(str(wanting)) from wanting
        made = self.typesetter.typeset(order.kind.value, values, _dated(facts))
        return self._stored(order, made.pdf)

    def _values(self, order: PaperOrder, facts: PaperFacts) -> dict[str, Any]:
        return {
            "company": self.company.strip(),
            "employee": {"name": facts.employee.name, "number": facts.employee.number},
            "issued_on": facts.issued_on,
            **_VALUES[order.kind](facts),
        }

    def _stored(self, order: PaperOrder, content: bytes) -> IssuedPaper:
        with writing(self.engine) as session:
            kept = store(session, order.case_id, paper_document(order.kind), MEDIA_TYPE, content, order.now)
            return IssuedPaper(document_id=kept.id, sha256=kept.sha256)


def introduction_letter(facts: Introduction, company: str, typesetter: Typesetter) -> bytes:
    """The letter that introduces a receiver to a customer. It speaks of who is there now, and of nothing else."""
    values = {
        "company": company.strip(),
        "customer": facts.customer,
        "contact": facts.contact,
        "before": facts.before,
        "receiver": {"name": facts.receiver.name, "mail": facts.mail},
        "since": facts.since,
    }
    return typesetter.typeset("introduction", values, facts.accepted_at).pdf


def _dated(facts: PaperFacts) -> datetime:
    return at_local(facts.issued_on, time(0, 0), facts.book.national.time_zone)


def _position(facts: PaperFacts) -> str:
    return facts.employee.title.strip() or facts.employee.job


def _contact(facts: PaperFacts) -> dict[str, str]:
    return {"name": facts.contact.name, "email": facts.contact.email}


def _certificate(facts: PaperFacts) -> dict[str, Any]:
    employee, terms = facts.employee, facts.terms
    filled = certificate(
        has_terms=terms is not None,
        contract_from=terms.contract_from if terms else None,
        contract_until=terms.contract_until if terms else None,
        hired_on=employee.hired_on,
        ended_on=facts.last_day,
        position=_position(facts),
    )
    labels = dict(zip(("term", "end", "position", "service"), FIELDS, strict=True))
    return {"certificate": filled, "labels": labels}


def _privacy_notice(facts: PaperFacts) -> dict[str, Any]:
    months = facts.terms.non_compete_months if facts.terms else 0
    ends = add_months(facts.last_day, months) if months else None
    return {
        "kept": retention(facts.book, facts.last_day, ends),
        "last_day": facts.last_day,
        "contact": _contact(facts),
    }


def _freeze_agreement(facts: PaperFacts) -> dict[str, Any]:
    terms = facts.terms
    return {
        "department": {"zh": facts.department.name_zh, "en": facts.department.name_en},
        "position": _position(facts),
        "region": terms.region if terms else "",
        "arrived_on": facts.arrived_on,
        "last_day": facts.last_day,
        "wage": terms.monthly_wage if terms else None,
        "average": terms.average_wage if terms else None,
        "suspended": facts.suspended,
    }


def _settlement_statement(facts: PaperFacts) -> dict[str, Any]:
    terms, currency = facts.terms, facts.book.national.currency
    average = terms.average_wage if terms else None
    on_file = OnFile(
        hired_on=facts.employee.hired_on,
        last_day=facts.last_day,
        termination=facts.termination,
        average_wage=Money(average, currency) if average else None,
        leave_days=terms.leave_days if terms else Decimal(0),
        leave_taken=terms.leave_taken if terms else Decimal(0),
    )
    found = statement(facts.book, on_file, facts.payments, facts.deductions)
    return {
        "currency": found.currency,
        "lines": [_line(line, facts) for line in found.lines],
        "stated": _sum(found.stated),
        "total": _sum(found.stated) if found.complete else None,
        "hired_on": facts.employee.hired_on,
        "last_day": facts.last_day,
        "contact": _contact(facts),
        "region": terms.region if terms else "",
        "law": f"{facts.book.national.name} {facts.book.national.version}",
    }


def _line(line: StatementLine, facts: PaperFacts) -> dict[str, Any]:
    zh, _, en = line.answer.citation.partition(" / ")
    deduction = None
    if line.deduction is not None:
        deduction = {
            "subject": line.deduction.proposal.subject,
            "decided_by": facts.names.get(line.deduction.decided_by, line.deduction.decided_by),
            "because": line.deduction.decided_because,
        }
    return {
        "kind": line.kind,
        "amount": _sum(line.amount),
        "due": line.due,
        "citation": {"zh": zh, "en": en},
        "working": line.answer.answer,
        "in_doubt": line.in_doubt,
        "doubts": line.doubts,
        "deduction": deduction,
    }


def _sum(money: Money | None) -> Decimal | None:
    return None if money is None else money.amount


def _deduction_notice(facts: PaperFacts) -> dict[str, Any]:
    (deduction,) = facts.deductions
    asked, claim = deduction.proposal, deduction.proposal.claim
    law = [facts.book.rule(rule, facts.last_day) for rule in ("PAY-03", "PAY-04")]
    return {
        "number": deduction.id,
        "subject": asked.subject,
        "reason": claim.reason,
        "caused_on": claim.caused_on,
        "proven_loss": claim.proven_loss,
        "claimed": claim.amount,
        "wage": asked.month.wage,
        "payslip": asked.payslip,
        "wage_on_file": deduction.wage_on_file,
        "most": deduction.most,
        "working": deduction.working,
        "agreed_in": asked.agreed_in,
        "agreement": claim.agreement,
        "proof": claim.proof,
        "law": [{"cite": rule.cite, "says": rule.says} for rule in law],
        "reply_until": facts.reply_until,
        "last_day": facts.last_day,
        "contact": _contact(facts),
    }


_VALUES = {
    PaperKind.CERTIFICATE: _certificate,
    PaperKind.PRIVACY_NOTICE: _privacy_notice,
    PaperKind.FREEZE_AGREEMENT: _freeze_agreement,
    PaperKind.SETTLEMENT_STATEMENT: _settlement_statement,
    PaperKind.DEDUCTION_NOTICE: _deduction_notice,
}
