"""After a departure: who went on with the customers, what was lost, what the handover missed, how handovers go."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey, Requires
from api.errors import documented
from api.routes.cases import CaseId, require_concerned
from api.routes.desk.common import Cursor, Limit, dumped
from domain.desk.loss import Fate, Thresholds
from domain.desk.turnover import Days
from domain.errors import forbidden, invalid, not_found
from domain.people import Role
from domain.timezones import local_date
from models.accounts import Caller
from models.database import reading, utc_now
from models.desk import after, figures, handover_figures, missed
from models.desk.after import Departed
from models.desk.after_views import After, CustomerOutcome
from models.desk.handover_figures import PeriodFigures
from models.desk.missed import NewMissedItem
from models.desk.order_bodies import Day
from models.desk.outcomes import outcomes
from models.desk.scopes import Within, reached
from models.desk.transactions import Seen
from models.desk.views import Written
from models.idempotency import once, request_digest
from models.queries import decode_cursor, encode_cursor
from models.tables import CaseView
from models.views import Page

router = APIRouter(tags=["figures"])
_Share = Annotated[Decimal, Query(ge=0, le=10, max_digits=6, decimal_places=4)]
LostBelow = Annotated[_Share, Query(description="Of what was expected: less than this is `lost`")]
KeptFrom = Annotated[_Share, Query(description="Less than this is `shrunken`")]
GrownFrom = Annotated[_Share, Query(description="From this on it is `grown`")]
FiguresDep = Annotated[Caller, Depends(Requires(Role.HR, Role.COUNSEL, Role.AUDITOR, Role.ADMINISTRATOR))]
LONGEST = 3660
"""Days of a period."""


class HandoverFigures(BaseModel):
    """A period beside the company's own earlier one."""

    period: PeriodFigures
    baseline: PeriodFigures


@router.get("/cases/{case_id}/after", summary="What came after the notice?", responses=documented(401, 403, 404, 422))
def read_after(
    case_id: CaseId,
    caller: CallerDep,
    engine: EngineDep,
    lost_below: LostBelow = Decimal("0.10"),
    kept_from: KeptFrom = Decimal("0.80"),
    grown_from: GrownFrom = Decimal("1.20"),
) -> After:
    """Orders and conversations by who had them, blocked attempts, defaults, and what became of the customers.

    For HR, legal counsel, auditors and whoever leads the leaver, in however many steps, were the case itself none of
    theirs (`GET /cases/{case_id}` answers 404 to them); never for the leaver. Turnover of 30, 90 and 180 days
    after the last day is compared with the same days of the calendar a year before, and with the company's other
    customers: `expected` is what it would have come to, had it moved as theirs did. Only days that are over count;
    what became of a customer is told once the window is over. It says nothing of whose fault anything is.
    """
    limits = _limits(lost_below, kept_from, grown_from)

    def ask(session: Session, mine: Within) -> Seen:
        of = _departed(session, caller, mine, case_id)
        today = local_date(utc_now(), of.zone)
        found = outcomes(session, of, today, limits)
        orders, elsewhere = after.orders(session, of)
        defaulted, value = after.defaulted(session, of)
        answer = After(
            case_id=case_id,
            as_of=today,
            arrived_at=of.arrived_at,
            last_day=of.last_day,
            customers=len(found.firms),
            orders=orders,
            orders_elsewhere=elsewhere,
            communications=after.communications(session, of),
            attempts=after.attempts(session, case_id),
            windows=found.windows(),
            receivers=found.receivers(),
            defaulted=defaulted,
            defaulted_value=value,
            missed=missed.missed(session, case_id),
        )
        return Seen(answer, len(found.firms), of.employee_id)

    answer: After = figures.look(engine, caller, f"after case {case_id}", ask).answer
    return answer


@router.get(
    "/cases/{case_id}/after/customers",
    summary="What became of each customer?",
    responses=documented(401, 403, 404, 422),
)
def read_customers_after(
    case_id: CaseId,
    caller: CallerDep,
    engine: EngineDep,
    window: Annotated[int, Query(description="30, 90 or 180: which window `fate` is of")] = 90,
    fate: Annotated[Fate | None, Query(description="Only these, once the window is over")] = None,
    lost_below: LostBelow = Decimal("0.10"),
    kept_from: KeptFrom = Decimal("0.80"),
    grown_from: GrownFrom = Decimal("1.20"),
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CustomerOutcome]:
    """The list behind the figures of `GET /cases/{case_id}/after`, by customer number; for the same people."""
    limits, begins = _limits(lost_below, kept_from, grown_from), decode_cursor(cursor, str)[0] if cursor else ""

    def ask(session: Session, mine: Within) -> Seen:
        of = _departed(session, caller, mine, case_id)
        found = outcomes(session, of, local_date(utc_now(), of.zone), limits)
        span = next((one for one in found.spans if one.days == window), None)
        if span is None:
            raise invalid("figures.no_such_window", window=window)
        wanted = [f for f in found.firms if f.of.number > begins and (fate is None or found.fate(f, span) is fate)]
        page = [found.customer(firm) for firm in wanted[:limit]]
        more = encode_cursor(page[-1].customer.number) if len(wanted) > limit else None
        return Seen(Page(items=page, next=more), len(page), of.employee_id)

    answer: Page[CustomerOutcome] = figures.look(engine, caller, f"customers after case {case_id}", ask).answer
    return answer


@router.post(
    "/cases/{case_id}/missed-items",
    status_code=201,
    summary="Tell what the handover missed",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def tell_missed_item(
    case_id: CaseId, body: NewMissedItem, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> Written:
    """For HR, the witness and every receiver, once the case has closed. It is a fact of the case, and is counted.

    It holds nothing against anybody's wages or papers: the employment has ended.
    """

    def act(session: Session) -> tuple[int, Any]:
        view = session.get(CaseView, case_id)
        if view is None or not missed.may_tell(session, view, caller):
            require_concerned(session, case_id, caller)
            raise forbidden("missed.not_yours_to_tell")
        return dumped(201, Written(id=missed.record(session, view, body, caller, utc_now())))

    digest = request_digest(f"POST /cases/{case_id}/missed-items", body.model_dump(mode="json"))
    (_, answer), _ = once(engine, caller.account, key, digest, act)
    return Written.model_validate(answer)


@router.get("/figures", summary="How do handovers go?", responses=documented(401, 403, 422))
def read_figures(
    caller: FiguresDep,
    engine: EngineDep,
    first: Annotated[Day, Query(description="First day of the period", examples=["2026-07-01"])],
    last: Annotated[Day, Query(description="Its last day", examples=["2026-12-31"])],
    baseline_first: Annotated[
        Day | None, Query(description="First day of the company's earlier period; absent: as long, right before")
    ] = None,
    baseline_last: Annotated[Day | None, Query()] = None,
) -> HandoverFigures:
    """Days per handover, share of items missed, blocked attempts, defaulted orders, beside the company's own baseline.

    For HR, legal counsel, auditors and administrators. Handovers count by the day on which their case closed.
    """
    period = _period(first, last)
    baseline = Days(first - timedelta(days=len(period)), first - timedelta(days=1))
    if baseline_first is not None or baseline_last is not None:
        baseline = _period(baseline_first or baseline.first, baseline_last or baseline.last)
    here = figures.zone()
    with reading(engine) as session:
        return HandoverFigures(
            period=handover_figures.figures(session, period, here),
            baseline=handover_figures.figures(session, baseline, here),
        )


def _period(first: date, last: date) -> Days:
    days = Days(first, last)
    if not 0 < len(days) <= LONGEST:
        raise invalid("figures.period", first=first.isoformat(), last=last.isoformat(), most=LONGEST)
    return days


def _limits(lost: Decimal, kept: Decimal, grown: Decimal) -> Thresholds:
    try:
        return Thresholds(lost, kept, grown)
    except ValueError as error:
        raise invalid("figures.thresholds") from error


def _departed(session: Session, caller: Caller, mine: Within, case_id: str) -> Departed:
    """The case, if its leaver is within reach and somebody else. Raises Refusal."""
    view = session.get(CaseView, case_id)
    if view is None or not reached(session, mine, view.employee_id):
        raise not_found("case.unknown")
    if view.employee_id == caller.employee_id:
        raise forbidden("figures.not_of_oneself")
    return after.departed(view)
