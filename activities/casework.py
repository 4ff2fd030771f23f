"""The light steps of a case: plan, record, people, document, portfolio. Thin: each hands one message to one port."""

from collections.abc import Callable
from typing import Any

from activities.ports import Files, Ledger, Papers, People, Planner, Portfolios, SigningDesk
from activities.steps import step
from models.messages import (
    ErasedFile,
    EraseOrder,
    IssuedPaper,
    MadePlan,
    PaperOrder,
    PortfolioCounts,
    PortfolioOrder,
    PresentedRecord,
    RecordDraft,
    RecordOutcome,
    RecordRequest,
    SealedRecord,
    SealOrder,
    StartCase,
)


class CaseActivities:
    def __init__(
        self,
        planner: Planner,
        ledger: Ledger,
        people: People,
        signing: SigningDesk,
        papers: Papers,
        files: Files,
        portfolios: Portfolios,
    ) -> None:
        self._planner = planner
        self._ledger = ledger
        self._people = people
        self._signing = signing
        self._papers = papers
        self._files = files
        self._portfolios = portfolios

    def all(self) -> list[Callable[..., Any]]:
        """Everything that a worker of the queue `wanbi` has to offer."""
        return [
            self.make_plan,
            self.record,
            self.closed_accounts,
            self.present_record,
            self.seal_record,
            self.issue_paper,
            self.erase_file,
            self.take_portfolio,
            self.count_portfolio,
            self.return_portfolio,
        ]

    @step
    def make_plan(self, start: StartCase) -> MadePlan:
        """Looks up template, approvers, systems, calendar and law, once."""
        return MadePlan(plan=self._planner.plan(start))

    @step
    def record(self, request: RecordRequest) -> RecordOutcome:
        """Writes read model, facts and notifications in one transaction, after checking the decision's proof."""
        return self._ledger.record(request).model_copy(update={"at": request.now})

    @step
    def closed_accounts(self, accounts: tuple[str, ...]) -> tuple[str, ...]:
        """Which of these accounts can't decide any more."""
        return self._people.closed(accounts)

    @step
    def present_record(self, draft: RecordDraft) -> PresentedRecord:
        """Makes the handover record's document; the same draft always makes the same document."""
        return self._signing.present(draft)

    @step
    def seal_record(self, order: SealOrder) -> SealedRecord:
        """Closes the document with the company's seal; the same order always finds the same."""
        return self._signing.seal(order)

    @step
    def issue_paper(self, order: PaperOrder) -> IssuedPaper:
        """Makes a paper that the departure owes; the same order always makes the same paper."""
        return self._papers.issue(order)

    @step
    def erase_file(self, order: EraseOrder) -> ErasedFile:
        """Erases what need not be kept any longer (PIP-04); the same order always finds the same certificate."""
        return self._files.erase(order)

    @step
    def take_portfolio(self, order: PortfolioOrder) -> PortfolioCounts:
        """Writes down what the leaver holds, once; the same order always finds the same."""
        return self._portfolios.take(order)

    @step
    def count_portfolio(self, case_id: str) -> PortfolioCounts:
        """What is open of it now."""
        return self._portfolios.count(case_id)

    @step
    def return_portfolio(self, order: PortfolioOrder) -> PortfolioCounts:
        """Undo: makes all of it the leaver's again."""
        return self._portfolios.give_back(order)
