"""What a legal rule is: its statute, from when to when it holds, its figures, and what the software does about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.people import Text

Value = int | Decimal | str | bool | tuple[int | Decimal | str, ...]


class Action(StrEnum):
    """What the software does when the rule speaks against something."""

    BLOCK = "block"
    """It is refused."""
    WARN = "warn"
    """It goes on after a person has seen the risk."""
    RECORD = "record"
    """It goes on, and leaves evidence."""


class Confidence(StrEnum):
    """How sure the law is. What courts judge differently, and what nobody has checked, never blocks."""

    STATUTE = "statute"
    INTERPRETATION = "interpretation"
    GUIDELINE = "guideline"
    CASE_SPLIT = "case_split"
    UNVERIFIED = "unverified"


class Anchor(StrEnum):
    """The event whose day decides which version of a rule holds."""

    ARRIVAL = "arrival"
    """The notice arrives."""
    LAST_DAY = "last_day"
    """The employment ends."""
    ACT = "act"
    """What is judged was done."""


@dataclass(frozen=True)
class LegalRule:
    """One rule in one version. `params` are typed by `domain.law.parameters`."""

    id: str
    cite: Text
    quote_zh: str
    says: Text
    """What the law demands, for a person who has to act on it."""
    does: Text
    """What the software does about it."""
    effective_from: date
    effective_to: date | None
    anchor: Anchor
    action: Action
    confidence: Confidence
    reviewed_by: str = ""
    reviewed_at: date | None = None
    params: Mapping[str, Value] = field(default_factory=dict)

    def holds_on(self, day: date) -> bool:
        """True from its first to its last day, both included."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    def number(self, name: str) -> int:
        """A whole number. Raises KeyError or TypeError if the rule has no such one."""
        value = self.params[name]
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{self.id}: {name} is no whole number")
        return value

    def decimal(self, name: str) -> Decimal:
        """An exact fraction. Raises KeyError or TypeError if the rule has no such one."""
        value = self.params[name]
        if not isinstance(value, Decimal):
            raise TypeError(f"{self.id}: {name} is no decimal")
        return value

    def numbers(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers. Raises KeyError or TypeError if the rule has no such one."""
        value = self.params[name]
        if not isinstance(value, tuple):
            raise TypeError(f"{self.id}: {name} is no list")
        return tuple(int(part) for part in value)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of words. Raises KeyError or TypeError if the rule has no such one."""
        value = self.params[name]
        if not isinstance(value, tuple):
            raise TypeError(f"{self.id}: {name} is no list")
        return tuple(str(part) for part in value)

    def word(self, name: str) -> str:
        """One word. Raises KeyError or TypeError if the rule has no such one."""
        value = self.params[name]
        if not isinstance(value, str):
            raise TypeError(f"{self.id}: {name} is no word")
        return value


@dataclass(frozen=True)
class Override:
    """An operator lets a rule block that no lawyer has signed off: who, and why."""

    by: str
    reason: str

    def __post_init__(self) -> None:
        """Raises ValueError if nobody stands by it or no reason is given."""
        if not self.by.strip() or not self.reason.strip():
            raise ValueError("an override names a person and a reason")


@dataclass(frozen=True)
class Review:
    """How much an installation trusts rules. In production a rule that no lawyer has signed off only warns."""

    production: bool = False
    overrides: Mapping[str, Override] = field(default_factory=dict)

    def action_of(self, rule: LegalRule) -> Action:
        """What the software really does about the rule here."""
        if rule.action is not Action.BLOCK:
            return rule.action
        if rule.confidence in (Confidence.CASE_SPLIT, Confidence.UNVERIFIED):
            return Action.WARN
        trusted = rule.reviewed_by or rule.id in self.overrides or not self.production
        return Action.BLOCK if trusted else Action.WARN
