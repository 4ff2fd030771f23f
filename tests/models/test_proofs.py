"""A decision takes effect only with a proof issued to that person for exactly it, and only once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.case import Case
from models.database import utc_now, writing
from models.decision_bodies import Answer, DecideItems, WaiveItems, WitnessRefusal
from models.decisions import digest
from models.messages import Proof
from models.proofs import LIFETIME, BadProof, Proofs
from models.tables import Account
from tests.builders import HR, KEY, RECEIVER
from tests.models import written

ACCEPT = DecideItems(items=("devices",), answer=Answer.ACCEPT)
OTHER = DecideItems(items=("devices",), answer=Answer.REFUSE, reason="broken")
SIGN = WitnessRefusal(account="a-lin")


@pytest.fixture
def case(company: Engine) -> Case:
    """A case whose opening is written."""
    case = written.opened(company)
    written.ledger(company).record(written.request(case, 1, written.facts(1, "CaseOpened")))
    return case


def decide(engine: Engine, case: Case, proof: Proof, version: int = 2, first: int = 2) -> str:
    """Writes a decision; the refusal, empty if it was believed."""
    told = written.facts(first, "ItemsAccepted", by=proof.account)
    return written.ledger(engine).record(written.request(case, version, told, proof=proof)).refusal


def test_a_decision_with_its_proof_is_written(company: Engine, case: Case) -> None:
    assert decide(company, case, written.proof(RECEIVER, "decide_items", ACCEPT)) == ""
    assert [row.by for row in written.chain(company)] == ["", "a-zhou"]


def test_a_proof_is_used_once(company: Engine, case: Case) -> None:
    proof = written.proof(RECEIVER, "decide_items", ACCEPT)
    decide(company, case, proof)
    assert decide(company, case, proof, version=3, first=3) == "proof.already_used"
    assert len(written.chain(company)) == 2


def test_the_same_decision_written_again_is_the_same_use(company: Engine, case: Case) -> None:
    proof = written.proof(RECEIVER, "decide_items", ACCEPT)
    assert [decide(company, case, proof) for _ in range(3)] == ["", "", ""]
    assert len(written.chain(company)) == 2


def test_a_proof_whose_decision_never_came_to_be_may_still_be_used(company: Engine, case: Case) -> None:
    proof = written.proof(RECEIVER, "decide_items", ACCEPT)
    decide(company, case, proof)
    later = written.request(case, 2).now + timedelta(minutes=1)
    written.ledger(company).record(written.request(case, 2, written.facts(2, "LastDayWarned"), now=later))
    assert decide(company, case, proof, version=3, first=3) == ""


@pytest.mark.parametrize(
    ("falsified", "code"),
    [
        ({"token": ""}, "proof.missing"),
        ({"token": "not.a.token"}, "proof.not_ours"),
        ({"action": "waive_items"}, "proof.for_something_else"),
        ({"account": "a-wang"}, "proof.for_something_else"),
        ({"digest": digest("decide_items", RECEIVER, OTHER)}, "proof.for_something_else"),
        ({"roles": ("hr",)}, "proof.role_lost"),
        ({"account": "a-nobody"}, "proof.for_something_else"),
    ],
)
def test_a_proof_of_something_else_changes_nothing(
    company: Engine, case: Case, falsified: dict[str, Any], code: str
) -> None:
    bad = written.proof(RECEIVER, "decide_items", ACCEPT).model_copy(update=falsified)
    assert decide(company, replace(case, close_requested_by="a-zhou"), bad) == code
    assert len(written.chain(company)) == 1
    assert (written.view(company).version, written.view(company).snapshot["close_requested_by"]) == (1, "")


def test_a_proof_of_another_case_changes_nothing(company: Engine, case: Case) -> None:
    bad = written.proof(RECEIVER, "decide_items", ACCEPT, case_id="c2")
    assert decide(company, case, bad) == "proof.for_something_else"


@pytest.mark.parametrize(("change", "code"), [({"active": False}, "account_closed"), ({"roles": []}, "role_lost")])
def test_who_has_lost_account_or_role_since_the_proof_was_issued_decides_nothing(
    company: Engine, case: Case, change: dict[str, Any], code: str
) -> None:
    proof = written.proof(HR, "waive_items", WaiveItems(items=("devices",), reason="none left"))
    with writing(company) as session:
        account = session.get(Account, HR.account)
        assert account is not None
        for name, value in change.items():
            setattr(account, name, value)
    assert decide(company, case, proof) == f"proof.{code}"


def test_witnessing_a_refusal_takes_a_proof_from_a_fresh_sign_in(company: Engine, case: Case) -> None:
    assert decide(company, case, written.proof(RECEIVER, "witness_refusal", SIGN)) == "proof.fresh_sign_in_needed"
    assert decide(company, case, written.proof(RECEIVER, "witness_refusal", SIGN, fresh=True)) == ""


def issued(proofs: Proofs, ago: timedelta = timedelta()) -> Proof:
    given = digest("decide_items", RECEIVER, ACCEPT)
    token, _ = proofs.issue("c1", "decide_items", RECEIVER.account, given, utc_now() - ago)
    return Proof(token=token, action="decide_items", account=RECEIVER.account, roles=(), digest=given)


def test_a_proof_ends_after_its_lifetime() -> None:
    ring = Proofs({"k1": KEY}, "k1")
    _, ends = ring.check(issued(ring, LIFETIME - timedelta(seconds=30)), "c1", fresh=False)
    assert ends > utc_now()
    _, ends = ring.check(issued(ring, LIFETIME), "c1", fresh=False)
    assert ends <= utc_now()


def test_proofs_of_an_old_key_hold_while_it_is_in_the_ring() -> None:
    old, new = Proofs({"k1": KEY}, "k1"), Proofs({"k1": KEY, "k2": KEY[::-1]}, "k2")
    new.check(issued(old), "c1", fresh=False)
    with pytest.raises(BadProof, match=r"proof\.not_ours"):
        old.check(issued(new), "c1", fresh=False)
