"""A case and its clock, moved on in memory as `workflows` moves them: same rules, same order, no Temporal.

`Journal` is `apply` and `decide`, `Clock` is `wait_until` and `settle`, `RecordKeeper` is `present` and `seal`,
`PaperKeeper` is `issue_papers`. What is invariant is asserted on the way: no caller can forget it.
"""

from dataclasses import replace
from datetime import datetime

from domain import access, agenda, closing, opening, papers, process, sealing, signing
from domain.case import Case, PaperKind, Stage
from domain.change import Change, Rule
from domain.errors import Refusal
from domain.people import Actor
from domain.plan import Plan
from models import decision_bodies as d
from tests.domain import pay
from workflows.rules import rule_for

FEW_ROUNDS = 50


class World:
    """One case from its opening on. `now` is the only clock."""

    def __init__(self, plan: Plan, now: datetime) -> None:
        self.now = now
        self.last_turn = now
        self.gone: set[str] = set()
        """Accounts that are closed; whoever is told something and is in here can't be told."""
        self.case = Case("c1", "e1", now)
        self.told_by_record: tuple[object, ...] = ()
        """What the handover was when its record was presented."""
        self._documents = 0
        self.apply(lambda case, at: opening.open_case(case, plan, at))

    def apply(self, rule: Rule) -> Change:
        """What the case does by itself. Then everybody who could not be told is replaced, which has to end."""
        change = self._carry_out(rule)
        unreachable = self._unreachable(change)
        for _ in range(FEW_ROUNDS):
            if not unreachable:
                return change
            unreachable = self._unreachable(self._carry_out(_people_left(unreachable)))
        raise AssertionError(f"the case keeps asking people who have left: {unreachable}")

    def decide(self, by: Actor, body: d.Body) -> bool:
        """A person's decision; False if a rule refused it. Anything else than a refusal is a bug, and comes out."""
        rule: Rule = rule_for(by, body)
        try:
            rule(self.case, self.now)
        except Refusal:
            return False
        before = self.case
        assert self.apply(rule).facts, f"{body!r} was decided and left no fact"
        self._check_nothing_revived(before)
        return True

    def wait_until(self, instant: datetime) -> None:
        """Time passes while everything runs: whatever falls due happens at its instant."""
        self.settle()
        while (due := agenda.next_due(self.case, self.now)) is not None and due <= instant:
            assert due > self.now, f"{due} was due and still is"
            self.now = due
            self.settle()
        self.now = max(self.now, instant)
        self.settle()

    def oversleep(self, instant: datetime) -> None:
        """Time passes while everything is down: the next to arrive may be a decision, before the case catches up."""
        self.now = max(self.now, instant)

    def settle(self) -> None:
        """The case looks at the clock: whatever is due happens."""
        self.apply(lambda case, now: Change(case))

    @property
    def settled(self) -> bool:
        """True if the case has noticed everything that is so far."""
        return self.last_turn == self.now

    def present(self, draft: Case | None = None) -> None:
        """The record of the handover as it stands, or as it stood when `draft` was made."""
        drafted = draft or self.case
        case = self.case
        if not signing.record_wanted(case):
            return
        if signing.substance(drafted) != signing.substance(case):
            return
        self._documents += 1
        name = f"d{self._documents}"
        self.told_by_record = signing.substance(case)
        self.apply(lambda c, at: signing.open_record(c, name, f"{self._documents:064x}", signing.parties(drafted), at))

    def seal(self) -> None:
        """The company's seal, once everybody has answered and its keeper lets it be used."""
        record = self.case.record
        if record is not None and record.may_be_sealed and not self.case.closed:
            name = f"{record.document_id}-sealed"
            self.apply(lambda c, at: sealing.sealed(c, name, "5d" * 32, at))

    def verify(self, system: str, revision: int) -> None:
        """A receipt comes in, for the present or an overtaken revision."""
        wanted = access.find(self.case, system)
        if not self.case.closed and 1 <= revision <= wanted.revision:
            self.apply(lambda c, at: access.record_verified(c, system, revision, wanted.desired, 1, at))

    def fail(self, system: str, revision: int) -> None:
        """A round of attempts failed."""
        wanted = access.find(self.case, system)
        if not self.case.closed and not wanted.verified and 1 <= revision <= wanted.revision:
            self.apply(lambda c, at: access.record_failing(c, system, revision, "down", 6, at))

    def issue_papers(self) -> None:
        """Every paper that is due now is made."""
        for kind in papers.due(self.case):
            while kind in papers.due(self.case):
                self._documents += 1
                notice = pay.notice_of(self.case, self.now) if kind is PaperKind.DEDUCTION_NOTICE else None
                self.apply(_paper_issued(kind, f"d{self._documents}", f"{self._documents:064x}", notice))

    def lack_papers(self) -> None:
        """The company's records lack what the papers need."""
        for kind in papers.due(self.case):
            self.apply(_paper_missing(kind))

    def verify_all(self) -> None:
        for wanted in access.unverified(self.case):
            self.verify(wanted.system, wanted.revision)

    def leave(self, account: str) -> None:
        """An account is closed, and the case is told to look who is still there."""
        self.gone.add(account)
        self.apply(lambda c, at: closing.people_left(c, (account,), at))

    def _carry_out(self, rule: Rule) -> Change:
        before = self.case
        change = process.carry_out(rule, before, self.now)
        self.case, self.last_turn = change.case, self.now
        as_before = replace(self.case, aftercare=before.aftercare, payments=before.payments)
        assert not before.closed or as_before == before, "of a closed case nothing changes but what is still owed"
        due = agenda.next_due(self.case, self.now)
        assert due is None or due > self.now, f"after all that was due at {self.now} something still is: {due}"
        self._check_names(change)
        return change

    def _unreachable(self, change: Change) -> tuple[str, ...]:
        told = dict.fromkeys(account for note in change.notifications for account in note.to)
        return tuple(account for account in told if account in self.gone)

    def _check_nothing_revived(self, before: Case) -> None:
        """What was over when somebody decided stays over, even if the case had not noticed yet."""
        if self.now >= closing.last_day_end(before):
            assert self.case.last_day == before.last_day
            assert self.case.stage is before.stage or self.case.stage is not Stage.WITHDRAWING
            for was, now in zip(before.systems, self.case.systems, strict=True):
                assert set(now.desired) <= set(was.desired)
        for grant, after in zip(before.grants, self.case.grants, strict=False):
            if grant.expires_at is not None and grant.expires_at <= self.now:
                assert after.expires_at == grant.expires_at

    def _check_names(self, change: Change) -> None:
        known = {
            "department": {c.department for c in self.case.clearances},
            "items": {i.id for i in self.case.items},
            "system": {s.system for s in self.case.systems},
            "grant": {g.id for g in self.case.grants},
        }
        for fact in change.facts:
            for key, names in known.items():
                value = fact.data.get(key, ())
                named = value if isinstance(value, tuple) else (value,)
                assert set(named) <= names, f"{fact.kind} names what nobody knows: {named}"


def _people_left(accounts: tuple[str, ...]) -> Rule:
    return lambda case, at: closing.people_left(case, accounts, at)


def _paper_issued(kind: PaperKind, document: str, sha256: str, notice: papers.Notice | None) -> Rule:
    return lambda case, now: papers.issued(case, kind, document, sha256, now, notice)


def _paper_missing(kind: PaperKind) -> Rule:
    return lambda case, now: papers.missing(case, kind, "no title", now)
