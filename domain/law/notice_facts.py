"""What is known when a notice arrives, and what some endings cannot begin without."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.errors import invalid
from domain.law.answers import LegalAnswer
from domain.law.endings import Ending, Relation

Road = tuple[date, tuple[LegalAnswer, ...]]
"""The earliest last day, and what the law says of it."""


class Channel(StrEnum):
    """How the notice reached the company."""

    SYSTEM = "system"
    EMAIL = "email"
    CHAT = "chat"
    PAPER = "paper"
    ORAL = "oral"


class Intent(StrEnum):
    """What a letter is meant to be (NOT-10)."""

    NOTICE = "notice"
    OFFER = "offer"
    """To part by agreement."""


@dataclass(frozen=True)
class NoticeFacts:
    """What is known when a notice arrives."""

    arrived_at: datetime
    ending: Ending = Ending.RESIGNATION
    relation: Relation = Relation.FULL_TIME
    probation_until: date | None = None
    wished_last_day: date | None = None
    grounds: tuple[str, ...] = ()
    """Of art. 38, by the keys of NOT-03."""
    initiator: str = ""
    """`employee` or `employer`: who proposed to part (mutual)."""
    agreement: str = ""
    """Where the signed agreement to part is filed (mutual)."""
    agreed_notice_days: int = 0
    """A notice longer than the law's that the contract asks of this person; 0: none."""
    keeps_secrets: bool = False
    """The person holds a post of secrecy, with a secrecy agreement."""
    contract_until: date | None = None
    hired_on: date | None = None
    """First day of service; not known: the longest, where it decides."""
    intent: Intent = Intent.NOTICE
    written: bool = True
    """False: it was only spoken."""
    text: str = ""
    """What the notice says."""
    not_fault_because: str = ""
    """Why its words do not mean the employer's fault, if they sound like it: HR answers for that."""


def agreed_day(facts: NoticeFacts, initiators: tuple[str, ...]) -> str:
    """The day that both sides agreed on, and where. Raises Refusal."""
    if not facts.agreement or facts.initiator not in initiators:
        raise invalid("notice.agreement_needed")
    if facts.wished_last_day is None:
        raise invalid("notice.agreed_day_needed")
    return f"{facts.wished_last_day} ({facts.agreement}, {facts.initiator})"


def contract_end(facts: NoticeFacts, arrived_on: date) -> date:
    """The day on which the contract runs out. Raises Refusal."""
    if facts.contract_until is None or facts.contract_until < arrived_on:
        raise invalid("notice.contract_end_needed")
    return facts.contract_until
