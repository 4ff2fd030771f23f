"""A trading company's life, made up from a seed: few customers are large and many small, as in any company's books.

Each record is made from the seed and its own number alone, so that a million orders need no memory, and the same seed
always tells the same life. One seller holds about half of the turnover: that is whose departure matters.
"""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from commands.trade import Names, Trade
from domain.desk.orders import OPEN

DAYS = 1095
"""For so long the company's orders go back."""
ALIKE = 3
"""So many of the last customers are larger ones, written differently."""
_SKEW = 1.1
_BILLED_DAYS = 270


class Seller(NamedTuple):
    number: str
    star: bool = False
    """Who holds about half of the turnover."""


class Line(NamedTuple):
    product: str
    name: str
    quantity: int
    price: Decimal


class Order(NamedTuple):
    n: int
    number: str
    customer: int
    placed: date
    state: str
    lines: tuple[Line, ...]

    @property
    def amount(self) -> Decimal:
        return sum((line.quantity * line.price for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class Life:
    """What there is to tell, kind by kind: rows as the files of an import have them."""

    trade: Trade
    names: Names
    sellers: Sequence[Seller]
    customers_in_all: int
    orders_in_all: int
    today: date
    seed: int = 1

    @cached_property
    def _weights(self) -> list[float]:
        return list(accumulate((rank + 1) ** -_SKEW for rank in range(self.customers_in_all)))

    @cached_property
    def star(self) -> str:
        """Staff number of whoever holds about half of the turnover."""
        return next(seller.number for seller in self.sellers if seller.star)

    @cached_property
    def owners(self) -> list[str]:
        """Whose each customer is, the largest first: the star's as long as that is less than half of what is given."""
        others = [seller.number for seller in self.sellers if not seller.star]
        found, hers, before = [], 0.0, 0.0
        for rank, total in enumerate(self._weights):
            mine = hers + (total - before) <= total / 2
            hers, before = hers + (total - before) * mine, total
            found.append(self.star if mine else others[rank % len(others)])
        return found

    def customers(self) -> Iterator[dict[str, Any]]:
        """Of every eleventh nobody wrote down what it does."""
        for n in range(self.customers_in_all):
            made = self.chance("customer", self._like(n))
            trade = made.choice(self.trade.trades)
            name, city, region = self.names.firm(made, trade)
            small = made.choices(("dormant", "prospect", "lost"), (4, 4, 1))[0]
            yield {
                "number": customer_number(n),
                "name": name if self._like(n) == n else f"{name[:2]} {name[2:]}",
                "owner": self.owners[n],
                "industry": "" if n % 11 == 10 else trade,
                "region": region,
                "city": city,
                "source": made.choice(self.trade.sources),
                "status": "active" if n < self.customers_in_all * 0.85 else small,
            }

    def contacts(self) -> Iterator[dict[str, Any]]:
        """Larger customers have three, every ninth small one has none on file, and some cannot be called."""
        large = self.customers_in_all // 5
        for n in range(self.customers_in_all):
            like = self._like(n)
            if like >= large and n % 9 == 8:
                continue
            made = self.chance("contact", like)
            people = dict.fromkeys(self.names.person(made) for _ in range(1 + (like < large) * 2))
            for place, name in enumerate(people):
                phone = f"1{made.choice('3578')}{made.randrange(10**9):09}"
                silent = like >= large and n % 7 == 6
                yield {
                    "customer": customer_number(n),
                    "name": name,
                    "title": made.choice(self.trade.titles),
                    "phone": "" if silent else phone,
                    "mail": "" if silent else f"{customer_number(like).lower()}.{place}@example.com",
                    "is_primary": "no" if place else "yes",
                }

    def carriers(self) -> Iterator[dict[str, Any]]:
        for n, carrier in enumerate(self.trade.carriers, 1):
            yield {"number": f"K{n:02}", **carrier.model_dump(), "phone": f"400-820-{n:04}"}

    def orders(self) -> Iterator[dict[str, Any]]:
        for n in range(self.orders_in_all):
            order = self.order(n)
            promised = order.placed + timedelta(days=14 + self.chance("promised", n).randrange(14))
            for position, line in enumerate(order.lines, 1):
                yield {
                    "number": order.number,
                    "customer": customer_number(order.customer),
                    "placed_at": f"{order.placed.isoformat()} {8 + n % 10:02}:{n % 60:02}",
                    "state": order.state,
                    "promised_on": promised.isoformat(),
                    "carrier": f"K{n % len(self.trade.carriers) + 1:02}",
                    "position": str(position),
                    "product": line.product,
                    "product_name": line.name,
                    "quantity": str(line.quantity),
                    "unit_price": str(line.price),
                }

    def receivables(self) -> Iterator[dict[str, Any]]:
        """Of what was delivered in the last nine months; the rest is long settled, and in the old books."""
        for order in self.billed():
            issued = order.placed + timedelta(days=10)
            yield {
                "number": f"R{order.number}",
                "customer": customer_number(order.customer),
                "order": order.number,
                "amount": str(order.amount),
                "issued_on": issued.isoformat(),
                "due_on": (issued + timedelta(days=30 if order.customer % 3 else 60)).isoformat(),
            }

    def payments(self) -> Iterator[dict[str, Any]]:
        """Most pay a few days late; every tenth customer pays in two goes, every fifteenth hardly at all."""
        for order in self.billed():
            paid_on = self.paid_on(order)
            if paid_on is None:
                continue
            half = (order.amount / 2).quantize(Decimal("0.01")) if order.customer % 10 == 3 else order.amount
            for reference, amount in (("1", half), ("2", order.amount - half)):
                if amount:
                    yield {
                        "receivable": f"R{order.number}",
                        "reference": f"B{order.number}-{reference}",
                        "amount": str(amount),
                        "received_on": paid_on.isoformat(),
                    }

    def paid_on(self, order: Order) -> date | None:
        """When the order was paid; None if it is not yet."""
        day = order.placed + timedelta(days=40 + self.chance("payment", order.n).randrange(30))
        return day if day < self.today and order.customer % 15 != 7 else None

    def communications(self) -> Iterator[dict[str, Any]]:
        """The larger a customer, the more is said; most open orders are followed up."""
        for n in range(self.customers_in_all):
            made = self.chance("said", n)
            for _ in range(1 + 40 // (n + 2)):
                said = made.choice(self.trade.said)
                day = self.today - timedelta(days=1 + int(365 * made.random() ** 1.5))
                yield self._said(n, day, made, said.kind, said.direction, said.summary)
        for n in range(self.orders_in_all):
            order, made = self.order(n), self.chance("followed", n)
            if order.state in OPEN and made.random() < 0.8:
                day = min(order.placed + timedelta(days=1 + made.randrange(6)), self.today - timedelta(days=1))
                said = made.choice(self.trade.follow_ups)
                yield {**self._said(order.customer, day, made, *said.model_dump().values()), "order": order.number}

    def order(self, n: int) -> Order:
        """The order of this number. More orders are recent than old: the company grows."""
        made = self.chance("order", n)
        customer = bisect(self._weights, made.random() * self._weights[-1])
        age = 1 + int((DAYS - 1) * made.random() ** 1.3)
        lines = []
        for _ in range(made.choice((1, 1, 2, 2, 3))):
            product = made.choice(self.trade.products)
            asked = Decimal(round(product.price * made.uniform(0.8, 1.25))) + Decimal(made.choice((0, 50))) / 100
            lines.append(Line(product.key, product.name, 1 + int(made.expovariate(0.7)), asked))
        last = self.customers_in_all - ALIKE - 1
        placed = self.today - timedelta(days=age)
        return Order(n, f"SO{n + 1:07}", min(customer, last), placed, _state(made, age), tuple(lines))

    def billed(self) -> Iterator[Order]:
        for n in range(self.orders_in_all):
            order = self.order(n)
            if order.state in ("delivered", "completed") and 10 < (self.today - order.placed).days < _BILLED_DAYS:
                yield order

    def chance(self, kind: str, n: int) -> Random:
        """What chance there is in one record: always the same."""
        return Random(f"{self.seed}:{kind}:{n}")  # noqa: S311  # made up, and the same each time

    def _like(self, n: int) -> int:
        """The customer that this one is the same as; itself, but for the last few."""
        place = n - (self.customers_in_all - ALIKE)
        return n if place < 0 else self.customers_in_all // 10 + place

    def _said(self, customer: int, day: date, made: Random, kind: str, direction: str, summary: str) -> dict[str, Any]:
        return {
            "customer": customer_number(customer),
            "kind": kind,
            "direction": direction,
            "at": f"{day.isoformat()} {made.randrange(9, 18):02}:{made.randrange(60):02}",
            "employee": self.owners[customer],
            "summary": summary,
        }


def customer_number(n: int) -> str:
    """The company's number of its n-th largest customer, counted from 0."""
    return f"C{n + 1:05}"


def _state(made: Random, age: int) -> str:
    if age < 5:
        return made.choice(("draft", "quotation", "confirmed", "confirmed"))
    if age < 25:
        return made.choice(("confirmed", "in_progress", "in_progress", "delivered"))
    return made.choices(("completed", "cancelled", "defaulted"), (96, 3, 1))[0]
