"""What became of a portfolio's customers: their turnover after the last day beside the year before (S4.3)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlmodel import Session

from domain.desk.loss import WINDOWS, Compared, Fate, Thresholds, effect, expected, fate, together
from domain.desk.records import RecordKind
from domain.desk.turnover import Days, following
from models.database import table
from models.desk import after, turnover
from models.desk.after import Departed
from models.desk.after_views import (
    CustomerOutcome,
    CustomerWindow,
    ReceiverOutcome,
    ReceiverWindow,
    TurnoverCompared,
    Window,
)
from models.desk.figures import amount, shown_share
from models.desk.order_views import OfCustomer
from models.desk.trail_tables import PortfolioEntry
from models.desk.views import Person
from models.tables import Employee

_ORDER, _CUSTOMER = turnover.ORDER, turnover.CUSTOMER
_ENTRY, _RECEIVER = table(PortfolioEntry), table(Employee).alias("receiver")
ByCurrency = dict[str, Compared]


@dataclass(frozen=True)
class Span:
    """A window as far as its days are over, and the same days a year before."""

    days: int
    whole: Days
    over: Days

    @property
    def complete(self) -> bool:
        return self.over == self.whole

    @property
    def before(self) -> Days | None:
        return self.over.a_year_before() if len(self.over) else None


@dataclass
class Firm:
    """A customer of the portfolio, who got it, and its turnover by window and currency."""

    of: OfCustomer
    receiver: Person | None
    orders: Counter[str] = field(default_factory=Counter)
    """By currency, in all of the compared days."""
    turnover: dict[int, ByCurrency] = field(default_factory=dict)

    @property
    def main_currency(self) -> str:
        """Of most of its orders; of as many, the first by its code."""
        return min(self.orders, key=lambda currency: (-self.orders[currency], currency), default="")

    def fate(self, days: int, trends: dict[str, Fraction | None], limits: Thresholds) -> Fate:
        """Told in its main currency, so that no customer is counted twice."""
        currency = self.main_currency
        compared = self.turnover.get(days, {}).get(currency, Compared())
        return fate(compared, trends.get(currency), limits)


@dataclass(frozen=True)
class Outcomes:
    """Everything that is known of a portfolio's turnover as of a day."""

    spans: Sequence[Span]
    firms: list[Firm]
    others: dict[int, ByCurrency]
    """Of the company's other customers, by window."""
    limits: Thresholds

    def trends(self, days: int) -> dict[str, Fraction | None]:
        return {currency: compared.trend for currency, compared in self.others[days].items()}

    def windows(self) -> list[Window]:
        """The whole portfolio, window by window."""
        return [
            Window(
                days=span.days,
                days_over=len(span.over),
                complete=span.complete,
                after_from=span.whole.first,
                after_until=span.whole.last,
                before_from=span.before.first if span.before else None,
                before_until=span.before.last if span.before else None,
                turnover=self._summed(self.firms, span.days),
                fates=self._fates(self.firms, span),
            )
            for span in self.spans
        ]

    def receivers(self) -> list[ReceiverOutcome]:
        """The same for the customers of each receiver."""
        by_receiver: dict[str, list[Firm]] = defaultdict(list)
        for firm in self.firms:
            by_receiver[firm.receiver.number if firm.receiver else ""].append(firm)
        return [
            ReceiverOutcome(
                receiver=firms[0].receiver,
                customers=len(firms),
                windows=[
                    ReceiverWindow(
                        days=span.days, turnover=self._summed(firms, span.days), fates=self._fates(firms, span)
                    )
                    for span in self.spans
                ],
            )
            for _, firms in sorted(by_receiver.items())
        ]

    def customer(self, firm: Firm) -> CustomerOutcome:
        """One customer, window by window."""
        return CustomerOutcome(
            customer=firm.of,
            receiver=firm.receiver,
            main_currency=firm.main_currency,
            windows=[
                CustomerWindow(
                    days=span.days,
                    complete=span.complete,
                    fate=self.fate(firm, span),
                    turnover=self._summed([firm], span.days),
                )
                for span in self.spans
            ],
        )

    def fate(self, firm: Firm, span: Span) -> Fate | None:
        """None until the window is over: nothing is extrapolated."""
        return firm.fate(span.days, self.trends(span.days), self.limits) if span.complete else None

    def _fates(self, firms: Iterable[Firm], span: Span) -> dict[Fate, int]:
        found = Counter(self.fate(firm, span) for firm in firms)
        return {one: found[one] for one in Fate} if span.complete else {}

    def _summed(self, firms: Sequence[Firm], days: int) -> list[TurnoverCompared]:
        currencies = sorted({currency for firm in firms for currency in firm.turnover.get(days, {})})
        trends, none = self.trends(days), Compared()
        sums = {c: together(firm.turnover.get(days, {}).get(c, none) for firm in firms) for c in currencies}
        return [_compared(currency, sums[currency], trends.get(currency)) for currency in currencies]


def outcomes(session: Session, of: Departed, today: date, limits: Thresholds) -> Outcomes:
    """What became of the customers, counted up to the end of the day before `today`: days have to be over."""
    spans = [_span(of.last_day, days, today) for days in WINDOWS]
    firms = {row.id: _firm(row) for row in session.execute(_firms_of(of.case_id))}
    theirs = after.portfolio(of.case_id)
    mine: dict[int, ByCurrency] = {span.days: {} for span in spans}
    for firm_id, currency, orders, sums in _counted(session, of, spans, theirs):
        firm = firms[firm_id]
        firm.orders[currency] += orders
        for span, compared in zip(spans, sums, strict=True):
            firm.turnover.setdefault(span.days, {})[currency] = compared
            mine[span.days][currency] = mine[span.days].get(currency, Compared()) + compared
    others: dict[int, ByCurrency] = {span.days: {} for span in spans}
    for _, currency, _, sums in _counted(session, of, spans, None):
        for span, compared in zip(spans, sums, strict=True):
            others[span.days][currency] = compared - mine[span.days].get(currency, Compared())
    return Outcomes(spans, sorted(firms.values(), key=lambda firm: firm.of.number), others, limits)


def _span(last_day: date, days: int, today: date) -> Span:
    whole = following(last_day, days)
    return Span(days, whole, whole.until(today - timedelta(days=1)))


def _firms_of(case_id: str) -> Any:
    """Each firm of the portfolio with whoever has it, or is to have it."""
    theirs = after.portfolio(case_id)
    return (
        select(
            _CUSTOMER.c.id,
            _CUSTOMER.c.number,
            _CUSTOMER.c.name,
            _RECEIVER.c.number.label("by"),
            _RECEIVER.c.name.label("by_name"),
        )
        .join_from(_ENTRY, _CUSTOMER, _CUSTOMER.c.id == _ENTRY.c.record_id)
        .join(_RECEIVER, _RECEIVER.c.id == _ENTRY.c.receiver, isouter=True)
        .where(
            _ENTRY.c.case_id == case_id,
            _ENTRY.c.kind == RecordKind.CUSTOMER.value,
            _CUSTOMER.c.id.in_(select(theirs.c.firm)),
        )
    )


def _firm(row: Any) -> Firm:
    receiver = Person(number=row.by, name=row.by_name) if row.by else None
    return Firm(OfCustomer(id=row.id, number=row.number, name=row.name), receiver)


def _counted(
    session: Session, of: Departed, spans: Sequence[Span], theirs: Any | None
) -> list[tuple[str, str, int, list[Compared]]]:
    """By firm (or of everybody) and currency: how many orders, and the turnover of each window in both years.

    The windows begin on one day, so that the longest one's days are all that has to be read.
    """
    widest = max(spans, key=lambda span: len(span.over))
    if widest.before is None:
        return []
    placed, zone = _ORDER.c.placed_at, of.zone
    sums = [_sum(days, placed, zone) for span in spans for days in (span.before, span.over)]
    read = or_(_within(widest.before, placed, zone), _within(widest.over, placed, zone))
    query = select(_ORDER.c.currency, func.count(), *sums).where(_ORDER.c.state.in_(turnover.STATES), read)
    if theirs is None:
        rows = [("", *row) for row in session.execute(query.group_by(_ORDER.c.currency))]
    else:
        joined = query.add_columns(theirs.c.firm).join_from(_ORDER, theirs, theirs.c.id == _ORDER.c.customer_id)
        grouped = session.execute(joined.group_by(theirs.c.firm, _ORDER.c.currency))
        rows = [(row[-1], *row[:-1]) for row in grouped]
    return [(firm, currency, count, _pairs(values)) for firm, currency, count, *values in rows]


def _sum(days: Days | None, placed: ColumnElement[Any], zone: str) -> ColumnElement[Any]:
    return func.sum(case((_within(days, placed, zone), _ORDER.c.total), else_=0)) if days else func.sum(0)


def _within(days: Days, placed: ColumnElement[Any], zone: str) -> ColumnElement[bool]:
    return (placed >= days.starts(zone)) & (placed < days.ends(zone))


def _pairs(values: Sequence[Any]) -> list[Compared]:
    numbers = [int(value) for value in values]
    return [Compared(before, later) for before, later in zip(numbers[::2], numbers[1::2], strict=True)]


def _compared(currency: str, compared: Compared, trend: Fraction | None) -> TurnoverCompared:
    wanted, by = expected(compared, trend), effect(compared, trend)
    before, later, difference = (amount(minor, currency) for minor in (compared.before, compared.after, by))
    factor = shown_share(trend)
    shown = [f"{one.amount:f}".replace("-", "−") for one in (later, before, difference)]
    working = f"{shown[0]} − {shown[1]}{f' × {factor}' if factor is not None else ''} = {shown[2]}"
    return TurnoverCompared(
        before=before,
        after=later,
        expected=amount(wanted, currency),
        effect=difference,
        others_trend=factor,
        working=working,
    )
