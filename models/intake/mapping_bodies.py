"""A mapping as people write it: which of the file's own columns become which of ours, and by which small steps."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.mapping import MOST_PLACES, Column, date_form
from models.decision_bodies import Body
from models.fields import Key
from models.forms import TEXT
from models.import_rows import TimeZone

MOST_VALUES = 20_000
Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=TEXT)]
"""A column of the file, in its own words."""
Value = Annotated[str, StringConstraints(max_length=1000, pattern=TEXT)]


def _one_or_several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _form_of_dates(form: str) -> str:
    try:
        date_form(form)
    except ValueError as error:
        raise PydanticCustomError("not_allowed", "no form of dates", {"expected": _SOME_FORMS}) from error
    return form


_SOME_FORMS = "YYYY-MM-DD, DD.MM.YYYY, MM/DD/YYYY HH:mm, YYYY年MM月DD日"
DateForm = Annotated[str, StringConstraints(max_length=40, pattern=TEXT), BeforeValidator(_form_of_dates)]


class ColumnMapping(Body):
    """Steps are done in the order of the fields. Every cell is trimmed first."""

    model_config = ConfigDict(populate_by_name=True)

    sources: Annotated[tuple[Named, ...], Field(max_length=5), BeforeValidator(_one_or_several)] = Field(
        default=(), alias="from", description="A column of the file, or several, which are joined"
    )
    join: Annotated[str, StringConstraints(max_length=10, pattern=TEXT)] = Field(" ", description="What joins them")
    constant: Value = Field("", description="What the column holds where the file has nothing")
    values: Annotated[dict[Value, Value], Field(max_length=MOST_VALUES)] | None = Field(
        None, description="What stands for what; any other value is a problem, unless `otherwise` is given"
    )
    otherwise: Value | None = None
    date: DateForm | Literal[""] = Field("", description="How dates are written", examples=["DD.MM.YYYY"])
    decimal: Literal["", ",", "."] = Field("", description="The decimal sign; the other one parts thousands")
    places: Annotated[int, Field(ge=0, le=MOST_PLACES)] | None = Field(None, description="Rounded half up to so many")

    @model_validator(mode="after")
    def _from_somewhere(self) -> "ColumnMapping":
        if not self.sources and not self.constant:
            raise PydanticCustomError("missing", "neither from nor constant")
        return self

    def column(self) -> Column:
        return Column(**{name: getattr(self, name) for name in type(self).model_fields})


class MappingBody(Body):
    """A mapping for files of one kind. Columns of the file that it does not name are left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "customers",
                    "columns": {
                        "number": {"from": "客户编号"},
                        "name": {"from": "客户名称"},
                        "address": {"from": ["省", "市", "地址"], "join": ""},
                        "status": {"from": "状态", "values": {"正常": "active", "停用": "dormant"}},
                        "owner": {"from": "业务员工号", "constant": "S1501"},
                    },
                }
            ]
        }
    )

    kind: Key
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(
        None, description="Of CSV; without it, the one that parts the header"
    )
    sheet: Annotated[str, StringConstraints(max_length=31)] | None = Field(
        None, description="Of Excel; without it, the first"
    )
    time_zone: TimeZone = Field("Asia/Shanghai", description="Of moments that don't say theirs")
    columns: Annotated[dict[Key, ColumnMapping], Field(min_length=1, max_length=100)]

    def steps(self) -> Mapping[str, Column]:
        """The steps by the column that they make."""
        return {name: mapping.column() for name, mapping in self.columns.items()}
