"""What people send to the desk about customers: shapes and limits. Unknown fields are refused."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from domain.desk.records import CustomerStatus, NoteKind
from models.decision_bodies import Body
from models.fields import Key
from models.forms import EMAIL, LINE, TEXT

MOST_AT_ONCE = 50
"""Customers that a manager reassigns in one request: enough for a day's work, too few to move a book of business."""
CustomerName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LINE)]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=LINE)]
Word = Annotated[str, StringConstraints(max_length=100, pattern=TEXT)]
Address = Annotated[str, StringConstraints(max_length=300, pattern=TEXT)]
Phone = Annotated[str, StringConstraints(max_length=40, pattern=TEXT)]
Mail = Annotated[str, StringConstraints(max_length=254, pattern=EMAIL)] | Literal[""]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=TEXT)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=TEXT)]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
"""The version that was read: if somebody else has changed the record since, nothing is written."""

CONTACT: JsonDict = {"name": "王芳", "title": "采购经理", "phone": "138 0013 8000", "mail": "wang.fang@example.com"}


class NewContact(Body):
    """A person at a customer."""

    model_config = ConfigDict(json_schema_extra={"examples": [CONTACT]})

    name: PersonName
    title: Word = ""
    phone: Phone = ""
    mail: Mail = ""
    message_id: Word = ""
    preferences: Annotated[str, StringConstraints(max_length=2000, pattern=TEXT)] = ""
    is_primary: bool = False


class ContactChange(Body):
    """Only what is given changes. Whoever has left the customer is marked `active: false`, and stays on record."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1, "phone": "139 0013 9000"}]})

    version: Version
    name: PersonName | None = None
    title: Word | None = None
    phone: Phone | None = None
    mail: Mail | None = None
    message_id: Word | None = None
    preferences: Annotated[str, StringConstraints(max_length=2000, pattern=TEXT)] | None = None
    is_primary: bool | None = None
    active: bool | None = None


class NewCustomer(Body):
    """A customer of the company. Without `number` one is made; without `owner` it belongs to whoever enters it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "宁波海潮国际货运有限公司", "region": "CN-ZJ", "city": "宁波", "contacts": [CONTACT]},
            ]
        }
    )

    name: CustomerName
    number: Key | None = None
    industry: Word = ""
    region: Word = ""
    city: Word = ""
    address: Address = ""
    source: Word = ""
    status: CustomerStatus = CustomerStatus.PROSPECT
    owner: Key | None = None
    """Staff number: oneself, or somebody below."""
    contacts: Annotated[tuple[NewContact, ...], Field(max_length=20)] = ()


class CustomerChange(Body):
    """Only what is given changes; what it was before is kept. The owner changes by `reassign`, and by nothing else."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1, "status": "active"}]})

    version: Version
    name: CustomerName | None = None
    industry: Word | None = None
    region: Word | None = None
    city: Word | None = None
    address: Address | None = None
    source: Word | None = None
    status: CustomerStatus | None = None


class NewNote(Body):
    """A preference, a piece of the history of cooperation, a note."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "preference", "text": "只接受上午送货。"}]})

    kind: NoteKind
    text: LongText


class Reassign(Body):
    """Gives customers with their open orders and receivables to somebody else."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"customers": ["c-1"], "to": "S1002", "reason": "客户迁至华南区。"}]}
    )

    customers: Annotated[tuple[Key, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    to: Key
    """Staff number; oneself, or somebody below."""
    reason: Why


class Merge(Body):
    """This customer is the same as another one: it stays, with its history, and points there."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"into": "c-2", "version": 1, "reason": "同一家公司，重复建档。"}]}
    )

    into: Key
    version: Version
    reason: Why
