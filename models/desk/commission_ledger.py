"""The commission ledger as it is shown: a page of lines, each with evidence and law, and the sums of all of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from domain.desk.commission import EntryKind
from domain.law.commission import assess_commission
from domain.law.deductions import WageMonth
from domain.law.order_lines import Condition
from domain.law.rulebook import RuleBook
from domain.money import Money, nothing, total
from models.database import table
from models.desk import commission, figures
from models.desk.commission import LedgerLine
from models.desk.commission_tables import CommissionAgreement, CommissionEntry
from models.desk.commission_views import (
    CommissionLedger,
    CommissionLineView,
    CommissionTotals,
    EntryView,
    EvidenceView,
)
from models.desk.evidence import EvidenceKind, content_hash
from models.desk.figures import Amount
from models.desk.order_tables import Payment, Receivable
from models.desk.trail_tables import CustomerDocument
from models.law_views import LawAnswer, all_shown
from models.queries import decode_cursor, encode_cursor
from models.tables import Employee

_RECEIVABLE, _PAYMENT, _DOCUMENT = table(Receivable), table(Payment), table(CustomerDocument)
_ENTRY = table(CommissionEntry)


def ledger(
    session: Session,
    book: RuleBook,
    person: Employee,
    last_day: date | None,
    as_of: date,
    limit: int,
    cursor: str | None,
) -> CommissionLedger:
    """What the data say of somebody's commission today. Raises Refusal, NoRule."""
    lines = commission.lines(session, person.id, last_day)
    here, after = _page(lines, limit, cursor)
    entries = _entries(session, here, person.id)
    evidence, law = _evidence(session, here), _law(book, here, last_day or as_of, as_of)
    return CommissionLedger(
        employee_number=person.number,
        as_of=as_of,
        last_day=last_day,
        totals=_totals(lines),
        items=[
            _shown(line, entries[line.sold.id], evidence[line.sold.order], law.get(line.sold.id, [])) for line in here
        ],
        next=after,
    )


def _page(lines: Sequence[LedgerLine], limit: int, cursor: str | None) -> tuple[list[LedgerLine], str | None]:
    """In the order of the lines: newest order first, its lines by position."""
    found = list(lines)
    if cursor:
        at, order, position = decode_cursor(cursor, datetime, str, int)
        found = [
            line for line in found if (at, order, -position) > (line.placed_at, line.sold.order, -line.sold.position)
        ]
    if len(found) <= limit:
        return found, None
    return found[:limit], encode_cursor(*found[limit - 1].place)


def _totals(lines: Sequence[LedgerLine]) -> list[CommissionTotals]:
    by_currency: dict[str, list[LedgerLine]] = defaultdict(list)
    for line in lines:
        by_currency[line.sold.currency].append(line)
    return [_total(currency, of) for currency, of in sorted(by_currency.items())]


def _total(currency: str, lines: Sequence[LedgerLine]) -> CommissionTotals:
    stands = [line.stands for line in lines if line.stands is not None]
    paid = [line.judged.already_paid for line in lines if line.judged is not None]
    return CommissionTotals(
        lines=len(lines),
        by_status=dict(Counter(line.status for line in lines if line.status is not None)),
        without_rate=sum(line.judged is None for line in lines),
        entitled=_amount(total((one.entitled for one in stands), currency)),
        paid=_amount(total(paid, currency)),
        payable_now=_amount(total((one.payable_now for one in stands), currency)),
        accruing=_amount(total((one.accruing for one in stands), currency)),
    )


def _law(book: RuleBook, lines: Sequence[LedgerLine], on: date, as_of: date) -> dict[str, list[LawAnswer]]:
    """What the law says of each line, by its own functions; nothing is claimed here, so no month's wage matters."""
    found: dict[str, list[LawAnswer]] = {}
    for currency in {line.sold.currency for line in lines}:
        judged = tuple(line.judged for line in lines if line.judged and line.sold.currency == currency)
        month = WageMonth(nothing(currency), nothing(currency))
        for assessed in assess_commission(book, on, judged, month, as_of).lines:
            found[assessed.id] = all_shown(assessed.answers)
    return found


def _evidence(session: Session, lines: Sequence[LedgerLine]) -> dict[str, list[EvidenceView]]:
    """What is on file about the orders of these lines: invoices, receipts, documents, and the agreements that held."""
    orders = sorted({line.sold.order for line in lines})
    found: dict[str, list[EvidenceView]] = defaultdict(list)
    receivables = select(Receivable).where(_RECEIVABLE.c.order_id.in_(orders)).order_by(_RECEIVABLE.c.number)
    of_order: dict[str, str] = {}
    for row in session.execute(receivables).scalars():
        of_order[row.id] = row.order_id
        found[row.order_id].append(_view(EvidenceKind.RECEIVABLE, row.id, row.number, content_hash(row)))
    payments = select(Payment).join(Receivable, _RECEIVABLE.c.id == _PAYMENT.c.receivable_id)
    payments = payments.where(_RECEIVABLE.c.order_id.in_(orders)).order_by(_PAYMENT.c.received_on, _PAYMENT.c.id)
    for paid in session.execute(payments).scalars():
        label = f"{paid.received_on.isoformat()} {paid.reference}"
        found[of_order[paid.receivable_id]].append(_view(EvidenceKind.PAYMENT, paid.id, label, content_hash(paid)))
    documents = select(CustomerDocument).where(_DOCUMENT.c.order_id.in_(orders)).order_by(_DOCUMENT.c.at)
    for document in session.execute(documents).scalars():
        view = _view(EvidenceKind.CUSTOMER_DOCUMENT, document.id, document.title, document.sha256)
        found[document.order_id or ""].append(view)
    agreed = {line.sold.order: line.agreement.id for line in lines if line.agreement}
    for order, agreement_id in agreed.items():
        agreement = session.get_one(CommissionAgreement, agreement_id)
        found[order].append(_view(EvidenceKind.AGREEMENT, agreement.id, agreement.reference, content_hash(agreement)))
    return found


def _entries(session: Session, lines: Sequence[LedgerLine], person: str) -> dict[str, list[EntryView]]:
    """By line everything that was entered about it, also what was reversed."""
    orders = sorted({line.sold.order for line in lines})
    theirs = (_ENTRY.c.employee_id == person) | (_ENTRY.c.kind == EntryKind.SHARE_AGREED.value)
    query = select(CommissionEntry).where(_ENTRY.c.order_id.in_(orders), theirs).order_by(_ENTRY.c.at, _ENTRY.c.id)
    found: dict[str, list[EntryView]] = defaultdict(list)
    for row in session.execute(query).scalars():
        values = row.model_dump(exclude={"amount"})
        paid = None if row.amount is None else figures.amount(row.amount, row.currency)
        found[f"{row.order_id}:{row.position}"].append(EntryView(**values, amount=paid))
    return found


def _view(kind: EvidenceKind, record_id: str, label: str, sha256: str) -> EvidenceView:
    return EvidenceView(kind=kind, id=record_id, label=label, sha256=sha256)


def _shown(
    line: LedgerLine, entries: list[EntryView], evidence: list[EvidenceView], law: list[LawAnswer]
) -> CommissionLineView:
    sold, judged, stands = line.sold, line.judged, line.stands
    return CommissionLineView(
        line=sold.id,
        order_number=line.number,
        product=line.product,
        placed_at=line.placed_at,
        base=figures.amount(sold.amount, sold.currency),
        rate=line.rate,
        share=judged.share if judged else None,
        condition=judged.condition if judged else Condition.NONE,
        agreed_in=judged.agreed_in if judged else "",
        status=line.status,
        reason=stands.reason if stands else None,
        disputes=list(stands.disputes) if stands else [],
        entitled=_amount(stands.entitled) if stands else None,
        payable_now=_amount(stands.payable_now) if stands else None,
        accruing=_amount(stands.accruing) if stands else None,
        paid=_amount(judged.already_paid) if judged else None,
        invoiced=figures.amount(sold.invoiced, sold.currency),
        received=figures.amount(sold.received, sold.currency),
        received_after_last_day=figures.amount(line.received_after, sold.currency),
        entries=entries,
        evidence=evidence,
        law=law,
    )


def _amount(money: Money) -> Amount:
    return Amount(amount=money.to_smallest().amount, currency=money.currency)
