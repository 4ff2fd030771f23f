"""How handovers went over a period, beside the company's own earlier ones (S2.4). Every figure names its rule."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from statistics import median
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from domain.case import Stage
from domain.desk.orders import OrderState
from domain.desk.records import Outcome
from domain.desk.turnover import Days, share
from domain.timezones import end_of, local_date
from models.database import table
from models.desk import turnover
from models.desk.figure_tables import MissedItem
from models.desk.figures import Amount, amount, shown_share
from models.desk.order_tables import OrderStateChange
from models.desk.trail_tables import Attempt
from models.tables import CaseView

_VIEW, _MISSED, _ATTEMPT, _STEP = table(CaseView), table(MissedItem), table(Attempt), table(OrderStateChange)
_ORDER = turnover.ORDER
_SEALED_AT = _VIEW.c.snapshot["record"]["sealed_at"].as_string()
_ITEMS = func.json_array_length(_VIEW.c.snapshot["items"])
_HANDED_OVER = (Stage.COMPLETED.value, Stage.COMPLETED_WITH_GAPS.value)


class HandoverDays(BaseModel):
    """Days from the notice's arrival until the signed record was sealed; cases never sealed are counted apart."""

    cases: int
    never_sealed: int
    median: Decimal | None = Field(examples=["7.0"])
    shortest: int | None
    longest: int | None


class MissedShare(BaseModel):
    """Of what the checklists of these cases asked for, how much was found missing after closing."""

    items: int
    missed: int
    cases_with_missed: int
    share: Decimal | None
    """Of 1; also what no checklist asked for counts as missed. Null if there were no items."""


class PeriodFigures(BaseModel):
    """Figures of one period: handovers by the day their case closed, attempts and defaults by their own day."""

    first: date
    last: date
    handover: HandoverDays
    missed: MissedShare
    attempts: dict[Outcome, int]
    """Of people in notice, at the desk: `refused` were blocked, `granted` let pass by a temporary grant."""
    defaulted_orders: int
    """Of leavers' customers, between their notice and the end of their last day."""
    defaulted_value: list[Amount]


def figures(session: Session, days: Days, zone: str) -> PeriodFigures:
    """What happened on these days."""
    starts, ends = days.starts(zone), days.ends(zone)
    of_period = _VIEW.c.stage.in_(_HANDED_OVER) & (_VIEW.c.closed_at >= starts) & (_VIEW.c.closed_at < ends)
    columns = (_VIEW.c.case_id, _VIEW.c.arrived_at, _SEALED_AT.label("sealed"), _ITEMS.label("items"))
    closed = session.execute(select(*columns).where(of_period)).all()
    count, value = _defaulted(session, starts, ends, zone)
    return PeriodFigures(
        first=days.first,
        last=days.last,
        handover=_days(closed, zone),
        missed=_missed(session, closed, of_period),
        attempts=_attempts(session, starts, ends),
        defaulted_orders=count,
        defaulted_value=value,
    )


def _days(closed: Sequence[Any], zone: str) -> HandoverDays:
    taken = [
        (local_date(datetime.fromisoformat(row.sealed), zone) - local_date(row.arrived_at, zone)).days
        for row in closed
        if row.sealed
    ]
    return HandoverDays(
        cases=len(closed),
        never_sealed=len(closed) - len(taken),
        median=Decimal(str(median(taken))).quantize(Decimal("0.1")) if taken else None,
        shortest=min(taken, default=None),
        longest=max(taken, default=None),
    )


def _missed(session: Session, closed: Sequence[Any], of_period: ColumnElement[bool]) -> MissedShare:
    query = select(func.count(), func.count(_MISSED.c.case_id.distinct()))
    query = query.select_from(_MISSED.join(_VIEW, _VIEW.c.case_id == _MISSED.c.case_id)).where(of_period)
    found, cases = session.execute(query).one()
    items = sum(int(row.items or 0) for row in closed)
    return MissedShare(items=items, missed=found, cases_with_missed=cases, share=shown_share(share(found, items)))


def _attempts(session: Session, starts: datetime, ends: datetime) -> dict[Outcome, int]:
    query = select(_ATTEMPT.c.outcome, func.count().label("attempts")).where(
        _ATTEMPT.c.at >= starts, _ATTEMPT.c.at < ends, _ATTEMPT.c.case_id.is_not(None)
    )
    counted = {row.outcome: row.attempts for row in session.execute(query.group_by(_ATTEMPT.c.outcome))}
    return {outcome: counted.get(outcome.value, 0) for outcome in Outcome}


def _defaulted(session: Session, starts: datetime, ends: datetime, zone: str) -> tuple[int, list[Amount]]:
    """The origin tells whose customers they were, also after the handover."""
    query = (
        select(_ORDER.c.id, _ORDER.c.currency, _ORDER.c.total, _STEP.c.at, _VIEW.c.last_day)
        .select_from(_STEP.join(_ORDER, _ORDER.c.id == _STEP.c.order_id).join(_VIEW, _of_leaver()))
        .where(_STEP.c.to_state == OrderState.DEFAULTED.value, _STEP.c.at >= starts, _STEP.c.at < ends)
    )
    rows = {row.id: row for row in session.execute(query) if row.at < end_of(row.last_day, zone)}
    sums: dict[str, int] = {}
    for row in rows.values():
        sums[row.currency] = sums.get(row.currency, 0) + row.total
    return len(rows), [amount(total, currency) for currency, total in sorted(sums.items())]


def _of_leaver() -> ColumnElement[bool]:
    return (
        (_VIEW.c.employee_id == _ORDER.c.origin_owner)
        & (_VIEW.c.arrived_at <= _STEP.c.at)
        & (_VIEW.c.stage != Stage.WITHDRAWN.value)
    )
