"""Makes the papers of a departure of the company's records, in Chinese and English, and stores each once.

Fulfils the port `Papers`. A paper is one self-contained HTML page to print on A4: nothing is loaded, nothing runs.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Engine

from activities.failures import PersonMustAct
from domain.case import PaperKind
from domain.certificate import FIELDS, MissingField, certificate
from domain.law.limitation import retention
from domain.law.periods import add_months
from models.database import reading, writing
from models.desk.introductions import Introduction
from models.documents import store
from models.messages import IssuedPaper, PaperOrder
from models.paper_facts import NotOnFile, PaperFacts, gather
from models.visibility import paper_document
from texts import day, listed

TEMPLATES = Path(__file__).parent / "templates" / "papers"
MEDIA_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True)
class DatabasePapers:
    engine: Engine
    company: str
    """The employer's registered name, as it stands on its seal."""

    def issue(self, order: PaperOrder) -> IssuedPaper:
        """Stores the paper, once. Raises PersonMustAct if the company's records lack what the law wants in it."""
        if not self.company.strip():
            raise PersonMustAct("no paper can name the employer: set WANBI_COMPANY_NAME to its registered name")
        with reading(self.engine) as session:
            try:
                content = self._rendered(order, gather(session, order)).encode()
            except (MissingField, NotOnFile) as wanting:
                raise PersonMustAct(str(wanting)) from wanting
        return self._stored(order, content)

    def _rendered(self, order: PaperOrder, facts: PaperFacts) -> str:
        values = {
            "company": self.company.strip(),
            "employee": facts.employee,
            "issued_on": facts.issued_on,
            **_VALUES[order.kind](facts),
        }
        return _templates().get_template(f"{order.kind.value}.html.j2").render(values)

    def _stored(self, order: PaperOrder, content: bytes) -> IssuedPaper:
        with writing(self.engine) as session:
            kept = store(session, order.case_id, paper_document(order.kind), MEDIA_TYPE, content, order.now)
            return IssuedPaper(document_id=kept.id, sha256=kept.sha256)


def introduction_letter(facts: Introduction, company: str) -> bytes:
    """The letter that introduces a receiver to a customer. It speaks of who is there now, and of nothing else."""
    return _templates().get_template("introduction.html.j2").render(letter=facts, company=company.strip()).encode()


def _certificate(facts: PaperFacts) -> dict[str, Any]:
    employee, terms = facts.employee, facts.terms
    filled = certificate(
        has_terms=terms is not None,
        contract_from=terms.contract_from if terms else None,
        contract_until=terms.contract_until if terms else None,
        hired_on=employee.hired_on,
        ended_on=facts.last_day,
        position=employee.title.strip() or employee.job,
    )
    return {"certificate": filled, "field": dict(zip(("term", "end", "position", "service"), FIELDS, strict=True))}


def _privacy_notice(facts: PaperFacts) -> dict[str, Any]:
    months = facts.terms.non_compete_months if facts.terms else 0
    ends = add_months(facts.last_day, months) if months else None
    return {
        "kept": retention(facts.book, facts.last_day, ends),
        "last_day": facts.last_day,
        "contact": facts.contact,
    }


def _freeze_agreement(facts: PaperFacts) -> dict[str, Any]:
    terms = facts.terms
    return {
        "department": facts.department,
        "position": facts.employee.title.strip() or facts.employee.job,
        "region": terms.region if terms else "",
        "arrived_on": facts.arrived_on,
        "last_day": facts.last_day,
        "wage": terms.monthly_wage if terms else None,
        "average": terms.average_wage if terms else None,
        "suspended": facts.suspended,
    }


_VALUES = {
    PaperKind.CERTIFICATE: _certificate,
    PaperKind.PRIVACY_NOTICE: _privacy_notice,
    PaperKind.FREEZE_AGREEMENT: _freeze_agreement,
}


def _zh(value: date) -> str:
    return day(value, "zh")


def _en(value: date) -> str:
    return day(value, "en")


def _amount(value: Decimal) -> str:
    return f"{value:,.2f}"


@cache
def _templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "zh": _zh,
        "en": _en,
        "amount": _amount,
        "zh_list": lambda names: listed(names, "zh"),
        "en_list": lambda names: listed(names, "en"),
    }
    return found
