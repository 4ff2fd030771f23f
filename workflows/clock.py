"""The one timer of a case. It waits for the earliest thing due, and wakes sooner when something nearer comes up.

When the due instant moves away, the timer is left to run out and is set anew then: a decision costs no timer events.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow

from domain import agenda
from workflows.journal import Journal

_SHORTEST = timedelta(milliseconds=1)


class Clock:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def run(self) -> None:
        """Never returns: does whatever is due, at its exact instant."""
        while True:
            await self._until_something_is_due()
            await self._journal.turn()

    async def _until_something_is_due(self) -> None:
        await workflow.wait_condition(lambda: self._next() is not None)
        due = self._next()
        if due is None:
            return
        left = max(due - workflow.now(), _SHORTEST)
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._sooner_than(due), timeout=left, timeout_summary=f"next: {due:%Y-%m-%d %H:%M %Z}"
            )

    def _next(self) -> datetime | None:
        return agenda.next_due(self._journal.case, self._journal.at)

    def _sooner_than(self, armed: datetime) -> bool:
        due = self._next()
        return due is not None and due < armed
