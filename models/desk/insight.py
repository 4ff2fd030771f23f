"""Prevention (S1.5): how complete files are, and how much turnover hangs on how few heads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from domain.desk.completeness import Criterion
from domain.desk.turnover import Days, herfindahl, share
from models.desk import files, turnover
from models.desk.figures import amount, rounded, shown_share, zone
from models.desk.insight_views import (
    CriterionFigure,
    CurrencyConcentration,
    Head,
    LackingCustomer,
    PersonCompleteness,
    TeamCompleteness,
)
from models.desk.order_views import OfCustomer
from models.desk.scopes import Within
from models.desk.views import Person
from models.queries import decode_cursor, encode_cursor

MOST_HEADS = 20
_EMPLOYEE, _CUSTOMER = turnover.EMPLOYEE, turnover.CUSTOMER
Counted = Mapping[str, Mapping[str, int]]
"""By owner: customers, and how many of them have what."""


def since(today: date, days: int) -> datetime:
    """0:00 of the day so many days before today."""
    return Days(today - timedelta(days=days), today).starts(zone())


def staff(session: Session, ids: Iterable[str]) -> dict[str, Any]:
    """Id, number, name and department of these employees."""
    columns = (_EMPLOYEE.c.id, _EMPLOYEE.c.number, _EMPLOYEE.c.name, _EMPLOYEE.c.department)
    return {row.id: row for row in session.execute(select(*columns).where(_EMPLOYEE.c.id.in_(sorted(ids))))}


def people(session: Session, counted: Counted) -> list[PersonCompleteness]:
    """One line a person, by staff number."""
    known = staff(session, counted)
    lines = [
        PersonCompleteness(
            person=Person(number=known[owner].number, name=known[owner].name),
            department=known[owner].department,
            customers=numbers["customers"],
            figures=_figures(numbers),
        )
        for owner, numbers in counted.items()
    ]
    return sorted(lines, key=lambda line: line.person.number)


def teams(session: Session, counted: Counted) -> list[TeamCompleteness]:
    """The people's files added up by department."""
    known = staff(session, counted)
    members: dict[str, list[Mapping[str, int]]] = defaultdict(list)
    for owner, numbers in counted.items():
        members[known[owner].department].append(numbers)
    return [
        TeamCompleteness(
            department=department,
            people=len(of),
            customers=sum(numbers["customers"] for numbers in of),
            figures=_figures({name: sum(numbers[name] for numbers in of) for name in of[0]}),
        )
        for department, of in sorted(members.items())
    ]


def asked(numbers: Mapping[str, int], criterion: Criterion) -> int:
    """Of how many files the criterion is asked."""
    return numbers["asked"] if criterion is Criterion.FOLLOWED_UP else numbers["customers"]


def _figures(numbers: Mapping[str, int]) -> list[CriterionFigure]:
    return [
        CriterionFigure(
            criterion=criterion,
            fulfilled=numbers[criterion.value],
            asked=asked(numbers, criterion),
            share=shown_share(share(numbers[criterion.value], asked(numbers, criterion))),
        )
        for criterion in Criterion
    ]


def lacking(
    session: Session,
    mine: Within,
    criterion: Criterion,
    recently: datetime,
    owner: str | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[LackingCustomer], str | None]:
    """Customers whose files lack it, by number; of one owner, or of everybody within reach."""
    found = files.files((lambda column: mine(column) & (column == owner)) if owner is not None else mine, recently)
    query = (
        select(
            _CUSTOMER.c.id,
            _CUSTOMER.c.number,
            _CUSTOMER.c.name,
            _EMPLOYEE.c.number.label("owner_number"),
            _EMPLOYEE.c.name.label("owner_name"),
        )
        .join_from(found, _CUSTOMER, _CUSTOMER.c.id == found.c.firm)
        .join(_EMPLOYEE, _EMPLOYEE.c.id == found.c.owner)
        .where(files.asked_of(found, criterion), found.c[criterion.value] == 0)
    )
    if cursor:
        query = query.where(_CUSTOMER.c.number > decode_cursor(cursor, str)[0])
    rows = session.execute(query.order_by(_CUSTOMER.c.number).limit(limit + 1)).all()
    lines = [
        LackingCustomer(
            customer=OfCustomer(id=row.id, number=row.number, name=row.name),
            owner=Person(number=row.owner_number, name=row.owner_name),
        )
        for row in rows[:limit]
    ]
    return lines, encode_cursor(rows[limit - 1].number) if len(rows) > limit else None


def concentration(session: Session, mine: Within, year: Days) -> list[CurrencyConcentration]:
    """How the turnover of a year's orders hangs on those who hold the customers now."""
    heads: dict[str, dict[str, int]] = defaultdict(dict)
    for owner, sums in turnover.by_owner(session, mine, year, zone()).items():
        for currency, sold in sums.items():
            heads[currency][owner] = sold
    known = staff(session, {owner for of in heads.values() for owner in of})
    found = (_concentrated(currency, of, known) for currency, of in sorted(heads.items()))
    return [line for line in found if line is not None]


def _concentrated(currency: str, of: Mapping[str, int], known: Mapping[str, Any]) -> CurrencyConcentration | None:
    whole, index = sum(of.values()), herfindahl(of)
    if index is None:
        return None
    order = sorted(of.items(), key=lambda item: (-item[1], known[item[0]].number))
    shares = [rounded(Fraction(sold, whole)) for _, sold in order]
    return CurrencyConcentration(
        turnover=amount(whole, currency),
        heads=sum(sold > 0 for sold in of.values()),
        largest_share=shares[0],
        herfindahl=rounded(index),
        largest=[
            Head(
                person=Person(number=known[owner].number, name=known[owner].name),
                turnover=amount(sold, currency),
                share=of_whole,
            )
            for (owner, sold), of_whole in zip(order[:MOST_HEADS], shares, strict=False)
        ],
    )
