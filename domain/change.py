"""What a rule returns: the new case, the facts to be remembered, and whom to tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.case import Case

FactValue = str | int | bool | tuple[str, ...] | None


@dataclass(frozen=True)
class Fact:
    """Something that happened: past tense, at an instant, by somebody (empty: by the system itself)."""

    kind: str
    at: datetime
    by: str = ""
    data: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Notification:
    """Tell these accounts. `kind` names the text, `subjects` what it is about; delivery is a courtesy, never a gate."""

    kind: str
    to: tuple[str, ...]
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    case: Case
    facts: tuple[Fact, ...] = ()
    notifications: tuple[Notification, ...] = ()

    def then(self, other: "Change") -> "Change":
        """This change followed by `other`, which started from this one's case."""
        return Change(other.case, self.facts + other.facts, self.notifications + other.notifications)


Rule = Callable[[Case, datetime], Change]
"""What happens to a case at an instant. It reads nothing else, and it may refuse (domain.errors.Refusal)."""
