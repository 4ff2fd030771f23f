"""What people send about a handover per customer: shapes and limits. Unknown fields are refused."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from domain.desk.entries import Step
from models.decision_bodies import Body
from models.desk.bodies import Version
from models.fields import Key
from models.forms import TEXT
from models.templates import PortfolioKind

MOST_ENTRIES = 500
"""In one request: a page or two of a list, decided at once."""
Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=TEXT)]
StaffNumbers = Annotated[tuple[Key, ...], Field(min_length=1, max_length=100)]

ENTRY: JsonDict = {"kind": "customer", "record": "019a3f5c2b7e4d1c8a90f3b2e6d75c41", "version": 1}


class EntryName(Body):
    """One customer, order or receivable, as it was read."""

    kind: PortfolioKind
    record: Key
    version: Version


class AssignEntries(Body):
    """Who shall receive. Several people: the rule chooses among them for each customer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"receivers": ["S1002", "S1003"], "also_proposed": True}]}
    )

    receivers: StaffNumbers
    """Staff numbers."""
    entries: Annotated[tuple[EntryName, ...], Field(max_length=MOST_ENTRIES)] = ()
    """Only these; none: everything that nobody was asked to take."""
    also_proposed: bool = False
    """Without `entries`: also what is proposed to somebody who has not answered."""
    override_reason: Said = ""
    """Lets receivers get more customers than they can look after; it is recorded."""


class DecideEntries(Body):
    """What becomes of these entries: all of them, or none if one can't be changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"step": "accept", "entries": [ENTRY]}]})

    step: Step
    entries: Annotated[tuple[EntryName, ...], Field(min_length=1, max_length=MOST_ENTRIES)]
    reason: Said = ""
    """Needed to refuse, to waive and to reopen."""


class SetCapacity(Body):
    """How many customers somebody can look after; without a figure there is no limit."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"employee": "S1002", "customers": 120}]})

    employee: Key
    """Staff number."""
    customers: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None
