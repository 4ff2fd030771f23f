"""How the law's answers to a question are shown: days, scopes and money, each with the rules behind it."""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, Field

from domain.law.exposure import Exposure
from domain.law.freeze import FreezeAnswer, Scope
from domain.law.notice import NoticeAnswer
from domain.law.payment_orders import OrderFinding, Size
from domain.law.penalties import PenaltyFinding
from domain.law.settlement import LineKind, Settlement, SettlementLine
from domain.law.severance import Doubt
from domain.money import Money
from models.law_views import LawAnswer, all_shown, shown


class Amount(BaseModel):
    """Money to the cent; text, so that nothing rounds it."""

    amount: str = Field(examples=["1234.50"])
    currency: str = Field(examples=["CNY"])


class NoticeView(BaseModel):
    earliest_last_day: date = Field(examples=["2026-12-23"])
    """The first day on which the employment may end without both sides' agreement."""
    last_day: date = Field(examples=["2026-12-23"])
    law: list[LawAnswer]


class ExposureView(BaseModel):
    """What a freeze without a basis may cost, should the employee leave because of it; no part of a settlement."""

    low: Amount
    high: Amount
    doubts: list[Doubt]
    law: list[LawAnswer]


class FreezeView(BaseModel):
    scope: Scope
    basis: str = Field(examples=["《离职交接管理办法》第十二条"])
    """What the full freeze rests on, or would rest on if counsel agrees; empty: nothing."""
    waits_for_counsel: bool
    refused: bool
    """True: only a new basis can bring the full freeze."""
    law: list[LawAnswer]
    exposure: ExposureView | None
    """Null where hiring day or average wage are not known."""


class PenaltyView(BaseModel):
    most: Amount | None
    """The most that the clause can ask for; null where courts differ and a person decides."""
    law: list[LawAnswer]


class LineView(BaseModel):
    kind: LineKind
    reference: str = Field(examples=["SO-2611"])
    """The order line of commission; else empty."""
    amount: Amount
    held: bool
    """True while it waits for the handover, as severance pay alone may (HND-03)."""
    law: list[LawAnswer]


class WagesDueView(BaseModel):
    due: date = Field(examples=["2026-12-23"])
    """The day to pay by."""
    tolerated_until: date = Field(examples=["2026-12-23"])
    """The last day that the region's own rule tolerates."""
    law: list[LawAnswer]


class OrderView(BaseModel):
    """What it means to leave an official order to pay unpaid; it has to come before the executives in any case."""

    extra_low: Amount
    extra_high: Amount
    """What comes on top of the order (PAY-08)."""
    size: Size
    """Whether the amount is large in the sense of the criminal law, and where (PAY-09)."""
    law: list[LawAnswer]


class SettlementView(BaseModel):
    lines: list[LineView]
    total: Amount
    held: Amount
    """What of it waits for the handover."""
    payable_on_due_day: Amount
    accruing: Amount
    """Commission that a condition still holds back; owed as soon as that is met (PAY-06)."""
    severance: Amount
    """As in its line; severance pay is due after some endings only (HND-03)."""
    unused_leave: Amount
    """As in its line (CRT-04)."""
    wages_due: WagesDueView
    doubts: list[Doubt]
    undecided: list[LawAnswer]
    """What a person still has to decide, such as a year-end bonus (PAY-07)."""
    order: OrderView | None
    """Null unless the question tells of an official order to pay."""


def notice_view(answer: NoticeAnswer) -> NoticeView:
    """When the employment ends, and why."""
    return NoticeView(earliest_last_day=answer.earliest_last_day, last_day=answer.last_day, law=all_shown(answer.law))


def freeze_view(answer: FreezeAnswer, exposure: Exposure | None) -> FreezeView:
    """How far the freeze may go, and what it may cost."""
    return FreezeView(
        scope=answer.scope,
        basis=answer.basis,
        waits_for_counsel=answer.waits_for_counsel,
        refused=answer.refused,
        law=all_shown(answer.law),
        exposure=_exposure(exposure) if exposure else None,
    )


def penalty_view(found: PenaltyFinding) -> PenaltyView:
    """What a clause may ask for."""
    return PenaltyView(most=None if found.most is None else _amount(found.most), law=[shown(found.answer)])


def settlement_view(found: Settlement, order: tuple[Exposure, OrderFinding] | None) -> SettlementView:
    """The settlement, line by line."""
    lines = [_line(line) for line in found.lines]
    return SettlementView(
        lines=lines,
        total=_amount(found.total),
        held=_amount(found.held),
        payable_on_due_day=_amount(found.payable_on_due_day),
        accruing=_amount(found.accruing),
        severance=_only(lines, LineKind.SEVERANCE),
        unused_leave=_only(lines, LineKind.UNUSED_LEAVE),
        wages_due=WagesDueView(
            due=found.due.due, tolerated_until=found.due.tolerated_until, law=all_shown(found.due.answers)
        ),
        doubts=list(found.doubts),
        undecided=all_shown(found.undecided),
        order=_order(*order) if order else None,
    )


def _exposure(found: Exposure) -> ExposureView:
    return ExposureView(
        low=_amount(found.low), high=_amount(found.high), doubts=list(found.doubts), law=[shown(found.answer)]
    )


def _order(extra: Exposure, found: OrderFinding) -> OrderView:
    return OrderView(
        extra_low=_amount(extra.low),
        extra_high=_amount(extra.high),
        size=found.size,
        law=all_shown((extra.answer, found.answer)),
    )


def _line(line: SettlementLine) -> LineView:
    return LineView(
        kind=line.kind,
        reference=line.reference,
        amount=_amount(line.amount),
        held=line.held,
        law=all_shown(line.answers),
    )


def _only(lines: Iterable[LineView], kind: LineKind) -> Amount:
    (found,) = (line.amount for line in lines if line.kind is kind)
    return found


def _amount(money: Money) -> Amount:
    return Amount(amount=f"{money.to_cents().amount:f}", currency=money.currency)
