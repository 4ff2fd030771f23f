"""What an industry pack says: jobs, fields of records, checklists, and which rights a freeze takes."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.plan import Policy
from models.fields import Key
from models.templates import Strict, TemplateBody, TemplateClearance, TemplateItem, Words


class FieldOf(StrEnum):
    CUSTOMER = "customer"
    ORDER = "order"


class FieldType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    YES_OR_NO = "yes_or_no"
    CHOICE = "choice"
    LIST = "list"
    """Several texts."""


class Job(Strict):
    key: Key
    name: Words
    sells: bool = False
    """Who holds it has customers: its checklist leaves no part of their portfolio to nobody."""


class Choice(Strict):
    key: Key
    name: Words


class ExtraField(Strict):
    """A field that records of this kind have in this industry."""

    of: FieldOf
    key: Key
    name: Words
    type: FieldType
    choices: tuple[Choice, ...] = ()

    @model_validator(mode="after")
    def _choices_fit(self) -> "ExtraField":
        if (self.type is FieldType.CHOICE) != bool(self.choices):
            raise PydanticCustomError("choices", "a choice names its choices, and nothing else does")
        keys = [choice.key for choice in self.choices]
        if len(set(keys)) < len(keys):
            raise PydanticCustomError("choices", "a choice stands there more than once")
        return self


class FreezeRight(Strict):
    """What a freeze does about a right (law.md, FRZ-05): `protects_data` is frozen even without a basis for more."""

    system: Key
    right: Key
    name: Words
    frozen_on_notice: bool
    protects_data: bool = False


class PackTemplate(Strict):
    """A checklist; items and clearances that many share stand in `common.toml`, and are named."""

    key: Key
    general: bool = False
    """Not only of this industry."""
    jobs: tuple[Key, ...] = ()
    departments: tuple[Key, ...] = ()
    items: tuple[TemplateItem, ...] = ()
    common_items: tuple[Key, ...] = ()
    clearances: tuple[TemplateClearance, ...] = ()
    common_clearances: tuple[Key, ...] = ()
    policy: Policy = Policy()


class Common(Strict):
    """What packs of all industries share."""

    always_items: tuple[Key, ...]
    """Every checklist ends with them."""
    always_clearances: tuple[Key, ...]
    """Departments that are asked about everybody, after all others."""
    items: tuple[TemplateItem, ...]
    clearances: tuple[TemplateClearance, ...]
    rights: tuple[FreezeRight, ...]
    templates: tuple[PackTemplate, ...]


class PackFile(Strict):
    """A pack as it is written."""

    industry: Key
    version: Annotated[int, Field(ge=1)]
    name: Words
    jobs: Annotated[tuple[Job, ...], Field(min_length=1)]
    fields: tuple[ExtraField, ...] = ()
    rights: Annotated[tuple[FreezeRight, ...], Field(min_length=1)]
    templates: Annotated[tuple[PackTemplate, ...], Field(min_length=1)]


class Template(Strict):
    """A checklist, whole."""

    key: Key
    industry: Key
    body: TemplateBody


class IndustryPack(Strict):
    """A pack, with all that it shares with others."""

    industry: Key
    version: int
    name: Words
    jobs: tuple[Job, ...]
    fields: tuple[ExtraField, ...]
    rights: tuple[FreezeRight, ...]
    templates: tuple[Template, ...]
