"""Stand-ins for what is outside a case and may fail: connected systems and the database, each behaving as told."""

import threading
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from enum import StrEnum

from activities.failures import Permanent, TryAgain
from activities.ports import Ledger
from models.messages import AccessOrder, RecordOutcome, RecordRequest

PATIENCE = 30.0
"""Seconds after which a slow system answers even if no test ever told it to."""


class Mood(StrEnum):
    HEALTHY = "healthy"
    DOWN = "down"
    """Every call fails; trying again is right."""
    LYING = "lying"
    """Says that it did as told, does nothing, and shows the truth when it is read back."""
    SLOW = "slow"
    """Does nothing until the test says so."""
    REFUSING = "refusing"
    """Says for good that it won't; the SDK does not retry that."""


class ScriptedSystem:
    """One connected system that remembers the rights that its one person had, one after another."""

    def __init__(self, name: str, rights: Iterable[str]) -> None:
        self.name = name
        self.mood = Mood.HEALTHY
        self.retry_after: timedelta | None = None
        """How long it asks to be left in peace when it is down; else the retry rule decides."""
        self.rights = tuple(sorted(rights))
        self.shown: list[tuple[str, ...]] = [self.rights]
        """Every state of the rights that this system went through, the oldest first."""
        self.carried_out: list[str] = []
        """Keys of the orders carried out."""
        self.calls: list[str] = []
        self.entered = threading.Event()
        """Set while a slow call waits."""
        self._go_on = threading.Event()

    def go_on(self) -> None:
        """Lets a slow system answer, now and from now on."""
        self.mood = Mood.HEALTHY
        self._go_on.set()

    def freeze(self, order: AccessOrder) -> None:
        self._act("freeze", order)

    def grant(self, order: AccessOrder) -> None:
        self._act("grant", order)

    def revoke(self, order: AccessOrder) -> None:
        self._act("revoke", order)

    def restore(self, order: AccessOrder) -> None:
        self._act("restore", order)

    def read_back(self, order: AccessOrder) -> tuple[str, ...]:
        if self.mood is Mood.DOWN:
            raise TryAgain(f"{self.name} is down", after=self.retry_after)
        return self.rights

    def _act(self, call: str, order: AccessOrder) -> None:
        self.calls.append(call)
        if self.mood is Mood.DOWN:
            raise TryAgain(f"{self.name} is down", after=self.retry_after)
        if self.mood is Mood.REFUSING:
            raise Permanent(f"{self.name} refuses")
        if self.mood is Mood.SLOW:
            self.entered.set()
            self._go_on.wait(PATIENCE)
            self.entered.clear()
        if self.mood is Mood.LYING or order.key in self.carried_out:
            return
        self.carried_out.append(order.key)
        self.rights = tuple(sorted(order.desired))
        self.shown.append(self.rights)


class ScriptedSystems:
    """Fulfils the port `Connectors`."""

    def __init__(self, systems: Iterable[ScriptedSystem]) -> None:
        self._systems = {system.name: system for system in systems}

    def of(self, system: str) -> ScriptedSystem:
        return self._systems[system]

    def __iter__(self) -> Iterator[ScriptedSystem]:
        return iter(self._systems.values())


class LedgerThatMayBeAway:
    """Fulfils the port `Ledger`: the real one, unless the database or the way back from it fails."""

    def __init__(self, real: Ledger) -> None:
        self.away = False
        self.answers_to_lose = 0
        """So many writes are carried out, and the worker never hears of it."""
        self.pace = 0.0
        """Seconds that each write takes at least."""
        self.entered = threading.Event()
        """Set as soon as a write has begun."""
        self._real = real

    def record(self, request: RecordRequest) -> RecordOutcome:
        if self.away:
            raise TryAgain("the database is away")
        self.entered.set()
        time.sleep(self.pace)
        outcome = self._real.record(request)
        if self.answers_to_lose:
            self.answers_to_lose -= 1
            raise TryAgain("the connection broke")
        return outcome
