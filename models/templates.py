"""The shape of a checklist template's body, as administrators write and publish it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.desk.records import RecordKind
from domain.plan import Policy
from models.fields import Key
from models.forms import LEVEL, TEXT

_Word = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]
Words = tuple[_Word, _Word]
"""One text in Chinese and English."""
Days = Annotated[int, Field(ge=1, le=60)]
PortfolioKind = Literal[RecordKind.CUSTOMER, RecordKind.ORDER, RecordKind.RECEIVABLE]
Level = Annotated[str, Field(max_length=80, pattern=LEVEL)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TemplateItem(Strict):
    id: Key
    title: Words
    criterion: Words
    category: Key
    proof: bool = True


class TemplateClearance(Strict):
    """A department to ask. `levels`: `head`, `witness`, `job:<key>`, `role:<role>`, first level first.

    `portfolio`: what it looks after of the leaver's `customer`s, `order`s and `receivable`s; while any of them is open,
    it confirms only if it says why. `categories`: the same of the checklist's items.
    """

    department: Key
    title: Words
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)]
    quorum: Annotated[int, Field(ge=1, le=9)] = 1
    remind_every: Days = 2
    escalate_after: Days = 4
    due_after: Days = 10
    portfolio: Annotated[tuple[PortfolioKind, ...], Field(max_length=3)] = ()
    categories: Annotated[tuple[Key, ...], Field(max_length=50)] = ()


class TemplateBody(Strict):
    """What a case of this kind consists of. An empty `jobs` and `departments` fits everybody."""

    jobs: tuple[Key, ...] = ()
    departments: tuple[Key, ...] = ()
    items: Annotated[tuple[TemplateItem, ...], Field(min_length=1, max_length=500)]
    clearances: Annotated[tuple[TemplateClearance, ...], Field(min_length=1, max_length=50)]
    policy: Policy = Policy()

    @model_validator(mode="after")
    def _named_once(self) -> "TemplateBody":
        """A case finds its items and clearances by these names."""
        for names in ([item.id for item in self.items], [c.department for c in self.clearances]):
            for name in names:
                if names.count(name) > 1:
                    raise PydanticCustomError("duplicate", "{name} stands there more than once", {"name": name})
        return self


def applies(body: TemplateBody, job: str, department: str) -> int:
    """How well a template fits a person: 0 not at all, 1 as the general one, more the closer."""
    if body.jobs and job not in body.jobs:
        return 0
    if body.departments and department not in body.departments:
        return 0
    return 1 + 2 * bool(body.jobs) + bool(body.departments)
