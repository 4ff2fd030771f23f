"""What may at most be deducted for a loss: six gates, the monthly cap, and the minimum wage that is always left."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.deductions import ClaimFinding, MonthlyLimit, WageMonth, judge, monthly_limit
from domain.law.gates import Agreement, DeductionClaim, Gate, Ground, Hearing, Proof, WrittenNotice
from domain.law.rules import Review
from domain.money import Money
from tests.domain.law.books import NATIONAL, book, pack
from tests.domain.law.pay import (
    AS_OF,
    CLAIMS,
    LAST_DAY,
    MONTHS,
    ODD_AMOUNTS,
    STRONG_CLAIMS,
    claim,
    deterministic,
    month,
    yuan,
)

BOOK = book()
WIDE = MonthlyLimit(yuan(50_000), Ground.ABOVE_CAP, ())


def judged(of: DeductionClaim, limit: MonthlyLimit = WIDE, line_left: Money | None = None) -> ClaimFinding:
    return judge(BOOK, LAST_DAY, of, limit, line_left or yuan(50_000), AS_OF)


@pytest.mark.law("PAY-03", "PAY-11")
@pytest.mark.parametrize(
    ("wage", "already", "left", "ground"),
    [
        ("8000", "0", "1600.00", Ground.ABOVE_CAP),
        ("8000", "600", "1000.00", Ground.ABOVE_CAP),
        ("8000", "1600", "0", Ground.ABOVE_CAP),
        ("8000", "1700", "0", Ground.ABOVE_CAP),
        ("3362.50", "0", "672.50", Ground.ABOVE_CAP),
        ("3362.49", "0", "672.49", Ground.BELOW_MINIMUM_WAGE),
        ("3000", "0", "310.00", Ground.BELOW_MINIMUM_WAGE),
        ("3000", "100", "210.00", Ground.BELOW_MINIMUM_WAGE),
        ("2690.01", "0", "0.01", Ground.BELOW_MINIMUM_WAGE),
        ("2690", "0", "0", Ground.BELOW_MINIMUM_WAGE),
        ("1200", "0", "0", Ground.BELOW_MINIMUM_WAGE),
        ("0", "0", "0", Ground.BELOW_MINIMUM_WAGE),
        ("10000.03", "0", "2000.00", Ground.ABOVE_CAP),
    ],
)
def test_a_fifth_of_the_wage_at_most_and_the_minimum_wage_is_left(
    wage: str, already: str, left: str, ground: Ground
) -> None:
    limit = monthly_limit(BOOK, LAST_DAY, month(wage, already))
    assert (limit.amount, limit.ground) == (yuan(left), ground)


@pytest.mark.law("PAY-03")
def test_the_working_is_written_down_with_the_rule() -> None:
    cap, minimum = monthly_limit(BOOK, LAST_DAY, month("8000")).answers
    assert cap.answer == (
        "8000.00 × 20 % = 1600.00; 8000.00 − 2690.00 = 5310.00; max(0, min(1600.00, 5310.00) − 0.00) = 1600.00"
    )
    assert (cap.rule_id, cap.citation, cap.pack, cap.action) == ("PAY-03", "PAY-03 条 / art. PAY-03", "cn", "block")
    assert (minimum.rule_id, minimum.answer, minimum.pack) == ("PAY-11", "2690.00", "cn-city")


@pytest.mark.law("PAY-03", "PAY-11")
def test_where_the_minimum_wage_is_unknown_nothing_is_defensible() -> None:
    limit = monthly_limit(book({}), LAST_DAY, month("8000"))
    assert (limit.amount, limit.ground) == (yuan(0), Ground.MINIMUM_WAGE_UNKNOWN)
    finding = judged(claim(), limit)
    assert finding.defensible == yuan(0)
    assert not finding.may_be_held


@pytest.mark.law("PAY-03")
@deterministic
@given(MONTHS)
def test_neither_cap_nor_floor_is_ever_broken(of: WageMonth) -> None:
    left = monthly_limit(BOOK, LAST_DAY, of).amount
    assert left == left.to_cents()
    assert yuan(0) <= left
    if yuan(0) < left:
        assert left + of.already_deducted <= of.wage * Decimal("0.2")
        assert yuan(2690) <= of.wage - of.already_deducted - left


@pytest.mark.parametrize("of", [WageMonth(yuan(-1), yuan(0)), WageMonth(yuan(1), yuan("-0.01"))])
def test_a_month_without_sense_is_refused(of: WageMonth) -> None:
    with pytest.raises(ValueError, match="not negative"):
        monthly_limit(BOOK, LAST_DAY, of)


@pytest.mark.law("PAY-04")
def test_a_claim_that_passes_every_gate_may_be_decided() -> None:
    finding = judged(claim("1000"))
    assert [(gate.gate, gate.passed) for gate in finding.gates] == [(gate, True) for gate in Gate]
    assert (finding.defensible, finding.separate_claim, finding.may_be_held) == (yuan(1000), yuan(0), True)
    assert finding.answer.action == "record"
    assert finding.answer.answer == (
        "G1 ✓, G2 ✓, G3 ✓, G4 ✓, G5 ✓, G6 ✓; min(1000.00, 1000.00, 1000.00, 50000.00, 50000.00) = 1000.00 → 1000.00"
    )


OLD = date(2024, 3, 1)


@pytest.mark.law("PAY-04")
@pytest.mark.parametrize(
    ("changed", "gate", "ground"),
    [
        ({"agreement": None}, Gate.AGREED, Ground.NOT_AGREED),
        ({"agreement": Agreement("", OLD)}, Gate.AGREED, Ground.NOT_AGREED),
        ({"agreement": Agreement("handbook", OLD, valid=False)}, Gate.AGREED, Ground.POLICY_NOT_VALID),
        ({"agreement": Agreement("contract", date(2026, 11, 30))}, Gate.AGREED, Ground.AGREED_TOO_LATE),
        ({"proof": Proof("", "b", "c")}, Gate.PROVED, Ground.FAULT_NOT_PROVED),
        ({"proof": Proof("a", "", "c")}, Gate.PROVED, Ground.LOSS_NOT_PROVED),
        ({"proof": Proof("a", "b", "")}, Gate.PROVED, Ground.CAUSATION_NOT_PROVED),
        ({"notice": None}, Gate.NOTIFIED, Ground.NOT_NOTIFIED),
        ({"notice": WrittenNotice(OLD, "", yuan(1000))}, Gate.NOTIFIED, Ground.NOT_NOTIFIED),
        ({"notice": WrittenNotice(date(2027, 1, 6), "why", yuan(1000))}, Gate.NOTIFIED, Ground.NOT_NOTIFIED),
        ({"hearing": Hearing("", replied=True)}, Gate.DECIDED, Ground.NO_APPROVER),
        ({"hearing": Hearing("counsel")}, Gate.DECIDED, Ground.REPLY_NOT_HEARD),
        ({"hearing": Hearing("counsel", reply_until=AS_OF)}, Gate.DECIDED, Ground.REPLY_NOT_HEARD),
    ],
)
def test_one_gate_that_is_shut_releases_the_whole_claim(changed: dict[str, object], gate: Gate, ground: Ground) -> None:
    finding = judged(claim(**changed))
    assert [(shut.gate, shut.ground) for shut in finding.gates if not shut.passed] == [(gate, ground)]
    assert (finding.defensible, finding.may_be_held, finding.answer.action) == (yuan(0), False, "block")


@pytest.mark.law("PAY-04")
def test_an_employee_who_let_the_time_pass_was_heard() -> None:
    assert judged(claim(hearing=Hearing("counsel", reply_until=date(2027, 1, 4)))).may_be_held


@pytest.mark.law("PAY-04")
def test_what_no_lawyer_has_signed_off_only_warns_and_yet_proposes_no_more() -> None:
    law = book(review=Review(production=True))
    finding = judge(law, LAST_DAY, claim(agreement=None), WIDE, yuan(9000), AS_OF)
    assert (finding.answer.action, finding.defensible) == ("warn", yuan(0))


@pytest.mark.law("NOT-13")
@pytest.mark.parametrize(
    ("proof", "loss", "deducted", "claimed"),
    [
        (Proof("left on 3 December", "", ""), "0", "0", "0"),
        (Proof("left on 3 December", "", ""), "18500", "0", "0"),
        (Proof("left on 3 December", "agency's invoice", "hired in the place"), "6000", "1600", "4400"),
    ],
)
def test_for_leaving_early_only_a_proved_loss_counts_and_what_the_month_does_not_leave_is_a_separate_claim(
    proof: Proof, loss: str, deducted: str, claimed: str
) -> None:
    """A month's wage was agreed beforehand for it: the agreement opens a gate and proves no loss."""
    limit = monthly_limit(BOOK, LAST_DAY, month("8000"))
    finding = judged(claim("18500", reason="left early", proof=proof, proven_loss=yuan(loss)), limit)
    assert (finding.defensible, finding.separate_claim) == (yuan(deducted), yuan(claimed))
    assert not finding.may_be_held


@pytest.mark.law("PAY-04")
def test_a_notice_of_the_same_day_is_a_notice() -> None:
    assert judged(claim(notice=WrittenNotice(AS_OF, "why", yuan(1000)))).may_be_held


@pytest.mark.law("PAY-03", "PAY-04")
def test_a_claim_of_exactly_what_the_month_leaves_passes() -> None:
    finding = judged(claim("1000"), MonthlyLimit(yuan(1000), Ground.ABOVE_CAP, ()))
    assert (finding.may_be_held, finding.defensible) == (True, yuan(1000))


@pytest.mark.law("PAY-04")
@pytest.mark.parametrize(("loss", "defensible"), [("400.509", "400.50"), ("0.009", "0")])
def test_a_fraction_of_a_cent_is_never_deducted(loss: str, defensible: str) -> None:
    assert judged(claim("1000", proven_loss=yuan(loss))).defensible == yuan(defensible)


@pytest.mark.law("PAY-04")
def test_an_agreement_of_the_day_before_is_beforehand() -> None:
    assert judged(claim(agreement=Agreement("contract", date(2026, 11, 29)))).may_be_held


@pytest.mark.law("PAY-03", "PAY-04")
@pytest.mark.parametrize(
    ("changed", "limit", "line_left", "gate", "ground", "defensible", "separate"),
    [
        ({"proven_loss": yuan("400.50")}, 9000, 9000, Gate.WITHIN_LOSS, Ground.ABOVE_LOSS, "400.50", "0"),
        ({}, 600, 9000, Gate.WITHIN_LIMIT, Ground.ABOVE_CAP, "600", "400"),
        (
            {"notice": WrittenNotice(OLD, "why", yuan(250))},
            9000,
            9000,
            Gate.NOTIFIED,
            Ground.NOTICE_NAMES_LESS,
            "250",
            "750",
        ),
        ({}, 9000, 300, None, None, "300", "700"),
    ],
)
def test_only_what_every_limit_leaves_is_defensible_and_the_rest_is_a_separate_claim(
    changed: dict[str, object],
    limit: int,
    line_left: int,
    gate: Gate | None,
    ground: Ground | None,
    defensible: str,
    separate: str,
) -> None:
    finding = judged(claim("1000", **changed), MonthlyLimit(yuan(limit), Ground.ABOVE_CAP, ()), yuan(line_left))
    shut = [(shut.gate, shut.ground) for shut in finding.gates if not shut.passed]
    assert shut == ([(gate, ground)] if gate else [])
    assert (finding.defensible, finding.separate_claim) == (yuan(defensible), yuan(separate))


@pytest.mark.law("PAY-04")
def test_a_loss_that_was_never_agreed_on_may_still_be_claimed_separately() -> None:
    assert judged(claim("1000", agreement=None)).separate_claim == yuan(1000)


@pytest.mark.law("PAY-04")
def test_a_loss_that_is_not_evidenced_is_no_claim_at_all() -> None:
    assert judged(claim("1000", proof=Proof())).separate_claim == yuan(0)


@pytest.mark.law("PAY-03", "PAY-04")
@deterministic
@given(CLAIMS | STRONG_CLAIMS, MONTHS, ODD_AMOUNTS)
def test_no_proposal_exceeds_claim_loss_notice_line_cap_or_floor(
    of: DeductionClaim, wages: WageMonth, line_left: Money
) -> None:
    limit = monthly_limit(BOOK, LAST_DAY, wages)
    finding = judge(BOOK, LAST_DAY, of, limit, line_left, AS_OF)
    for ceiling in (of.amount, of.proven_loss, limit.amount, line_left):
        assert finding.defensible <= ceiling
    if of.notice:
        assert finding.defensible <= of.notice.amount
    assert yuan(0) <= finding.defensible == finding.defensible.to_cents()
    assert finding.defensible + finding.separate_claim <= of.amount
    shut = {gate.gate for gate in finding.gates if not gate.passed}
    if finding.may_be_held:
        assert finding.answer.action == "record"
        assert finding.defensible == min(of.amount, line_left.to_cents_below())
    if shut & {Gate.AGREED, Gate.PROVED, Gate.DECIDED}:
        assert finding.defensible == yuan(0)


@pytest.mark.law("PAY-04")
@deterministic
@given(st.sets(st.sampled_from(Gate), min_size=1))
def test_a_pack_says_which_gates_there_are(gates: set[Gate]) -> None:
    listed = sorted(gate.value for gate in gates)
    china = pack("cn", {**NATIONAL, "PAY-04": {"gates": listed}})
    finding = judge(type(BOOK)(china), LAST_DAY, claim(), WIDE, yuan(9000), AS_OF)
    assert [gate.gate for gate in finding.gates] == listed


@pytest.mark.parametrize(("amount", "loss"), [("0", "1"), ("-1", "1"), ("1", "-0.01")])
def test_a_claim_over_nothing_is_refused(amount: str, loss: str) -> None:
    with pytest.raises(ValueError, match="a claim is above zero"):
        claim(amount, proven_loss=yuan(loss))
