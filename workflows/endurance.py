"""A case can't be cancelled from the Temporal CLI or UI: its leaver would stay frozen with nobody to look after it.

A resignation is withdrawn, by those whose decision that is. (Termination can't be intercepted.)
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

from workflows.decisions import HasJournal
from workflows.journal import remember

R = TypeVar("R")


def outlives_cancellation(run: Callable[..., Awaitable[R]]) -> Callable[..., Coroutine[Any, Any, R]]:
    """Makes a workflow's `run` go on when it is asked to cancel; the request leaves a fact."""

    @wraps(run)
    async def shielded(self: HasJournal, *args: Any) -> R:
        process = asyncio.ensure_future(run(self, *args))
        while True:
            try:
                return await asyncio.shield(process)
            except asyncio.CancelledError:
                if process.done():
                    raise
                self.journal.hand_in(remember("CancellationIgnored"))

    return shielded
