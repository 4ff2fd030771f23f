"""What is wrong with single fields of a request: sentences in both languages for pydantic's types of errors."""

from collections.abc import Mapping
from typing import Any

from domain.plan import UnfitPolicy
from models.forms import NAMES, OTHER_FORM
from models.validation import choices
from texts import DEFAULT, LANGUAGES, catalogue, text

OTHER = "other"
"""Says what pydantic says, which is English."""
SAME_AS = {
    "literal_error": "enum",
    "int_parsing": "int_type",
    "int_parsing_size": "int_type",
    "int_from_float": "int_type",
    "bool_parsing": "bool_type",
    "date_parsing": "date_type",
    "date_from_datetime_parsing": "date_type",
    "date_from_datetime_inexact": "date_type",
    "datetime_parsing": "datetime_type",
    "datetime_from_date_parsing": "datetime_type",
    "datetime_object_invalid": "datetime_type",
    "tuple_type": "list_type",
    "model_type": "dict_type",
    "dataclass_type": "dict_type",
}
"""Types of errors that the same sentence mends."""


OR_EMPTY = "or_empty"
"""Said of a field that takes one thing or nothing, beside what is wrong with the one thing."""
UNFIT_POLICY = "unfit_policy"
"""Said of a template's policy, one of whose figures is out of range."""


def sentence(kind: str) -> str:
    """The key of the sentence for a type of error, without its family; OTHER if there is none of its own."""
    own = SAME_AS.get(kind, kind)
    return own if f"field.{own}" in catalogue(DEFAULT) else OTHER


def messages(detail: Mapping[str, Any]) -> dict[str, str]:
    """One of pydantic's error details as a sentence by language."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("too_short", "too_long") and isinstance(detail["input"], str):  # a secret's length counts characters
        kind = f"string_{kind}"
    key = OR_EMPTY if context.get("expected") == "''" else sentence(kind)
    form = NAMES.get(str(context.get("pattern", "")), OTHER_FORM)
    if isinstance(error := context.get("error"), UnfitPolicy):
        key, context = UNFIT_POLICY, {**context, **vars(error)}
    values = {**context, "choices": choices(context), "problem": detail["msg"], "form": form}
    return {language: text(f"field.{key}", language, **values) for language in LANGUAGES}
