"""The memory of a running case: its present state, and the one line in which everything that changes it waits.

What the case does by itself (`apply`) and what people decide (`decide`) is carried out one by one, in the order in
which it came: first written, then so. While a write is under way nothing moves. Only thus does a history tell the same
case however often it is lived again: a local activity may end in a later workflow task than it began in, and what
arrives around its end may be seen before it, with it or after it, now and when the history is replayed. Four rules
follow, for everything in this folder:

* What comes from outside (a result, a timer, a message) is handed in here before anything else is done with it. What
  the case looks like at that moment decides nothing: that is for the rule, when its turn comes.
* What follows from a change is part of it (`domain.process`), or a command; it is never handed in.
* Conditions look only at `case`, at `at` and at what else changes in turn, never at the clock.
* Whoever gives a command (an activity, a timer) does so after a turn of its own.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from temporalio import workflow

from domain import closing
from domain.case import Case
from domain.change import Change, Fact, Rule
from domain.errors import Refusal
from models.messages import NumberedFact, Proof, RecordOutcome
from workflows.pen import Draft, Pen

_REACH = 4
"""What follows from a change has been done after so many rounds of conditions; two is the most it takes now."""


@dataclass(frozen=True)
class Done:
    """What became of a step: the kinds of the facts it made."""

    version: int
    facts: tuple[str, ...]


@dataclass
class _Step:
    """One thing to be carried out; with a proof it is a person's decision."""

    rule: Rule
    proof: Proof | None = None
    remembered: Callable[[Exception], Rule] | None = None
    """What the case remembers if the answer is no; else nothing."""
    waiting: asyncio.Future[Done] | None = None
    verdict: Exception | None = None
    """The answer is no, whatever becomes of the rule."""
    problem: Exception | None = None

    def carry_out(self, draft: Draft) -> None:
        self.problem = self.verdict
        try:
            draft.take(self.rule)
        except Exception as problem:
            if self.waiting is None:
                raise
            self.problem = problem
        if self.problem is not None and self.remembered is not None:
            draft.take(self.remembered(self.problem))

    def refused(self, outcome: RecordOutcome) -> "_Step":
        """What comes in its place if the ledger would not write it: that is remembered."""
        action = self.proof.action if self.proof else ""
        rule = remember("DecisionRefused", action=action, because=outcome.refusal)
        verdict = Refusal(outcome.refusal_kind, outcome.refusal, **outcome.params)
        return _Step(rule, None, self.remembered, self.waiting, verdict=verdict)

    def answer(self, done: Done) -> None:
        if self.waiting is None or self.waiting.done():
            return
        if self.problem is not None:
            self.waiting.set_exception(self.problem)
        else:
            self.waiting.set_result(done)


class Journal:
    def __init__(self, case: Case, version: int = 0, facts: Sequence[NumberedFact] = ()) -> None:
        self.case = case
        self.at = workflow.now()
        """The instant as of which `case` is true."""
        self._pen = Pen(version, facts)
        self._line: deque[_Step] = deque()
        self._busy = False

    @property
    def version(self) -> int:
        """Grows with every write."""
        return self._pen.version

    @property
    def facts(self) -> list[NumberedFact]:
        """Every fact that is written, in order."""
        return self._pen.facts

    @property
    def idle(self) -> bool:
        """True if nothing waits, and everything is written."""
        return not self._line and not self._busy

    def check(self, rule: Rule) -> None:
        """Raises Refusal if the rule would refuse now. Changes nothing."""
        rule(self.case, workflow.now())

    def hand_in(self, rule: Rule) -> None:
        """As `apply`, for whoever can't wait. The rule must not refuse."""
        self._line.append(_Step(rule))

    async def apply(self, rule: Rule) -> None:
        """Changes the case by itself, and returns when that is so; a rule that changes nothing is not written.

        Raises what the rule raises. While the database is away it is so at once, and written later.
        """
        await self._in_turn(_Step(rule))

    async def turn(self) -> None:
        """Returns when everything that came before is carried out, and what is due by now."""
        await self.apply(lambda case, now: Change(case))

    async def decide(self, rule: Rule, proof: Proof, *, remembered: Callable[[Exception], Rule] | None = None) -> Done:
        """Carries out a person's decision if its proof holds, and the ledger has nothing against it.

        Raises Refusal if a rule or the ledger says no, and what else the rule raises; nothing is changed then.
        `remembered` says which fact that leaves; a bad proof leaves one in any case.
        """
        return await self._in_turn(_Step(rule, proof, remembered))

    async def keep(self) -> None:
        """Never returns: carries out whatever is handed in."""
        while True:
            await workflow.wait_condition(lambda: bool(self._line))
            self._busy = True
            for _ in range(_REACH):
                await workflow.wait_condition(lambda: True)
            await self._carry_out(self._line.popleft())
            self._busy = False

    async def _in_turn(self, step: _Step) -> Done:
        step.waiting = asyncio.get_running_loop().create_future()
        self._line.append(step)
        return await step.waiting

    async def _carry_out(self, step: _Step) -> None:
        draft = self._draft(step, workflow.now())
        if not draft.changes(self.case):
            self._becomes(draft, step)
            return
        outcome = await self._pen.try_to_write(draft, None if step.problem else step.proof)
        if outcome is None:
            self._line.appendleft(step)
            await self._outlast_outage()
        elif outcome.refusal:
            self._line.appendleft(step.refused(outcome))
        else:
            if outcome.at not in (None, draft.at):  # a replay may know another time than the one that was written
                draft = self._draft(step, outcome.at)
            self._written(draft, outcome)
            self._becomes(draft, step)

    def _draft(self, step: _Step, now: datetime) -> Draft:
        draft = Draft(self.case, now)
        step.carry_out(draft)
        return draft

    def _becomes(self, draft: Draft, *steps: _Step) -> None:
        self.case, self.at = draft.case, draft.at
        done = Done(self.version, tuple(fact.kind for fact in draft.facts))
        for step in steps:
            step.answer(done)

    def _written(self, draft: Draft, outcome: RecordOutcome) -> None:
        self._pen.written(draft.facts)
        if gone := outcome.unreachable:
            self._line.appendleft(_Step(lambda case, now: closing.people_left(case, gone, now)))

    async def _outlast_outage(self) -> None:
        """The database is away: what the case does by itself goes on, and is written when it is back; people wait."""
        owed = self._let_happen(Draft(self.case, self.at))
        while True:
            writing, sent = asyncio.create_task(self._pen.write(owed)), owed
            owed = await self._go_on_until(writing.done)
            self._written(sent, writing.result())
            if not owed.changes(sent.case):
                return

    async def _go_on_until(self, over: Callable[[], bool]) -> Draft:
        """What happened by itself meanwhile, for the next write."""
        draft = Draft(self.case, self.at)
        while not over():
            await workflow.wait_condition(lambda: over() or self._changes_wait())
            self._let_happen(draft)
        return draft

    def _changes_wait(self) -> bool:
        return any(step.proof is None for step in self._line)

    def _let_happen(self, draft: Draft) -> Draft:
        """Carries out at once, on the draft, whatever waits and is nobody's decision."""
        steps = [step for step in self._line if step.proof is None]
        self._line = deque(step for step in self._line if step.proof is not None)
        draft.at = workflow.now()
        for step in steps:
            step.carry_out(draft)
        self._becomes(draft, *steps)
        return draft


def remember(kind: str, **data: str) -> Rule:
    """A rule that changes nothing, and leaves this fact."""
    return lambda case, now: Change(case, (Fact(kind, now, data=data),))
