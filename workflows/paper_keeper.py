"""Issues the papers that a departure owes people: each once, as soon as it is due, tried without end (CRT-01)."""

import asyncio
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.casework import CaseActivities
from domain import deductions, papers
from domain.case import Case, PaperKind
from domain.change import Rule
from models.messages import IssuedPaper, PaperOrder
from workflows import options
from workflows.failure import Failure
from workflows.journal import Journal


class PaperKeeper:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def run(self) -> None:
        """Never returns. Each kind on its own: one that can't be made holds none of the others up."""
        await asyncio.gather(*(self._keep(kind) for kind in PaperKind))

    async def _keep(self, kind: PaperKind) -> None:
        while True:
            await workflow.wait_condition(lambda: kind in papers.due(self._journal.case))
            await self._issue(kind)

    async def _issue(self, kind: PaperKind) -> None:
        """In rounds, as long as the paper is due; after each one in vain HR is alarmed."""
        plan = options.FIRST_ROUND
        while kind in papers.due(self._journal.case):
            order = _order(self._journal.case, kind, self._journal.at)
            try:
                made = await self._make(order, plan)
            except ActivityError as error:
                await self._journal.apply(_missing(kind, Failure.of(error, plan).problem))
                plan = options.HOURLY_ROUND if kind is PaperKind.CERTIFICATE else options.LATER_ROUND
            else:
                await self._journal.apply(_issued(order, made))

    async def _make(self, order: PaperOrder, plan: options.Round) -> IssuedPaper:
        return await workflow.execute_activity_method(
            CaseActivities.issue_paper,
            order,
            schedule_to_close_timeout=plan.lasts,
            start_to_close_timeout=options.LIGHT_STEP,
            retry_policy=plan.retry,
            summary=f"issue the {order.kind.value.replace('_', ' ')}",
        )


def _order(case: Case, kind: PaperKind, now: datetime) -> PaperOrder:
    """What this paper is to be made of, beside the company's records."""
    about: dict[str, Any] = {}
    wanted = deductions.unnotified(case)
    if kind is PaperKind.FREEZE_AGREEMENT:
        about = {"frozen": _frozen(case)}
    elif kind is PaperKind.SETTLEMENT_STATEMENT:
        about = {"book": case.agreed.book, "payments": case.payments, "deductions": deductions.decided(case)}
    elif kind is PaperKind.DEDUCTION_NOTICE and wanted is not None:
        until = deductions.reply_day(case, now)
        about = {"book": case.agreed.book, "deductions": (wanted,), "reply_until": until}
    return PaperOrder(
        case_id=case.case_id, employee_id=case.employee_id, kind=kind, last_day=case.final_day, now=now, **about
    )


def _frozen(case: Case) -> tuple[tuple[str, str], ...]:
    return tuple((system.system, right) for system in case.systems for right in system.frozen)


def _issued(order: PaperOrder, made: IssuedPaper) -> Rule:
    notice = papers.Notice(order.deductions[0].id, order.reply_until) if order.reply_until else None
    return lambda case, now: papers.issued(case, order.kind, made.document_id, made.sha256, now, notice)


def _missing(kind: PaperKind, problem: str) -> Rule:
    return lambda case, now: papers.missing(case, kind, problem, now)
