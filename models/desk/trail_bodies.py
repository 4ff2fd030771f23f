"""What people send to the desk about conversations, files, carriers and money owed: shapes and limits."""

from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from domain.desk.records import CommunicationKind, Direction
from models.decision_bodies import Body
from models.desk.bodies import CustomerName, LongText, Mail, Phone, Version, Word
from models.desk.order_bodies import Currency, Day, Plain
from models.fields import Instant, Key
from models.forms import LINE, TEXT

FileName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LINE)]
Terms = Annotated[str, StringConstraints(max_length=10_000, pattern=TEXT)]
Amount = Annotated[Decimal, Plain, Field(gt=0, max_digits=16, decimal_places=4)]
SignedAmount = Annotated[Decimal, Plain, Field(max_digits=16, decimal_places=4)]


class NewCommunication(Body):
    """A call, mail, visit, message or order follow-up that has taken place. Nobody changes it afterwards."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "call", "direction": "out", "contact": "p-1", "summary": "确认周五前发货。"}]
        }
    )

    kind: CommunicationKind
    direction: Direction
    summary: LongText
    at: Instant | None = None
    """When it took place; absent: now."""
    contact: Key | None = None
    order: Key | None = None


class NewReceivable(Body):
    """Money that a customer owes. Whoever has the order looks after it, or else the customer's owner."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"customer": "c-1", "amount": "37200.00", "issued_on": "2026-11-23", "due_on": "2026-12-23"},
            ]
        }
    )

    customer: Key
    number: Key | None = None
    order: Key | None = None
    amount: Amount
    currency: Currency = "CNY"
    issued_on: Day
    due_on: Day


class NewPayment(Body):
    """Money that came in for a receivable; a negative amount went back."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount": "10000.00", "received_on": "2026-12-20", "reference": "ICBC-20261220-118"}]
        }
    )

    amount: SignedAmount
    received_on: Day
    reference: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=LINE)]
    """The bank's or the books' own; the same one is entered once."""


class NewCarrier(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "甬通集卡车队", "service": "宁波港集卡", "phone": "0574-8765 4321"}]}
    )

    name: CustomerName
    number: Key | None = None
    service: Word = ""
    contact_name: Word = ""
    phone: Phone = ""
    mail: Mail = ""
    terms: Terms = ""
    """Rates and conditions."""


class CarrierChange(Body):
    """Only what is given changes; what it was before is kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1, "service": "宁波港集卡、仓储"}]})

    version: Version
    name: CustomerName | None = None
    service: Word | None = None
    contact_name: Word | None = None
    phone: Phone | None = None
    mail: Mail | None = None
    terms: Terms | None = None
    active: bool | None = None
