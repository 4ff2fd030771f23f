"""A worker killed in the middle of a step leaves writes that Temporal never confirmed; the ledger sorts them out.

Numbers: a fact is confirmed once the workflow writes the next one. Whatever stands at or above the number that a new
write begins with was never confirmed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from domain.case import Case, Stage
from domain.change import Notification
from domain.people import Actor
from models import decision_bodies as d
from models import decisions, facts
from models.database import reading, utc_now
from models.ledger import DatabaseLedger
from models.messages import NumberedFact, Proof, RecordOutcome, RecordRequest
from models.proofs import LIFETIME, Proofs
from models.tables import CaseView, FactRow, NotificationRow, UsedProof
from tests import builders as b
from tests.databases import database_url, engine, postgres, sqlite_template

__all__ = ["database_url", "engine", "postgres", "sqlite_template"]

START = utc_now()
CASE = Case("c1", "e-lin", START, stage=Stage.HANDING_OVER)
BODY = d.WitnessRefusal(account="a-lin")


def after(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def fact(number: int, kind: str, seconds: int, by: str = "") -> NumberedFact:
    return NumberedFact(number=number, kind=kind, at=after(seconds), by=by, data={"n": number})


class Desk:
    """A ledger, and what a workflow would send it."""

    def __init__(self, engine: Engine) -> None:
        b.company(engine)
        self.engine = engine
        self._proofs = Proofs({"k1": b.KEY}, "k1")
        self._ledger = DatabaseLedger(engine, self._proofs)

    def write(
        self,
        version: int,
        seconds: int,
        *kinds: NumberedFact,
        proof: Proof | None = None,
        notes: Sequence[Notification] = (),
        case: Case = CASE,
        confirmed: Sequence[NumberedFact] = (),
    ) -> RecordOutcome:
        return self._ledger.record(
            RecordRequest(
                case=case,
                version=version,
                now=after(seconds),
                facts=kinds,
                confirmed=tuple(confirmed),
                notifications=tuple(notes),
                proof=proof,
            )
        )

    def proof(self, by: Actor = b.WITNESS) -> Proof:
        digest = decisions.digest("witness_refusal", by, BODY)
        token, _ = self._proofs.issue("c1", "witness_refusal", by.account, digest, utc_now(), fresh=True)
        return Proof(token=token, action="witness_refusal", account=by.account, roles=tuple(by.roles), digest=digest)

    def chain(self) -> list[FactRow]:
        with reading(self.engine) as session:
            return list(session.exec(select(FactRow).order_by("seq")).all())

    def standing(self) -> list[tuple[int | None, str, str]]:
        rows = self.chain()
        assert not facts.verify("c1", rows).problems
        return [(row.number, row.kind, row.by) for row in facts.standing(rows)]

    def row(self) -> CaseView:
        with reading(self.engine) as session:
            return session.get_one(CaseView, "c1")

    def told(self) -> list[tuple[str, str]]:
        with reading(self.engine) as session:
            rows = session.exec(select(NotificationRow).order_by("id")).all()
        return [(row.account, row.kind) for row in rows]


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


def test_the_same_write_twice_is_one_write(desk: Desk) -> None:
    for _ in range(2):
        desk.write(1, 1, fact(1, "CaseOpened", 0), notes=[Notification("case_opened", ("a-hr",))])
    assert desk.standing() == [(1, "CaseOpened", "")]
    assert desk.told() == [("a-hr", "case_opened")]


def test_a_fact_that_was_never_confirmed_is_voided_by_the_one_that_takes_its_number(desk: Desk) -> None:
    desk.write(1, 1, fact(1, "CaseOpened", 0))
    desk.write(2, 2, fact(2, "GrantApproved", 2, "a-sec"), fact(3, "DigestSent", 2))
    desk.write(2, 9, fact(2, "GrantRefused", 9, "a-sec"))
    desk.write(3, 10, fact(3, "DigestSent", 10))

    assert desk.standing() == [(1, "CaseOpened", ""), (2, "GrantRefused", "a-sec"), (3, "DigestSent", "")]
    voided = [row.data["seq"] for row in desk.chain() if row.kind == "FactVoided"]
    assert voided == [2, 3], "what happened stays readable, and is named as never confirmed"


def test_who_did_it_tells_two_facts_apart(desk: Desk) -> None:
    desk.write(1, 1, fact(1, "ClearanceApprovalGiven", 1, "a-it-clerk"), fact(2, "ClearanceApprovalGiven", 1, "a-hr"))
    desk.write(1, 9, fact(1, "ClearanceApprovalGiven", 1, "a-hr"))
    desk.write(2, 10, fact(2, "ClearanceApprovalGiven", 1, "a-it-clerk"))
    assert [by for _, _, by in desk.standing()] == ["a-hr", "a-it-clerk"]


def test_several_writes_that_were_never_confirmed_lose_none_of_the_true_ones(desk: Desk) -> None:
    desk.write(1, 1, fact(1, "CaseOpened", 0))
    desk.write(2, 2, fact(2, "ItemsHandedOver", 2, "a-lin"))
    desk.write(3, 3, fact(3, "GrantRequested", 3, "a-lin"))
    desk.write(4, 4, fact(4, "GrantApproved", 4, "a-sec"))

    outcome = desk.write(2, 20, fact(2, "GrantRequested", 20, "a-lin"))
    assert outcome == RecordOutcome()
    assert desk.row().version == 2, "the read model shows what was confirmed, not the version that never was"
    desk.write(3, 21, fact(3, "ItemsHandedOver", 21, "a-lin"))
    assert [kind for _, kind, _ in desk.standing()] == ["CaseOpened", "GrantRequested", "ItemsHandedOver"]


def test_a_proof_is_checked_although_a_later_version_stands_that_never_was(desk: Desk) -> None:
    desk.write(1, 1, fact(1, "CaseOpened", 0))
    desk.write(3, 3, fact(2, "DigestSent", 3))
    forged = desk.proof().model_copy(update={"token": "forged"})
    assert desk.write(2, 20, fact(2, "SignatureRefusalWitnessed", 20, "a-wang"), proof=forged).refusal


def test_a_late_repetition_of_an_old_write_changes_nothing(desk: Desk) -> None:
    desk.write(1, 1, fact(1, "CaseOpened", 0))
    desk.write(2, 2, fact(2, "DigestSent", 2), case=replace(CASE, stage=Stage.SIGNING))
    desk.write(1, 1, fact(1, "CaseOpened", 0))
    assert [kind for _, kind, _ in desk.standing()] == ["CaseOpened", "DigestSent"]
    assert (desk.row().version, desk.row().stage) == (2, "signing")


def test_an_attempt_that_was_cut_short_and_arrives_late_does_not_replace_the_truth(desk: Desk) -> None:
    desk.write(1, 1, fact(1, "CaseOpened", 0))
    desk.write(2, 9, fact(2, "GrantRefused", 9, "a-sec"))
    desk.write(2, 2, fact(2, "GrantApproved", 2, "a-sec"))
    assert [kind for _, kind, _ in desk.standing()] == ["CaseOpened", "GrantRefused"]


def test_the_first_write_counts_although_the_notice_was_registered_by_a_clock_that_is_ahead(desk: Desk) -> None:
    with reading(desk.engine) as session:
        session.add(
            CaseView(
                case_id="c1",
                employee_id="e-lin",
                department="sales",
                leaver="a-lin",
                hr="a-hr",
                stage="opening",
                arrived_at=START,
                last_day=START.date(),
                version=0,
                snapshot={},
                updated_at=after(60),
            )
        )
        session.commit()
    desk.write(1, 1, fact(1, "CaseOpened", 0))
    assert desk.row().version == 1


def test_the_proof_of_an_attempt_that_was_cut_short_is_accepted_again(desk: Desk) -> None:
    proof = desk.proof()
    witnessed = fact(1, "SignatureRefusalWitnessed", 1, "a-wang")
    assert not desk.write(1, 1, witnessed, proof=proof).refusal
    assert not desk.write(1, 1, witnessed, proof=proof).refusal, "the same attempt, repeated"
    again = fact(1, "SignatureRefusalWitnessed", 9, "a-wang")
    assert not desk.write(1, 9, again, proof=proof).refusal, "the decision, carried out anew after a crash"
    assert len(desk.standing()) == 1


def test_the_proof_of_an_attempt_that_was_cut_short_serves_even_if_something_else_came_first(desk: Desk) -> None:
    proof = desk.proof()
    desk.write(1, 1, fact(1, "SignatureRefusalWitnessed", 1, "a-wang"), proof=proof)
    desk.write(1, 9, fact(1, "DigestSent", 9))
    assert not desk.write(2, 10, fact(2, "SignatureRefusalWitnessed", 10, "a-wang"), proof=proof).refusal
    assert [kind for _, kind, _ in desk.standing()] == ["DigestSent", "SignatureRefusalWitnessed"]


def test_a_decision_that_was_cut_short_in_time_counts_when_the_worker_comes_back_late(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_short, never_tried = desk.proof(), desk.proof()
    desk.write(1, 1, fact(1, "SignatureRefusalWitnessed", 1, "a-wang"), proof=cut_short)
    monkeypatch.setattr("models.ledger.utc_now", lambda: utc_now() + LIFETIME)
    desk.write(1, 9, fact(1, "DigestSent", 9))
    late = desk.write(2, 10, fact(2, "SignatureRefusalWitnessed", 10, "a-wang"), proof=never_tried)
    assert late.refusal == "proof.expired"
    assert not desk.write(2, 10, fact(2, "SignatureRefusalWitnessed", 10, "a-wang"), proof=cut_short).refusal


def test_a_proof_whose_decision_was_confirmed_is_refused_from_then_on(desk: Desk) -> None:
    proof = desk.proof()
    desk.write(1, 1, fact(1, "SignatureRefusalWitnessed", 1, "a-wang"), proof=proof)
    desk.write(1, 9, fact(1, "SignatureRefusalWitnessed", 9, "a-wang"), proof=proof)
    replayed = desk.write(2, 10, fact(2, "SignatureRefusalWitnessed", 10, "a-wang"), proof=proof)
    assert replayed.refusal == "proof.already_used"
    assert [kind for _, kind, _ in desk.standing()] == ["SignatureRefusalWitnessed"]
    with reading(desk.engine) as session:
        assert len(session.exec(select(UsedProof)).all()) == 1


def test_a_refused_decision_writes_nothing_at_all(desk: Desk) -> None:
    desk.write(1, 1, fact(1, "CaseOpened", 0))
    refused = desk.write(
        2,
        2,
        fact(2, "SignatureRefusalWitnessed", 2, "a-zhou"),
        proof=desk.proof(by=b.RECEIVER).model_copy(update={"account": "a-wang"}),
        notes=[Notification("case_closed", ("a-hr",))],
        case=replace(CASE, stage=Stage.SIGNING),
    )
    assert refused.refusal == "proof.for_something_else"
    assert (desk.row().version, desk.row().stage, desk.told()) == (1, "handing_over", [])


def test_a_message_is_told_although_an_attempt_that_never_was_told_another(desk: Desk) -> None:
    desk.write(1, 1, fact(1, "GrantApproved", 1), notes=[Notification("grant_approved", ("a-lin",), ("g1",))])
    desk.write(1, 9, fact(1, "GrantRefused", 9), notes=[Notification("grant_refused", ("a-lin",), ("g1",))])
    assert desk.told() == [("a-lin", "grant_approved"), ("a-lin", "grant_refused")]


def test_an_attempt_that_failed_after_the_confirmed_one_had_written_is_put_right_by_the_next_write(desk: Desk) -> None:
    opened, true, false = fact(1, "CaseOpened", 0), fact(2, "GrantApproved", 2), fact(2, "GrantRefused", 3)
    desk.write(1, 1, opened)
    desk.write(2, 2, true, confirmed=[opened])
    desk.write(2, 3, false, confirmed=[opened])
    assert [kind for _, kind, _ in desk.standing()] == ["CaseOpened", "GrantRefused"]
    desk.write(3, 4, fact(3, "DigestSent", 4), confirmed=[opened, true])
    assert [(number, kind) for number, kind, _ in desk.standing()] == [
        (1, "CaseOpened"),
        (2, "GrantApproved"),
        (3, "DigestSent"),
    ]


def test_a_write_without_facts_puts_the_ledger_right_too(desk: Desk) -> None:
    true, false = fact(1, "GrantApproved", 2), fact(1, "GrantRefused", 3)
    desk.write(1, 2, true)
    desk.write(1, 3, false)
    desk.write(2, 4, confirmed=[true])
    assert [kind for _, kind, _ in desk.standing()] == ["GrantApproved"]


def test_what_is_confirmed_and_there_is_not_written_again(desk: Desk) -> None:
    told = [fact(number, "DigestSent", number) for number in range(1, 6)]
    for number, one in enumerate(told):
        desk.write(number + 1, number + 1, one, confirmed=told[:number])
    assert [row.number for row in desk.chain()] == [1, 2, 3, 4, 5]
