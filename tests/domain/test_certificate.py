"""The certificate's four statutory fields: all of them, from the company's records, or no certificate."""

import re
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.certificate import FIELDS, POSITION, SERVICE, TERM, Certificate, MissingField, Service, certificate
from domain.certificate import service as service_of
from models.law import library

HIRED, LAST_DAY = date(2020, 1, 1), date(2026, 12, 23)
DAYS = st.dates(date(1980, 1, 1), date(2060, 12, 31))


def filled(**changes: Any) -> Certificate:
    usual: dict[str, Any] = {
        "has_terms": True,
        "contract_from": date(2023, 1, 1),
        "contract_until": date(2028, 12, 31),
        "hired_on": HIRED,
        "ended_on": LAST_DAY,
        "position": "销售经理",
    }
    return certificate(**{**usual, **changes})


@pytest.mark.law("HND-06")
def test_the_certificate_has_the_four_fields_in_the_words_of_the_law_and_no_room_for_others() -> None:
    said = library().pack("cn").find("HND-06", LAST_DAY)
    assert said is not None
    assert [said.quote_zh.find(field) >= 0 for field in FIELDS] == [True] * 4
    assert {field.name for field in fields(Certificate)} == {
        *("contract_from", "contract_until"),
        "ended_on",
        "position",
        *("hired_on", "service"),
    }


@pytest.mark.law("HND-06")
@pytest.mark.parametrize(
    ("field", "where", "changes"),
    [
        (TERM, "import the employee's line of terms", {"has_terms": False}),
        (TERM, "contract_from in terms", {"contract_from": LAST_DAY + timedelta(days=1)}),
        (TERM, "contract_until in terms", {"contract_until": date(2022, 12, 31)}),
        (POSITION, "title in employees", {"position": "  "}),
        (SERVICE, "hired_on in employees", {"hired_on": LAST_DAY + timedelta(days=1)}),
    ],
)
def test_a_field_that_cannot_be_filled_in_is_named_with_the_place_to_mend_it(
    field: str, where: str, changes: dict[str, Any]
) -> None:
    with pytest.raises(MissingField, match=re.escape(where)) as refused:
        filled(**changes)
    assert refused.value.field == field
    assert field in str(refused.value)


def test_a_contract_without_an_end_on_file_has_no_fixed_term_and_one_without_a_beginning_began_with_the_work() -> None:
    assert filled(contract_until=None).contract_until is None
    assert filled(contract_from=None).contract_from == HIRED


@pytest.mark.parametrize(
    ("hired_on", "ended_on", "years", "months"),
    [
        (date(2020, 1, 1), date(2026, 12, 23), 6, 11),
        (date(2020, 1, 1), date(2025, 12, 31), 6, 0),
        (date(2024, 2, 29), date(2025, 2, 27), 1, 0),
        (date(2026, 12, 1), date(2026, 12, 23), 0, 0),
        (date(2026, 12, 23), date(2026, 12, 23), 0, 0),
    ],
)
def test_first_and_last_day_both_count_as_service(hired_on: date, ended_on: date, years: int, months: int) -> None:
    assert service_of(hired_on, ended_on) == Service(years, months)


@settings(settings.get_profile("domain"))
@given(DAYS, DAYS)
def test_service_is_never_negative_nor_longer_than_the_calendar(one: date, other: date) -> None:
    found = service_of(min(one, other), max(one, other))
    assert 0 <= found.months < 12
    assert 0 <= found.years * 12 + found.months <= (abs((other - one).days) + 1) / 28
