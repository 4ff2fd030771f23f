"""The record is signed by its parties, or refused and witnessed; it tells the handover as it stands, or is void."""

from dataclasses import replace

import pytest

from domain import checklist, closing, sealing, signing
from domain.case import Case, Stage
from domain.handover import PartyRole, Signature, SignatureStatus
from domain.people import Actor
from tests.domain import cases as c

PARTIES = [c.LEAVER, c.RECEIVER, c.WITNESS]
NAMES = {"lin": "leaver", "zhou": "receiver", "wang": "witness"}
FIELDS = {"lin": "leaver", "zhou": "receiver-1", "wang": "witness"}


def own(case: Case, by: Actor) -> Signature:
    assert case.record is not None
    return next(s for s in case.record.signatures if s.account == by.account)


def refused(by: Actor = c.RECEIVER, case: Case | None = None) -> Case:
    return signing.refuse(case or c.signing_case(), by, by.account, "not what I received", c.NOW).case


def settled(case: Case) -> bool:
    return case.record is not None and case.record.settled


def test_leaver_receivers_and_witness_sign() -> None:
    assert [(s.role, s.account) for s in signing.parties(c.signing_case())] == [
        (PartyRole.LEAVER, "lin"),
        (PartyRole.RECEIVER, "zhou"),
        (PartyRole.WITNESS, "wang"),
    ]


def test_everybody_who_accepted_something_signs_as_receiver_and_nobody_else_does() -> None:
    case = checklist.assign_receiver(c.handing_over(), c.WITNESS, ("devices",), "chen", c.NOW).case
    case = c.handed_over(case)
    case = checklist.decide(case, Actor("chen"), ("devices",), True, "", c.NOW).case
    receivers = [s.account for s in signing.parties(case) if s.role is PartyRole.RECEIVER]
    assert receivers == ["chen"]
    case = checklist.decide(case, c.RECEIVER, ("open_orders",), True, "", c.NOW).case
    assert [s.account for s in signing.parties(case)] == ["lin", "zhou", "chen", "wang"]


def test_the_planned_receiver_signs_where_nothing_was_accepted() -> None:
    assert [s.account for s in signing.parties(c.handing_over())] == ["lin", "zhou", "wang"]


def test_a_witness_who_also_receives_signs_once() -> None:
    assert [s.account for s in signing.parties(c.handing_over(receiver="wang"))] == ["lin", "wang"]


def test_a_person_without_account_is_not_waited_for() -> None:
    assert [s.account for s in signing.parties(c.handing_over(leaver=""))] == ["zhou", "wang"]


def test_the_record_is_put_before_its_parties() -> None:
    case = c.approved(c.accepted(c.handing_over()))
    change = signing.open_record(case, "d1", c.SHA, signing.parties(case), c.NOW)
    assert (c.kinds(change), c.told(change, "signature_asked")) == (("RecordPresented",), ("lin", "zhou", "wang"))
    assert change.facts[0].data["sha256"] == c.SHA


@pytest.mark.parametrize("by", PARTIES)
def test_each_party_signs_the_text_it_was_shown(by: Actor) -> None:
    change = signing.sign(c.signing_case(), by, c.SHA, c.EVIDENCE, c.SEEN, c.NOW)
    assert (own(change.case, by).status, own(change.case, by).at) == (SignatureStatus.SIGNED, c.NOW)
    assert (c.kinds(change), change.facts[0].by) == (("RecordSigned",), by.account)
    assert change.facts[0].data == {
        "party": NAMES[by.account],
        "field": FIELDS[by.account],
        "sha256": c.SHA,
        "evidence": c.EVIDENCE,
        "seen": c.SEEN,
    }
    assert not settled(change.case)


def test_the_record_is_settled_when_all_have_signed() -> None:
    assert settled(c.signed(c.signing_case()))


def test_nobody_signs_another_text() -> None:
    with c.conflict("signature.other_document"):
        signing.sign(c.signing_case(), c.LEAVER, "0" * 64, c.EVIDENCE, c.SEEN, c.NOW)


@pytest.mark.parametrize("by", [c.HR, c.SECURITY, c.STRANGER])
def test_nobody_but_a_party_signs(by: Actor) -> None:
    with c.forbidden("signature.not_a_party"):
        signing.sign(c.signing_case(), by, c.SHA, c.EVIDENCE, c.SEEN, c.NOW)


def test_a_party_signs_once() -> None:
    with c.conflict("signature.already_signed"):
        signing.sign(c.signed(c.signing_case()), c.LEAVER, c.SHA, c.EVIDENCE, c.SEEN, c.NOW)


@pytest.mark.parametrize(
    "case", [c.handing_over(), c.sealed(c.signed(c.signing_case()), c.NOW).case], ids=["none", "sealed"]
)
def test_without_an_open_record_nothing_is_signed_refused_or_witnessed(case: Case) -> None:
    with c.conflict("signature.no_record"):
        signing.sign(case, c.LEAVER, c.SHA, c.EVIDENCE, c.SEEN, c.NOW)
    with c.conflict("signature.no_record"):
        signing.refuse(case, c.LEAVER, "lin", "r", c.NOW)
    with c.conflict("signature.no_record"):
        signing.witness_refusal(case, c.WITNESS, "lin", c.NOW)


def test_a_closed_case_takes_no_signature() -> None:
    closed = closing.close(c.signing_case(), c.NOW).case
    with c.conflict("signature.no_record"):
        signing.sign(closed, c.LEAVER, c.SHA, c.EVIDENCE, c.SEEN, c.NOW)


@pytest.mark.parametrize(
    ("by", "told"), [(c.LEAVER, ("wang", "hr")), (c.RECEIVER, ("wang", "hr")), (c.WITNESS, ("hr",))]
)
def test_each_party_may_refuse_with_a_reason_and_a_witness_is_called(by: Actor, told: tuple[str, ...]) -> None:
    change = signing.refuse(c.signing_case(), by, by.account, "not what I received", c.NOW)
    assert own(change.case, by).status is SignatureStatus.REFUSED
    assert change.facts[0].data == {"party": NAMES[by.account], "reason": "not what I received"}
    assert (c.kinds(change), c.told(change, "signature_refused")) == (("SignatureRefused",), told)
    assert not settled(change.case)


def test_a_refusal_needs_a_reason() -> None:
    with c.invalid("reason.required"):
        signing.refuse(c.signing_case(), c.LEAVER, "lin", "", c.NOW)


def test_a_party_that_the_record_does_not_know_is_not_found() -> None:
    with c.not_found("signature.unknown_party"):
        signing.refuse(c.signing_case(), c.WITNESS, "chen", "r", c.NOW)


def test_one_who_refused_may_still_sign() -> None:
    case = signing.sign(refused(), c.RECEIVER, c.SHA, c.EVIDENCE, c.SEEN, c.NOW).case
    assert (own(case, c.RECEIVER).status, own(case, c.RECEIVER).reason) == (SignatureStatus.SIGNED, "")


def test_nobody_refuses_twice_or_after_signing() -> None:
    with c.conflict("signature.already_settled"):
        signing.refuse(refused(), c.RECEIVER, "zhou", "still", c.NOW)
    with c.conflict("signature.already_settled"):
        signing.refuse(c.signed(c.signing_case()), c.RECEIVER, "zhou", "regret", c.NOW)


@pytest.mark.parametrize("by", [c.WITNESS, c.HR, c.OTHER_HR])
def test_the_witness_or_hr_witnesses_a_refusal(by: Actor) -> None:
    change = signing.witness_refusal(refused(), by, "zhou", c.NOW)
    signature = own(change.case, c.RECEIVER)
    assert (signature.status, signature.witnessed_by) == (SignatureStatus.REFUSAL_WITNESSED, by.account)
    assert signature.reason == "not what I received"
    assert c.kinds(change) == ("SignatureRefusalWitnessed",)


def test_the_refusal_of_the_witness_is_witnessed_by_hr() -> None:
    case = refused(c.WITNESS)
    with c.forbidden("signature.own_refusal"):
        signing.witness_refusal(case, c.WITNESS, "wang", c.NOW)
    witnessed = signing.witness_refusal(case, c.HR, "wang", c.NOW).case
    assert own(witnessed, c.WITNESS).witnessed_by == "hr"


@pytest.mark.parametrize("by", [c.LEAVER, c.LEAVER_OF_ALL_ROLES, c.COUNSEL, c.STRANGER])
def test_nobody_else_witnesses_least_of_all_the_leaver(by: Actor) -> None:
    with c.forbidden("signature.only_witness_or_hr"):
        signing.witness_refusal(refused(), by, "zhou", c.NOW)
    with c.forbidden("signature.only_witness_or_hr"):
        signing.refuse(c.signing_case(), by, "zhou", "does not answer", c.NOW)


def test_a_party_that_does_not_answer_is_stated_to_have_refused_by_the_witness() -> None:
    change = signing.refuse(c.signing_case(), c.WITNESS, "lin", "left the room", c.NOW)
    signature = own(change.case, c.LEAVER)
    assert (signature.status, signature.witnessed_by) == (SignatureStatus.REFUSAL_WITNESSED, "wang")
    assert (signature.reason, signature.at) == ("left the room", c.NOW)


def test_the_reason_of_the_party_stands_beside_what_the_witness_says() -> None:
    case = signing.refuse(refused(), c.WITNESS, "zhou", "did not want to", c.NOW).case
    assert own(case, c.RECEIVER).reason == "not what I received"


def test_only_a_refusal_is_witnessed_and_only_once() -> None:
    with c.conflict("signature.not_refused"):
        signing.witness_refusal(c.signing_case(), c.WITNESS, "zhou", c.NOW)
    witnessed = signing.witness_refusal(refused(), c.WITNESS, "zhou", c.NOW).case
    with c.conflict("signature.not_refused"):
        signing.witness_refusal(witnessed, c.WITNESS, "zhou", c.NOW)
    with c.conflict("signature.refusal_already_witnessed"):
        signing.sign(witnessed, c.RECEIVER, c.SHA, c.EVIDENCE, c.SEEN, c.NOW)


def test_a_record_that_everybody_refused_is_settled() -> None:
    """K5: a refusal is a result, not a dead end."""
    case = c.signing_case()
    for by in PARTIES:
        case = refused(by, case)
        case = signing.witness_refusal(case, c.HR, by.account, c.NOW).case
    assert settled(case)


@pytest.mark.law("ESG-01")
def test_whoever_wants_paper_instead_refuses_and_is_bound_to_nothing_while_the_others_sign() -> None:
    case = signing.refuse(c.signing_case(), c.LEAVER, "lin", "on paper, please", c.NOW).case
    assert own(case, c.LEAVER).status is SignatureStatus.REFUSED
    case = signing.witness_refusal(case, c.WITNESS, "lin", c.NOW).case
    for by in (c.RECEIVER, c.WITNESS):
        case = signing.sign(case, by, c.SHA, c.EVIDENCE, c.SEEN, c.NOW).case
    assert settled(case)
    assert (own(case, c.LEAVER).reason, own(case, c.LEAVER).witnessed_by) == ("on paper, please", "wang")


@pytest.mark.law("ESG-05")
def test_every_party_is_told_when_the_record_is_complete() -> None:
    change = c.sealed(c.signed(c.signing_case()), c.NOW)
    assert c.told(change, "record_sealed") == ("lin", "zhou", "wang")


def test_a_sealed_record_can_not_be_overtaken() -> None:
    sealed = c.sealed(c.signed(c.signing_case()), c.NOW)
    assert c.kinds(sealed) == ("RecordSealed",)
    assert sealed.facts[0].data == {"document": "d1-sealed", "sha256": c.SEALED_SHA, "text": c.SHA}
    assert sealed.case.record is not None
    assert (sealed.case.record.sealed_at, sealed.case.record.remind_at) == (c.NOW, None)
    assert signing.overtaken(sealed, c.NOW) == sealed


def test_a_record_that_could_not_be_sealed_alarms_hr_and_stays_unsealed() -> None:
    case = c.signed(c.signing_case())
    change = sealing.not_sealed(case, "the document was changed", c.NOW)
    assert (change.case, c.kinds(change)) == (case, ("RecordNotSealed",))
    assert c.told(change, "record_not_sealed") == ("hr", "wang")


def test_a_seal_that_comes_after_the_case_has_closed_changes_nothing() -> None:
    closed = closing.close(c.signed(c.signing_case()), c.NOW).case
    with c.conflict("signature.no_record"):
        c.sealed(closed, c.NOW)


def test_a_case_without_record_has_none_to_overtake_or_to_void() -> None:
    case = c.handing_over()
    assert signing.void(case, c.NOW).facts == ()
    late = checklist.waive(case, c.HR, ("devices",), "r", c.NOW)
    assert c.kinds(late) == ("ItemsWaived",)


def test_a_withdrawal_voids_even_a_sealed_record() -> None:
    change = signing.void(c.sealed(c.signed(c.signing_case()), c.NOW).case, c.NOW)
    assert change.case.record is None
    assert change.facts[0].data == {"document": "d1"}


def test_after_the_handover_changed_the_parties_sign_the_new_record() -> None:
    case = c.presented(c.in_stage(c.handed_over(c.handing_over()), Stage.SIGNING))
    case = signing.sign(case, c.LEAVER, c.SHA, c.EVIDENCE, c.SEEN, c.NOW).case
    change = checklist.decide(case, c.RECEIVER, c.ITEMS, True, "", c.NOW)
    assert c.kinds(change) == ("ItemsAccepted", "RecordOvertaken")
    again = c.presented(change.case)
    assert own(again, c.LEAVER).status is SignatureStatus.WAITING


def test_what_the_record_does_not_tell_does_not_overtake_it() -> None:
    case = c.signing_case()
    assert signing.substance(replace(case, warned_days=(7,), hold=None)) == signing.substance(case)
