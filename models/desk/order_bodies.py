"""What people and systems send to the desk about orders: shapes and limits."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from domain.currencies import CURRENCIES
from domain.desk.orders import OrderState
from models.decision_bodies import Body
from models.desk.bodies import CustomerName, Version, Word
from models.fields import Key
from models.forms import CURRENCY, TEXT

FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)
MOST_LINES = 500
Day = Annotated[date, Field(ge=FIRST, le=LAST)]


def _known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError("no_such_currency", "no currency of ISO 4217")
    return code


def _plain(value: Any) -> Any:
    """Python reads `1_0`, `1e3` and digits of any script; people who write such a figure may mean another one."""
    if isinstance(value, bool) or (isinstance(value, str) and not _DECIMAL.fullmatch(value)):
        raise PydanticCustomError("no_plain_number", "plain decimal digits only")
    return value


_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
Plain = BeforeValidator(_plain)
Currency = Annotated[str, StringConstraints(pattern=CURRENCY), AfterValidator(_known_currency)]
Quantity = Annotated[Decimal, Plain, Field(gt=0, max_digits=12, decimal_places=4)]
Price = Annotated[Decimal, Plain, Field(ge=0, max_digits=14, decimal_places=6)]
Share = Annotated[Decimal, Plain, Field(ge=0, le=1, max_digits=7, decimal_places=6)]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=TEXT)]

LINE: JsonDict = {"product": "FCL-40HQ", "name": "整柜海运 宁波—汉堡", "quantity": "2", "unit_price": "18600.00"}


class OrderedLine(Body):
    """One thing ordered. Its amount is reckoned: quantity times price less the discount, rounded half up."""

    model_config = ConfigDict(json_schema_extra={"examples": [LINE]})

    product: Key
    name: CustomerName
    quantity: Quantity
    unit_price: Price
    """In the order's currency."""
    discount: Share = Decimal(0)
    """A share of the price: 0.05 is five per cent."""
    commission_rate: Share | None = None


Lines = Annotated[tuple[OrderedLine, ...], Field(min_length=1, max_length=MOST_LINES)]


class NewOrder(Body):
    """An order that one of ours takes, a quotation, or a draft of either."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"customer": "c-1", "lines": [LINE]}]})

    customer: Key
    """Its id."""
    number: Key | None = None
    state: Literal[OrderState.DRAFT, OrderState.QUOTATION, OrderState.CONFIRMED] = OrderState.CONFIRMED
    currency: Currency = "CNY"
    lines: Lines
    promised_on: Day | None = None
    carrier: Key | None = None
    """The carrier's id."""
    customer_reference: Word = ""


class IncomingOrder(Body):
    """An order that a customer sent by itself, as customer service or a connected shop hands it on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"customer_number": "C-1001", "customer_reference": "PO-88", "lines": [LINE]}]}
    )

    customer_number: Key
    number: Key | None = None
    currency: Currency = "CNY"
    lines: Lines
    promised_on: Day | None = None
    customer_reference: Word = ""


class OrderChange(Body):
    """Only what is given changes; `lines` replaces all lines. Only drafts and quotations change."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1, "lines": [LINE]}]})

    version: Version
    lines: Lines | None = None
    promised_on: Day | None = None
    carrier: Key | None = None
    customer_reference: Word | None = None


class MoveOrder(Body):
    """Brings an order into its next state. A cancelled or defaulted one needs a reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 1, "state": "in_progress"}]})

    version: Version
    state: OrderState
    reason: Remark = ""
