"""The company's seal is put to a record that everybody has answered, after its keeper has let it be used (用印审批)."""

from dataclasses import replace

import pytest

from domain import agenda, closing, sealing, signing
from domain.case import Case, Gap
from domain.handover import SealDecision
from domain.people import Actor, Role
from tests.domain import cases as c

KEEPERS = ("seal",)


def decide(case: Case, by: Actor = c.SEAL_KEEPER, approve: bool = True, reason: str = "") -> Case:
    return sealing.decide(case, by, c.SHA, approve, reason, c.NOW).case


def kept(case: Case) -> Case:
    """The same in a company that has somebody to keep its seal."""
    return replace(case, plan=replace(case.agreed, seal_keepers=KEEPERS))


def asked(case: Case) -> list[tuple[str, ...]]:
    return [task.accounts for task in agenda.tasks(case) if task.kind == "approve_seal"]


def test_the_keeper_is_asked_as_soon_as_the_last_party_has_answered() -> None:
    case = kept(c.signing_case())
    for party in (c.LEAVER, c.RECEIVER):
        change = signing.sign(case, party, c.SHA, c.EVIDENCE, c.SEEN, c.NOW)
        assert c.told(change, "seal_asked") == ()
        case = change.case
    assert asked(case) == []
    last = signing.sign(case, c.WITNESS, c.SHA, c.EVIDENCE, c.SEEN, c.NOW)
    assert c.told(last, "seal_asked") == KEEPERS
    assert asked(last.case) == [KEEPERS]


def test_a_witnessed_refusal_answers_too() -> None:
    case = kept(c.signing_case())
    for party in (c.RECEIVER, c.WITNESS):
        case = signing.sign(case, party, c.SHA, c.EVIDENCE, c.SEEN, c.NOW).case
    change = signing.refuse(case, c.WITNESS, "lin", "left the room", c.NOW)
    assert c.told(change, "seal_asked") == KEEPERS


def test_without_a_keeper_hr_in_charge_is_asked_and_counsel_where_hr_signs_or_has_left() -> None:
    case = c.signed(c.signing_case(counsel=("counsel",)))
    assert sealing.keepers(case) == ("hr",)
    assert sealing.keepers(replace(case, departed=("hr",))) == ("counsel",)
    witnessed_by_hr = c.presented(replace(case, record=None, plan=replace(case.agreed, witness="hr")))
    assert sealing.keepers(witnessed_by_hr) == ("counsel",)


def test_the_keeper_lets_the_seal_be_used_for_this_text_once() -> None:
    change = sealing.decide(c.signed(c.signing_case()), c.SEAL_KEEPER, c.SHA, True, "checked", c.NOW)
    record = change.case.record
    assert record is not None
    assert (record.seal, record.may_be_sealed) == (SealDecision(True, "seal", c.NOW, "checked"), True)
    assert (c.kinds(change), asked(change.case)) == (("SealApproved",), [])
    with c.conflict("seal.already_approved"):
        decide(change.case)


def test_nobody_lets_it_be_used_before_everybody_has_answered_or_for_another_text() -> None:
    with c.conflict("seal.not_all_answered"):
        decide(c.signing_case())
    with c.conflict("signature.other_document"):
        sealing.decide(c.signed(c.signing_case()), c.SEAL_KEEPER, "0" * 64, True, "", c.NOW)


@pytest.mark.parametrize("by", [c.OTHER_HR, c.SECURITY, c.COUNSEL, c.STRANGER])
def test_nobody_lets_it_be_used_who_neither_keeps_it_nor_was_asked(by: Actor) -> None:
    with c.forbidden("seal.only_keeper"):
        decide(c.signed(c.signing_case()), by)


@pytest.mark.parametrize("account", ["lin", "zhou", "wang"])
def test_nobody_lets_it_be_used_for_a_record_of_their_own(account: str) -> None:
    with c.forbidden("seal.own_record"):
        decide(c.signed(c.signing_case()), Actor(account, (Role.SEAL_KEEPER,)))


def test_a_refusal_needs_a_reason_tells_hr_and_can_be_taken_back() -> None:
    case = c.signed(c.signing_case())
    with c.invalid("reason.required"):
        decide(case, approve=False)
    change = sealing.decide(case, c.SEAL_KEEPER, c.SHA, False, "the sums differ", c.NOW)
    assert (c.kinds(change), c.told(change, "seal_refused")) == (("SealRefused",), ("hr",))
    assert change.case.record is not None
    assert not change.case.record.may_be_sealed
    assert decide(change.case).record is not None


def test_a_refused_seal_keeps_no_case_open_for_ever_and_is_a_gap() -> None:
    case = c.pursuing(decide(c.signed(c.signing_case()), approve=False, reason="the sums differ"))
    assert not closing.may_close(case, c.OVER)
    assert case.pursue_until is not None
    assert closing.may_close(case, case.pursue_until)
    assert Gap("record", "handover_record", "not_sealed") in closing.gaps(case)


def test_the_last_fact_of_a_closed_case_names_the_sealed_record() -> None:
    closed = closing.close(c.sealed(c.signed(c.signing_case()), c.NOW).case, c.NOW)
    assert c.kinds(closed) == ("CaseClosed", "CaseArchived")
    assert closed.facts[-1].data == {"document": "d1-sealed", "sha256": c.SEALED_SHA}


def test_a_case_without_a_sealed_record_has_nothing_to_archive() -> None:
    assert c.kinds(closing.close(c.signed(c.signing_case()), c.NOW)) == ("CaseClosed",)
