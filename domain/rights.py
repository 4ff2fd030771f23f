"""What the leaver may do in which system, as plain data: access, freeze, temporary grants. No rules."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.law.freeze import Scope


class Operation(StrEnum):
    """What a connected system was last told to do with the leaver's rights."""

    NONE = "none"
    FREEZE = "freeze"
    GRANT = "grant"
    REVOKE = "revoke"
    RESTORE = "restore"
    CLOSE = "close"


@dataclass(frozen=True)
class SystemAccess:
    """The leaver's rights in one connected system: held before the case, wanted now, and last read back."""

    system: str
    held: tuple[str, ...]
    frozen: tuple[str, ...]
    """The part of `held` that the full freeze takes away."""
    desired: tuple[str, ...]
    operation: Operation = Operation.NONE
    revision: int = 0
    """Grows with every change of `desired`; the idempotency key of an effect is made of it."""
    verified_revision: int = 0
    observed: tuple[str, ...] | None = None
    """What the system itself said at the last read back; None before the first."""
    wanted_since: datetime | None = None
    failing_since: datetime | None = None
    last_problem: str = ""
    limited: tuple[str, ...] = ()
    """The part of `frozen` that is taken away also where the freeze has no basis."""

    @property
    def verified(self) -> bool:
        return self.revision == self.verified_revision


@dataclass(frozen=True)
class Freeze:
    """How far the freeze goes now, and what it rests on."""

    scope: Scope = Scope.FULL
    basis: str = ""
    waits_for_counsel: bool = False


class GrantStatus(StrEnum):
    REQUESTED = "requested"
    REFUSED = "refused"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"
    """Ended by the case itself: last day, withdrawal."""


@dataclass(frozen=True)
class Grant:
    """A temporary, scoped exception from the freeze. `hours` is what was asked for; `expires_at` what was given."""

    id: str
    system: str
    rights: tuple[str, ...]
    reason: str
    hours: int
    requested_by: str
    requested_at: datetime
    status: GrantStatus = GrantStatus.REQUESTED
    decided_by: str = ""
    decision_reason: str = ""
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    warn_at: datetime | None = None
    ended_at: datetime | None = None
    remind_at: datetime | None = None
    reminders: int = 0
