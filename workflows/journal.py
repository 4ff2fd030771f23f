"""The memory of a running case: its present state, and the pen that writes state, facts and notices down.

Two ways to change a case. `apply`: what the case does by itself takes effect at once and is written when the database
can (`keep_written`). `decide`: what a person decides takes effect only after the ledger has checked the proof and
written it. One write at a time, in order; a fact's number is given when it is written, so the ledger can tell a
repeated write from a new one (see models/facts.py).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from activities.casework import CaseActivities
from domain import access
from domain.case import Case
from domain.change import Change, Fact, Notification
from domain.errors import Refusal, forbidden
from models.messages import NumberedFact, Proof, RecordOutcome, RecordRequest
from workflows import options

Rule = Callable[[Case, datetime], Change]


class Journal:
    def __init__(self, case: Case, version: int = 0, facts: Sequence[NumberedFact] = ()) -> None:
        self.case = case
        self.version = version
        self.facts = list(facts)
        self.on_unreachable: Callable[[tuple[str, ...]], None] = lambda accounts: None
        self._unwritten: list[Fact] = []
        self._untold: list[Notification] = []
        self._changes = 0
        self._written_changes = 0
        self._pen = asyncio.Lock()

    @property
    def written(self) -> bool:
        """True if everything applied so far is written."""
        return self._written_changes == self._changes

    def check(self, rule: Rule) -> None:
        """Raises Refusal if the rule would refuse now. Changes nothing."""
        rule(self.case, workflow.now())

    def apply(self, rule: Rule) -> None:
        """Changes the case at once; `write` puts it on paper."""
        now = workflow.now()
        change = rule(self.case, now)
        self.case = access.settle(change.case, now)
        self._unwritten.extend(change.facts)
        self._untold.extend(change.notifications)
        self._changes += 1

    def note(self, fact: Fact) -> None:
        """Remembers a fact that changes nothing."""
        self._unwritten.append(fact)
        self._changes += 1

    async def keep_written(self) -> None:
        """Never returns: writes whatever was applied. Nobody who applies has to wait for the database."""
        while True:
            await workflow.wait_condition(lambda: not self.written)
            await self.write()

    async def write(self) -> None:
        """Returns when everything applied so far is written; many changes share one write."""
        target = self._changes
        while self._written_changes < target:
            async with self._pen:
                if self._written_changes < target:
                    await self._write_pending()

    async def decide(self, rule: Rule, proof: Proof) -> tuple[str, ...]:
        """Carries out a person's decision if its proof holds; returns the kinds of the facts it made.

        Raises Refusal if a rule or the proof's check says no; a bad proof changes nothing and leaves a fact.
        """
        async with self._pen:
            if self._unwritten:
                await self._write_pending()
            seen = self._changes
            now = workflow.now()
            change = rule(self.case, now)
            settled = access.settle(change.case, now)
            facts = self._numbered(change.facts)
            outcome = await self._record(settled, facts, change.notifications, proof)
            if not outcome.refusal:
                self.facts.extend(facts)
                if self._changes == seen:
                    self.case = settled
                else:
                    self._take_over(rule, change)
        if outcome.refusal:
            self.note(_refused(proof.action, outcome.refusal, workflow.now()))
            await self.write()
            raise forbidden(outcome.refusal)
        if outcome.unreachable:
            self.on_unreachable(outcome.unreachable)
        return tuple(fact.kind for fact in facts)

    def _take_over(self, rule: Rule, decided: Change) -> None:
        """The case changed by itself while the proof was checked: the decision is taken to the case as it is now."""
        try:
            again = rule(self.case, workflow.now())
        except Refusal as refusal:
            self.note(Fact("DecisionOvertaken", workflow.now(), data={"because": refusal.code}))
            raise
        self.case = access.settle(again.case, workflow.now())
        self._unwritten.extend(fact for fact in again.facts if fact.kind not in {f.kind for f in decided.facts})
        self._changes += 1

    async def _write_pending(self) -> None:
        facts, notes, upto = self._unwritten, self._untold, self._changes
        self._unwritten, self._untold = [], []
        numbered = self._numbered(facts)
        outcome = await self._record(self.case, numbered, notes, None)
        self.facts.extend(numbered)
        self._written_changes = upto
        if outcome.unreachable:
            self.on_unreachable(outcome.unreachable)

    async def _record(
        self, case: Case, facts: list[NumberedFact], notes: Sequence[Notification], proof: Proof | None
    ) -> RecordOutcome:
        """A local activity first (one history event); if the database is away, an ordinary one that never gives up."""
        self.version += 1
        request = RecordRequest(
            case=case,
            version=self.version,
            now=workflow.now(),
            facts=tuple(facts),
            confirmed=tuple(self.facts[-options.CONFIRMED_FACTS :]),
            notifications=tuple(notes),
            proof=proof,
        )
        try:
            return await workflow.execute_local_activity_method(
                CaseActivities.record,
                request,
                start_to_close_timeout=options.LOCAL_RECORD,
                retry_policy=options.ONCE,
                summary="write case and facts",
            )
        except FailureError as error:  # a local activity's own failure comes bare, not as an ActivityError
            if is_cancelled_exception(error):
                raise
            return await workflow.execute_activity_method(
                CaseActivities.record,
                request,
                start_to_close_timeout=options.LIGHT_STEP,
                retry_policy=options.UNTIL_DONE,
                summary="write case and facts (the database was away)",
            )

    def _numbered(self, facts: Sequence[Fact]) -> list[NumberedFact]:
        first = len(self.facts) + 1
        return [
            NumberedFact(number=number, kind=fact.kind, at=fact.at, by=fact.by, data=dict(fact.data))
            for number, fact in enumerate(facts, first)
        ]


def _refused(action: str, code: str, now: datetime) -> Fact:
    return Fact("DecisionRefused", now, data={"action": action, "because": code})
