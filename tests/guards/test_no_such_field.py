"""What the law keeps out of an employer's hands has no field in the product, and there is no order for it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import SQLModel

import models.employment
import models.tables  # noqa: F401  # makes every table known
from activities.ports import Connector
from api.routes.company import TEMPLATE_EXAMPLE
from domain.rights import Operation
from models.messages import AccessOrder
from models.templates import TemplateBody
from tests.api import contract

HOSTAGES = "deposit|pledge|collateral|surety|retained_(?:paper|document|certificate)|identity_card|id_card"
FIXED_SUMS = "in_lieu|notice_pay|liquidated|fine|forfeit|clawback"
FACES = r"face|facial|biometric\w*|fingerprint|iris|voiceprint|liveness"
SENSITIVE = (
    rf"{FACES}|bank\w*|iban|health|medical|diagnosis|religion|ethnicity|gps|latitude|longitude|birth\w*|passport"
)
JUDGEMENTS = "score|scoring|rating|ranking|risk|likelihood|probability|propensity|loyalty"
SIGNATURE = "POST /cases/{case_id}/record/intents/{intent_id}/signature"
DEVICES = "wipe|wiped|factory_reset|remote_lock|device_command|chat_history|chat_log|recovered"


def names(schema: Any) -> Iterator[str]:
    """Every name of a field in a JSON schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from names(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from names(part)


@cache
def everything() -> frozenset[str]:
    """Every field of the API and every column of the database."""
    fields = set(names(contract.document()))
    columns = {column.name for table in SQLModel.metadata.tables.values() for column in table.columns}
    assert len(fields) > 100
    assert len(columns) > 100
    return frozenset(fields | columns)


def fields_about(words: str) -> set[str]:
    """Fields whose name holds one of these words as a word."""
    return {name for name in everything() if re.search(rf"(?:^|_)(?:{words})(?:_|$)", name)}


def test_a_word_is_found_within_a_longer_name_and_no_part_of_a_word_is() -> None:
    assert fields_about("wage|sha256") >= {"monthly_wage", "text_sha256"}
    assert fields_about("age") == set()


@pytest.mark.law("HND-05")
def test_no_field_takes_a_deposit_or_a_retained_paper() -> None:
    assert fields_about(HOSTAGES) == set()


@pytest.mark.law("HND-05")
def test_a_checklist_that_would_take_a_deposit_is_refused() -> None:
    body = {**TEMPLATE_EXAMPLE, "deposit": 500}
    with pytest.raises(ValidationError, match="deposit"):
        TemplateBody.model_validate(body)


@pytest.mark.law("NOT-13", "NOT-14")
def test_no_field_takes_a_fixed_sum_from_whoever_leaves() -> None:
    assert fields_about(FIXED_SUMS) == set()


@pytest.mark.law("ESG-06")
def test_nobody_is_asked_for_a_face_whether_to_sign_in_or_to_sign() -> None:
    assert fields_about(FACES) == set()
    proves = {
        path: contract.resolved(contract.operation(path).says["requestBody"]["content"]["application/json"]["schema"])
        for path in ("POST /sign-in", SIGNATURE, "POST /cases/{case_id}/witness-refusal")
    }
    needed = {path: set(body["properties"]) - {"reason", "account"} for path, body in proves.items()}
    assert needed == {
        "POST /sign-in": {"login", "password"},
        SIGNATURE: {"public_key", "password", "code", "assertion"},
        "POST /cases/{case_id}/witness-refusal": {"password"},
    }
    required = set(proves[SIGNATURE]["required"])
    assert required == {"public_key"}, "a passkey may look at a face; nobody has to have one"


@pytest.mark.law("PIP-07")
def test_no_field_holds_sensitive_personal_information_and_none_scores_a_person() -> None:
    """Wages and leave are settled; whose account they are paid to, payroll knows."""
    assert fields_about(SENSITIVE) == set()
    assert fields_about(JUDGEMENTS) == set()


@pytest.mark.law("EVD-06")
def test_a_system_is_told_of_rights_alone_and_nothing_on_a_device_can_be_wiped_or_brought_back() -> None:
    assert {name for name in vars(Connector) if not name.startswith("_")} == {
        "freeze",
        "grant",
        "revoke",
        "restore",
        "read_back",
    }
    assert {operation.value for operation in Operation} == {"none", "freeze", "grant", "revoke", "restore", "close"}
    whose, what = {"case_id", "employee_id", "system"}, {"operation", "held", "desired"}
    assert set(AccessOrder.model_fields) == whose | what | {"revision", "wanted_since", "key"}
    assert fields_about(DEVICES) == set()
