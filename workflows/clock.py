"""The one timer of a case. It waits for the earliest thing due, and wakes sooner when something nearer comes up.

When the due instant moves away, the timer is left to run out and is set anew then: a decision costs no timer events.
"""

from datetime import datetime

from temporalio import workflow

from domain import agenda
from workflows.journal import Journal


class Clock:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def run(self) -> None:
        """Never returns: does whatever is due, at its exact instant."""
        while True:
            await self._until_something_is_due()
            case, now = self._journal.case, workflow.now()
            if agenda.advance(case, now).facts:
                self._journal.apply(agenda.advance)

    async def _until_something_is_due(self) -> None:
        await workflow.wait_condition(lambda: self._next() is not None)
        due = self._next()
        now = workflow.now()
        if due is None or due <= now:
            return
        try:
            await workflow.wait_condition(
                lambda: self._sooner_than(due), timeout=due - now, timeout_summary=f"next: {due:%Y-%m-%d %H:%M %Z}"
            )
        except TimeoutError:
            return

    def _next(self) -> datetime | None:
        return agenda.next_due(self._journal.case, workflow.now())

    def _sooner_than(self, armed: datetime) -> bool:
        due = self._next()
        return due is not None and due < armed
