"""Prevention: the shapes of its answers. Every figure says by which rule it was counted, and opens the list behind."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, Field

from domain.desk.completeness import Criterion
from models.desk.figures import Amount
from models.desk.order_views import OfCustomer
from models.desk.views import Person


class CriterionFigure(BaseModel):
    """How many files fulfil a criterion, of those that it is asked of."""

    criterion: Criterion
    fulfilled: int
    asked: int
    share: Decimal | None = Field(examples=["0.8125"])
    """Of 1; null if it is asked of none."""


class PersonCompleteness(BaseModel):
    person: Person
    department: str
    customers: int
    figures: list[CriterionFigure]


class TeamCompleteness(BaseModel):
    department: str
    people: int
    customers: int
    figures: list[CriterionFigure]


class Completeness(BaseModel):
    """How complete the files are, of everybody within reach."""

    as_of: date
    within_days: int
    rules: dict[Criterion, dict[str, str]]
    """What each criterion asks, in both languages."""
    lists: dict[Criterion, str]
    """Where the files that lack it are listed; for whoever may read those customers."""
    teams: list[TeamCompleteness]
    people: list[PersonCompleteness]
    next: str | None
    """Goes into `cursor` for the next people; null on the last page."""


class WeekFigure(BaseModel):
    """How a figure stood when a week began: all people within reach that were asked for, added up."""

    week: date
    figure: str = Field(examples=["contact", "turnover:CNY"])
    part: int
    """Files that fulfil it; of turnover the people's, in the currency's smallest unit."""
    whole: int
    """Files that it is asked of; of turnover the company's."""
    share: Decimal | None


class LackingCustomer(BaseModel):
    """A customer whose file lacks something."""

    customer: OfCustomer
    owner: Person


class Head(BaseModel):
    """Somebody on whom turnover hangs."""

    person: Person
    turnover: Amount
    share: Decimal
    """Of the turnover of everybody within reach."""


class CurrencyConcentration(BaseModel):
    turnover: Amount
    heads: int
    """People whose customers bought anything."""
    largest_share: Decimal
    herfindahl: Decimal = Field(examples=["0.3800"])
    """The sum of the squared shares: 1 if all of it hangs on one head, 1/n if it is spread evenly over n."""
    largest: list[Head]
    """Up to twenty, the largest first."""


class Concentration(BaseModel):
    """How much turnover hangs on how few heads, and how many customers on one contact person."""

    first: date
    last: date
    rules: dict[str, dict[str, str]]
    currencies: list[CurrencyConcentration]
    customers: int
    with_one_contact: int
    without_contact: int


class UnusualDay(BaseModel):
    day: date
    records: int


class HabitView(BaseModel):
    """What is usual for the person, by the person's own days, and which days stand out."""

    median: Decimal
    deviation: Decimal
    """The median of the distances from the median."""
    above: Decimal | None
    """More records a day than this stand out; null: too few days are known to tell."""
    unusual: list[UnusualDay]


class PersonHabits(BaseModel):
    person: Person
    days: int
    """On which the person used the desk at all."""
    reads: HabitView
    exports: HabitView


class Unusual(BaseModel):
    """Reads and exports beside each person's own habit. Counts, no scores; nothing happens by itself."""

    first: date
    last: date
    k: int
    least: int
    rule: dict[str, str]
    people: list[PersonHabits]
    next: str | None
