"""The contents of decisions: what is said in words is said, wherever the decision comes from."""

import pytest
from pydantic import ValidationError

from models.decisions import DECISIONS

REQUIRED = [
    (name, field)
    for name, kind in DECISIONS.items()
    for field, info in kind.body.model_fields.items()
    if field in ("reason", "reference") and info.is_required()
]


@pytest.mark.parametrize(("name", "field"), REQUIRED)
def test_blanks_are_no_reason_and_no_reference(name: str, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DECISIONS[name].body.model_validate({field: " \t "})
    assert "string_too_short" in {error["type"] for error in refused.value.errors() if error["loc"] == (field,)}
