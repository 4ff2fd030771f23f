"""A trading company's life, made up from a seed: few customers are large and many small, as in any company's books.

Each record is made from the seed and its own number alone, so that a million orders need no memory, and the same seed
always tells the same life. One seller holds about half of the turnover: that is whose departure matters.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

DAYS = 1095
"""For so long the company's orders go back."""
_SKEW = 1.1
_CITIES = (
    ("宁波", "CN-ZJ"),
    ("上海", "CN-SH"),
    ("苏州", "CN-JS"),
    ("深圳", "CN-GD"),
    ("广州", "CN-GD"),
    ("青岛", "CN-SD"),
)
_CITIES += (
    ("天津", "CN-TJ"),
    ("杭州", "CN-ZJ"),
    ("厦门", "CN-FJ"),
    ("义乌", "CN-ZJ"),
    ("东莞", "CN-GD"),
    ("无锡", "CN-JS"),
)
_FIRST = "恒嘉瑞鑫博远盛华泰安顺达海川立信宏宇启明东方金桥"
_SECOND = "通达源丰茂隆泽润成业兴旺捷诚辉煌锦程峰岳联创"
_TRADES = ("机电", "纺织", "家居", "医疗器械", "汽车配件", "食品", "五金", "电子", "化工", "玩具", "建材", "光伏")
_FORMS = ("有限公司", "进出口有限公司", "贸易有限公司", "股份有限公司", "实业有限公司")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "芳",
    "伟",
    "娜",
    "敏",
    "静",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "军",
    "杰",
    "娟",
    "涛",
    "晓燕",
    "志强",
    "建国",
    "雨晴",
)
_TITLES = ("采购经理", "物流主管", "总经理", "财务", "关务", "仓库主管")
_SERVICES = (
    ("FCL-40HQ", "整柜海运 40HQ", 18_600),
    ("FCL-20GP", "整柜海运 20GP", 10_200),
    ("LCL", "拼箱海运（立方米）", 420),
    ("AIR", "空运（百公斤）", 3_150),
    ("TRUCK", "整车陆运", 5_400),
    ("WH", "仓储（月）", 2_800),
    ("CUSTOMS", "报关", 350),
)
_CARRIERS = ("东海航运", "顺捷陆运", "远途集卡", "蓝天空运", "平安冷链", "华南驳船", "西线专列", "城际配送")
_SAID = (
    ("call", "out", "确认装柜时间和提单信息"),
    ("message", "in", "询问到港时间，已答复"),
    ("mail", "out", "发送对账单和发票"),
    ("visit", "out", "拜访客户，谈明年运价"),
    ("follow_up", "out", "跟进在途订单，无异常"),
    ("call", "in", "客户投诉延误，已转客服"),
)


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

    sellers: Sequence[Seller]
    customers_in_all: int
    orders_in_all: int
    today: date
    seed: int = 1

    @cached_property
    def _weights(self) -> list[float]:
        return list(accumulate((rank + 1) ** -_SKEW for rank in range(self.customers_in_all)))

    @cached_property
    def owners(self) -> list[str]:
        """Whose each customer is, the largest first: the star's as long as that is less than half of what is given."""
        star = next(seller.number for seller in self.sellers if seller.star)
        others = [seller.number for seller in self.sellers if not seller.star]
        found, hers, before = [], 0.0, 0.0
        for rank, total in enumerate(self._weights):
            mine = hers + (total - before) <= total / 2
            hers, before = hers + (total - before) * mine, total
            found.append(star if mine else others[rank % len(others)])
        return found

    def customers(self) -> Iterator[dict[str, Any]]:
        for n in range(self.customers_in_all):
            made = self._random("customer", n)
            city, region = made.choice(_CITIES)
            trade = made.choice(_TRADES)
            name = f"{city}{made.choice(_FIRST)}{made.choice(_SECOND)}{trade}{made.choice(_FORMS)}"
            yield {
                "number": _customer(n),
                "name": name,
                "owner": self.owners[n],
                "industry": trade,
                "region": region,
                "city": city,
                "source": made.choice(("展会", "转介绍", "电话开发", "网站")),
                "status": "active" if n < self.customers_in_all * 0.85 else made.choice(("dormant", "prospect")),
            }

    def contacts(self) -> Iterator[dict[str, Any]]:
        for n in range(self.customers_in_all):
            made = self._random("contact", n)
            names = dict.fromkeys(self._name(made) for _ in range(1 + (n < self.customers_in_all // 5) * 2))
            for place, name in enumerate(names):
                yield {
                    "customer": _customer(n),
                    "name": name,
                    "title": made.choice(_TITLES),
                    "phone": f"1{made.choice('3578')}{made.randrange(10**9):09}",
                    "mail": f"{_customer(n).lower()}.{place}@example.com",
                    "is_primary": "no" if place else "yes",
                }

    def carriers(self) -> Iterator[dict[str, Any]]:
        for n, name in enumerate(_CARRIERS, 1):
            yield {"number": f"K{n:02}", "name": f"{name}有限公司", "service": name[2:], "phone": f"400-820-{n:04}"}

    def orders(self) -> Iterator[dict[str, Any]]:
        for n in range(self.orders_in_all):
            order = self.order(n)
            for position, line in enumerate(order.lines, 1):
                yield {
                    "number": order.number,
                    "customer": _customer(order.customer),
                    "placed_at": order.placed.isoformat(),
                    "state": order.state,
                    "promised_on": (order.placed + timedelta(days=21)).isoformat(),
                    "carrier": f"K{n % len(_CARRIERS) + 1:02}",
                    "position": str(position),
                    "product": line.product,
                    "product_name": line.name,
                    "quantity": str(line.quantity),
                    "unit_price": str(line.price),
                }

    def receivables(self) -> Iterator[dict[str, Any]]:
        """Of what was delivered in the last nine months; the rest is long settled, and in the old books."""
        for order in self._billed():
            issued = order.placed + timedelta(days=10)
            yield {
                "number": f"R{order.number}",
                "customer": _customer(order.customer),
                "order": order.number,
                "amount": str(order.amount),
                "issued_on": issued.isoformat(),
                "due_on": (issued + timedelta(days=30 if order.customer % 3 else 60)).isoformat(),
            }

    def payments(self) -> Iterator[dict[str, Any]]:
        """Most pay a few days late; every tenth customer pays in two goes, every fifteenth hardly at all."""
        for order in self._billed():
            made = self._random("payment", int(order.number[2:]))
            paid_on = order.placed + timedelta(days=40 + made.randrange(30))
            if paid_on >= self.today or order.customer % 15 == 7:
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

    def communications(self) -> Iterator[dict[str, Any]]:
        """The larger a customer, the more is said."""
        for n in range(self.customers_in_all):
            made = self._random("said", n)
            for _ in range(2 + 40 // (n + 2)):
                kind, direction, summary = made.choice(_SAID)
                at = self.today - timedelta(days=1 + int(365 * made.random() ** 2))
                clock = f"{made.randrange(9, 18):02}:{made.randrange(60):02}"
                yield {
                    "customer": _customer(n),
                    "kind": kind,
                    "direction": direction,
                    "at": f"{at.isoformat()} {clock}",
                    "employee": self.owners[n],
                    "summary": summary,
                }

    def order(self, n: int) -> Order:
        """The order of this number. More orders are recent than old: the company grows."""
        made = self._random("order", n)
        customer = bisect(self._weights, made.random() * self._weights[-1])
        age = 1 + int((DAYS - 1) * made.random() ** 1.3)
        lines = []
        for _ in range(made.choice((1, 1, 2, 2, 3))):
            product, name, price = made.choice(_SERVICES)
            asked = Decimal(round(price * made.uniform(0.8, 1.25))) + Decimal(made.choice((0, 50))) / 100
            lines.append(Line(product, name, 1 + int(made.expovariate(0.7)), asked))
        return Order(
            f"SO{n + 1:07}",
            min(customer, self.customers_in_all - 1),
            self.today - timedelta(days=age),
            _state(made, age),
            tuple(lines),
        )

    def _billed(self) -> Iterator[Order]:
        for n in range(self.orders_in_all):
            order = self.order(n)
            if order.state in ("delivered", "completed") and (self.today - order.placed).days < 270:
                yield order

    def _random(self, kind: str, n: int) -> random.Random:
        return random.Random(f"{self.seed}:{kind}:{n}")  # noqa: S311  # made up, and the same each time

    def _name(self, made: random.Random) -> str:
        return made.choice(_SURNAMES) + made.choice(_GIVEN)


def _customer(n: int) -> str:
    return f"C{n + 1:05}"


def _state(made: random.Random, age: int) -> str:
    if age < 5:
        return made.choice(("draft", "quotation", "confirmed", "confirmed"))
    if age < 25:
        return made.choice(("confirmed", "in_progress", "in_progress", "delivered"))
    return made.choices(("completed", "cancelled", "defaulted"), (96, 3, 1))[0]
