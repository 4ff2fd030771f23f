"""Keeps the case in step with the portfolio: takes it at notice, counts it when asked, gives it back if need be.

A word that something has changed makes it count sooner; it counts without any when the last day is over, and to close.
"""

from temporalio import workflow

from activities.casework import CaseActivities
from domain import closing, portfolio
from domain.change import Rule
from models.messages import PortfolioCounts, PortfolioOrder
from workflows import options
from workflows.journal import Journal


class PortfolioKeeper:
    def __init__(self, journal: Journal, *, carried_over: bool) -> None:
        self._journal = journal
        self._asked = int(carried_over)  # the run before may have ended with a word unheeded
        """How often somebody has said that something changed; grows in turn."""
        self._heeded = 0

    async def ask(self) -> None:
        """Something has changed: count anew."""
        await self._journal.turn()
        self._asked += 1

    async def run(self) -> None:
        """Never returns. One thing after the other: no count overtakes a later one."""
        while True:
            await workflow.wait_condition(self._something_due)
            if portfolio.wanted(self._journal.case):
                await self._take()
            elif portfolio.return_due(self._journal.case):
                await self._give_back()
            else:
                await self._count()

    def _something_due(self) -> bool:
        case = self._journal.case
        if portfolio.wanted(case) or portfolio.return_due(case):
            return True
        word = self._asked > self._heeded and portfolio.countable(case)
        return word or closing.count_due(case, self._journal.at)

    async def _take(self) -> None:
        found = await workflow.execute_activity_method(
            CaseActivities.take_portfolio,
            self._order(),
            start_to_close_timeout=options.BULK_STEP,
            retry_policy=options.UNTIL_DONE,
            summary="write down what is handed over by customer",
        )
        await self._journal.apply(_taken(found))

    async def _count(self) -> None:
        asked = self._asked
        found = await workflow.execute_activity_method(
            CaseActivities.count_portfolio,
            self._journal.case.case_id,
            start_to_close_timeout=options.LIGHT_STEP,
            retry_policy=options.UNTIL_DONE,
            summary="count what is open of the portfolio",
        )
        await self._journal.apply(_counted(found))
        self._heeded = asked

    async def _give_back(self) -> None:
        found = await workflow.execute_activity_method(
            CaseActivities.return_portfolio,
            self._order(),
            start_to_close_timeout=options.BULK_STEP,
            retry_policy=options.UNTIL_DONE,
            summary="give the portfolio back",
        )
        await self._journal.apply(_returned(found))

    def _order(self) -> PortfolioOrder:
        case = self._journal.case
        return PortfolioOrder(
            case_id=case.case_id,
            employee_id=case.employee_id,
            receiver=case.agreed.receiver,
            hr=case.agreed.hr,
            now=self._journal.at,
        )


def _taken(found: PortfolioCounts) -> Rule:
    return lambda case, now: portfolio.taken(case, found.counts, found.sha256, now)


def _counted(found: PortfolioCounts) -> Rule:
    return lambda case, now: portfolio.counted(case, found.counts, now)


def _returned(found: PortfolioCounts) -> Rule:
    return lambda case, now: portfolio.returned(case, found.counts, now)
