"""What records say in the fields of their industry: typed values, what they were before kept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session

from domain.desk.records import RecordKind
from domain.errors import conflict, invalid
from models.decision_bodies import Body
from models.desk.changes import note
from models.desk.gate import Passage
from models.fields import Key
from models.forms import TEXT
from models.industries import choices as industry
from models.industries.shapes import Choice, ExtraField, FieldOf, FieldType
from models.industries.tables import ExtraValues
from models.templates import Words

MOST_DIGITS = 20
_Text = Annotated[str, StringConstraints(max_length=500, pattern=TEXT)]
Value = bool | _Text | Annotated[tuple[_Text, ...], Field(max_length=50)] | None
_KINDS = {FieldOf.CUSTOMER: RecordKind.CUSTOMER, FieldOf.ORDER: RecordKind.ORDER}


class FieldValue(BaseModel):
    """A field and what the record says in it; nothing, if nobody has filled it in."""

    key: str
    name: Words
    type: FieldType
    choices: tuple[Choice, ...]
    value: Value


class RecordFields(BaseModel):
    """The fields that the industry in force gives such records; what was said in others is kept."""

    version: int = Field(description="0 as long as nobody has filled anything in")
    fields: list[FieldValue]


class FieldsChange(Body):
    """Only what is given changes; null empties a field. Numbers and days are written as text."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": 0, "values": {"lanes": ["宁波—汉堡"], "cargo": "general"}}]}
    )

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    values: Annotated[dict[Key, Value], Field(min_length=1, max_length=50)]


def shown(session: Session, of: FieldOf, record_id: str) -> RecordFields:
    """The record's fields."""
    row = session.get(ExtraValues, (of.value, record_id))
    content: Mapping[str, Any] = row.content if row else {}
    known = industry.fields(session, of)
    return RecordFields(
        version=row.version if row else 0,
        fields=[FieldValue(**field.model_dump(exclude={"of"}), value=content.get(field.key)) for field in known],
    )


def change(
    session: Session,
    of: FieldOf,
    record_id: str,
    customer_id: str | None,
    body: FieldsChange,
    by: str,
    passage: Passage,
) -> None:
    """Fills fields in. Raises Refusal if a value does not fit, or the record was changed since it was read."""
    row = session.get(ExtraValues, (of.value, record_id), with_for_update=True)
    if (row.version if row else 0) != body.version:
        raise conflict("desk.changed_meanwhile", version=row.version if row else 0)
    known = {field.key: field for field in industry.fields(session, of)}
    before = dict(row.content) if row else {}
    after = before | {key: _fitting(known, key, value) for key, value in body.values.items()}
    after = {key: value for key, value in after.items() if value is not None}
    changed = [key for key in body.values if before.get(key) != after.get(key)]
    if not changed:
        return
    told = {f"fields.{key}": (before.get(key), after.get(key)) for key in changed}
    note(session, _KINDS[of], record_id, customer_id, told, by, passage)
    if row is None:
        session.add(ExtraValues(kind=of.value, record_id=record_id, content=after, updated_at=passage.now))
    else:
        row.content, row.updated_at, row.version = after, passage.now, row.version + 1
    session.flush()


def _fitting(known: Mapping[str, ExtraField], key: str, value: Value) -> Any:
    field = known.get(key)
    if field is None:
        raise invalid("fields.unknown", field=key, known=", ".join(known))
    if value is None or value == "":
        return None
    if not _FORMS[field.type](value):
        raise invalid("fields.unfit", field=key, form=field.type.value)
    choices = [choice.key for choice in field.choices]
    if choices and value not in choices:
        raise invalid("fields.no_such_choice", field=key, value=str(value), known=", ".join(choices))
    return list(value) if isinstance(value, tuple) else value


def _is_number(value: Value) -> bool:
    try:
        return isinstance(value, str) and Decimal(value).is_finite() and len(value) <= MOST_DIGITS
    except InvalidOperation:
        return False


def _is_day(value: Value) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


_FORMS: Mapping[FieldType, Callable[[Value], bool]] = {
    FieldType.TEXT: lambda value: isinstance(value, str),
    FieldType.NUMBER: _is_number,
    FieldType.DAY: _is_day,
    FieldType.YES_OR_NO: lambda value: isinstance(value, bool),
    FieldType.CHOICE: lambda value: isinstance(value, str),
    FieldType.LIST: lambda value: isinstance(value, Sequence) and not isinstance(value, str),
}
