"""Writes a case down: its whole state with the new facts, by a local activity, which costs one history event.

If that fails, the same is tried by an ordinary activity for a moment; if that fails too, the database is away. A fact's
number is given when it is written, so the ledger can tell a repeated write from a new one (models/facts.py).
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.casework import CaseActivities
from domain import process
from domain.case import Case
from domain.change import Fact, Notification, Rule
from domain.retention import ERASED
from models.messages import NumberedFact, Proof, RecordOutcome, RecordRequest
from workflows import options


@dataclass
class Draft:
    """What is to be written: a case as of an instant, with the facts and the messages that led there."""

    case: Case
    at: datetime
    facts: list[Fact] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)

    def take(self, rule: Rule) -> None:
        """Carries the rule out on the draft. Raises what the rule raises; then the draft is as it was."""
        change = process.carry_out(rule, self.case, self.at)
        self.case = change.case
        self.facts += change.facts
        self.notifications += change.notifications

    def changes(self, case: Case) -> bool:
        return bool(self.facts or self.notifications) or self.case != case


class Pen:
    def __init__(self, version: int, facts: Sequence[NumberedFact]) -> None:
        self.version = version
        """Of the last write that was begun."""
        self.facts = list(facts)
        """Every fact that is written, in order."""

    def forget(self, erased: Callable[[str], bool]) -> bool:
        """Facts whose kind is `erased` lose their content, as in the database; True if there was any to lose."""
        before = self.facts
        self.facts = [
            fact.model_copy(update={"by": "", "data": dict(ERASED)}) if erased(fact.kind) else fact for fact in before
        ]
        return self.facts != before

    async def try_to_write(self, draft: Draft, proof: Proof | None) -> RecordOutcome | None:
        """None if the database is away. An answer that was lost on its way is asked for again: nothing is doubled."""
        request = self._request(draft, proof)
        with suppress(FailureError):  # a local activity's own failure comes bare, not as an ActivityError
            return await workflow.execute_local_activity_method(
                CaseActivities.record,
                request,
                start_to_close_timeout=options.LOCAL_RECORD,
                retry_policy=options.ONCE,
                summary="write case and facts",
            )
        with suppress(FailureError):
            return await workflow.execute_activity_method(
                CaseActivities.record,
                request,
                schedule_to_close_timeout=options.SECOND_TRY,
                start_to_close_timeout=options.LIGHT_STEP,
                retry_policy=options.UNTIL_DONE,
                summary="write case and facts, again",
            )
        return None

    async def write(self, draft: Draft) -> RecordOutcome:
        """Returns when the database is back and the draft is written."""
        return await workflow.execute_activity_method(
            CaseActivities.record,
            self._request(draft, None),
            start_to_close_timeout=options.LIGHT_STEP,
            retry_policy=options.UNTIL_DONE,
            summary="write case and facts (the database was away)",
        )

    def written(self, facts: Sequence[Fact]) -> None:
        """These facts are in the ledger for good."""
        self.facts += self._numbered(facts)

    def _request(self, draft: Draft, proof: Proof | None) -> RecordRequest:
        self.version += 1
        return RecordRequest(
            case=draft.case,
            version=self.version,
            now=draft.at,
            facts=tuple(self._numbered(draft.facts)),
            confirmed=tuple(self.facts[-options.CONFIRMED_FACTS :]),
            notifications=tuple(draft.notifications),
            proof=proof,
        )

    def _numbered(self, facts: Sequence[Fact]) -> list[NumberedFact]:
        return [
            NumberedFact(number=number, kind=fact.kind, at=fact.at, by=fact.by, data=dict(fact.data))
            for number, fact in enumerate(facts, len(self.facts) + 1)
        ]
