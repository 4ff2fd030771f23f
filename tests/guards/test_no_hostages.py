"""Nothing in the product can hold papers, deposits or guarantees of a person who leaves (HND-05, LCL 9, 84)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import SQLModel

import models.tables  # noqa: F401  # makes every table known
from api.main import create_app
from api.routes.company import TEMPLATE_EXAMPLE
from models.templates import TemplateBody
from tests import builders

HOSTAGE = re.compile(r"deposit|pledge|collateral|surety|retained_(?:paper|document|certificate)|identity_card|id_card")


def names(schema: Any) -> Iterator[str]:
    """Every name of a field in a JSON schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from names(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from names(part)


@pytest.mark.law("HND-05")
def test_no_field_of_the_api_or_the_database_takes_a_deposit_or_a_retained_paper(tmp_path: Any) -> None:
    fields = set(names(create_app(builders.settings(tmp_path)).openapi()))
    columns = {column.name for table in SQLModel.metadata.tables.values() for column in table.columns}
    assert len(fields) > 100
    assert len(columns) > 100
    assert {name for name in fields | columns if HOSTAGE.search(name)} == set()


@pytest.mark.law("HND-05")
def test_a_checklist_that_would_take_a_deposit_is_refused() -> None:
    body = {**TEMPLATE_EXAMPLE, "deposit": 500}
    with pytest.raises(ValidationError, match="deposit"):
        TemplateBody.model_validate(body)
