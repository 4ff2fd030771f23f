"""What a reader does not need is masked; who owns the customer, or leads the owner, sees everything."""

from domain.desk.masking import MASKED, masked, masked_fields
from domain.people import Role

SERVICE, FINANCE, AUDITOR = Role.CUSTOMER_SERVICE, Role.FINANCE, Role.AUDITOR


def test_owners_and_their_managers_see_everything_whatever_their_roles() -> None:
    assert masked_fields((FINANCE,), theirs=True, purpose_given=False) == frozenset()


def test_customer_service_sees_numbers_only_for_a_purpose_and_finance_never() -> None:
    assert "phone" in masked_fields((SERVICE,), theirs=False, purpose_given=False)
    assert masked_fields((SERVICE,), theirs=False, purpose_given=True) == frozenset()
    assert masked_fields((FINANCE,), theirs=False, purpose_given=True) == MASKED[FINANCE]


def test_of_two_roles_the_one_that_needs_more_counts_and_without_any_everything_is_masked() -> None:
    assert masked_fields((FINANCE, AUDITOR), theirs=False, purpose_given=False) == frozenset()
    assert masked_fields((FINANCE, SERVICE), theirs=False, purpose_given=False) == MASKED[SERVICE]
    assert masked_fields((Role.HR,), theirs=False, purpose_given=True) == {"phone", "mail", "message_id", "preferences"}


def test_a_masked_value_shows_its_end_and_a_short_one_nothing() -> None:
    values = {"phone": "13800138000", "mail": "wang", "message_id": "", "preferences": "tea"}
    assert masked(values, {"phone", "mail", "message_id"}) == {
        "phone": "*****8000",
        "mail": "****",
        "message_id": "",
        "preferences": "tea",
    }
