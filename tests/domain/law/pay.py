"""What tests of pay are made of: money, claims that pass every gate, order lines, and strategies for all of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from domain.law.deductions import WageMonth
from domain.law.gates import Agreement, DeductionClaim, Hearing, Proof, WrittenNotice
from domain.law.order_lines import CommissionLine, Condition, Receivable
from domain.money import Money

LAST_DAY = date(2026, 12, 23)
AS_OF = date(2027, 1, 5)
deterministic = settings(settings.get_profile("domain"))


def yuan(amount: str | int | Decimal) -> Money:
    return Money(Decimal(amount), "CNY")


def claim(amount: str = "1000", /, **changed: Any) -> DeductionClaim:
    """A claim that passes every gate as long as the month's limit has room for it."""
    whole = DeductionClaim(
        reason="order 1 defaulted",
        amount=yuan(amount),
        proven_loss=yuan(amount),
        caused_on=date(2026, 11, 30),
        agreement=Agreement("contract, clause 12", date(2024, 3, 1)),
        proof=Proof("mail of 30 November", "invoice 7", "order log"),
        notice=WrittenNotice(date(2026, 12, 10), "order 1 defaulted", yuan(amount)),
        hearing=Hearing("legal counsel", replied=True),
    )
    return replace(whole, **changed)


def line(commission: str = "5000", /, **changed: Any) -> CommissionLine:
    return replace(CommissionLine("line-1", yuan(commission)), **changed)


def month(wage: str, already: str = "0") -> WageMonth:
    return WageMonth(yuan(wage), yuan(already))


AMOUNTS = st.decimals(0, 90_000, places=2).map(yuan)
ODD_AMOUNTS = st.decimals(0, 90_000, places=4).map(yuan)
POSITIVE = st.decimals(Decimal("0.01"), 90_000, places=2).map(yuan)
DAYS = st.dates(date(2024, 1, 1), date(2027, 3, 1))
REFERENCES = st.sampled_from(["", "a document"])
CLAIMS = st.builds(
    DeductionClaim,
    reason=st.just("defaulted"),
    amount=POSITIVE,
    proven_loss=ODD_AMOUNTS,
    caused_on=DAYS,
    agreement=st.none() | st.builds(Agreement, REFERENCES, DAYS, st.booleans()),
    proof=st.builds(Proof, REFERENCES, REFERENCES, REFERENCES),
    notice=st.none() | st.builds(WrittenNotice, DAYS, REFERENCES, AMOUNTS),
    hearing=st.builds(Hearing, REFERENCES, st.booleans(), st.none() | DAYS),
)
STRONG_CLAIMS = st.builds(
    lambda amount, loss, noticed: claim(
        str(amount.amount), proven_loss=loss, notice=WrittenNotice(date(2026, 12, 10), "defaulted", noticed)
    ),
    POSITIVE,
    ODD_AMOUNTS,
    AMOUNTS,
)
"""Claims that only their amount can stop."""
LINES = st.builds(
    CommissionLine,
    id=st.just("line"),
    commission=ODD_AMOUNTS,
    condition=st.sampled_from(Condition),
    agreed_in=REFERENCES,
    receivable=st.builds(Receivable, POSITIVE, ODD_AMOUNTS),
    condition_met=st.booleans(),
    share=st.none() | st.decimals(0, 1, places=3),
    paid=st.none() | AMOUNTS,
    contested=st.booleans(),
    claims=st.lists(CLAIMS | STRONG_CLAIMS, max_size=3).map(tuple),
)
MONTHS = st.builds(WageMonth, ODD_AMOUNTS, st.just(yuan(0)) | AMOUNTS)
ORDERS = st.lists(LINES, max_size=5).map(
    lambda lines: tuple(replace(one, id=f"line-{number}") for number, one in enumerate(lines))
)
