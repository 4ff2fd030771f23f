"""What people may ask the law about notice, freeze and penalty, and how that becomes the facts that the domain judges.

Where a question names an employee, whatever it leaves open is read from the company's records. Money is text.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from domain.errors import invalid
from domain.law.endings import Ending, Relation
from domain.law.freeze import Basis, BasisKind
from domain.law.notice_facts import Intent, NoticeFacts
from domain.law.penalties import Breach, Training
from domain.law.severance import Service
from domain.money import Money
from models.fields import Key
from models.forms import NO_NUL, POSITIVE_AMOUNT, REGION, SHARE, SOME_AMOUNT, TEXT
from models.legal_facts import Records

CURRENCY: Literal["CNY"] = "CNY"
"""Of the law that is asked: mainland China's."""
FIRST, LAST = date(1950, 1, 1), date(2199, 12, 31)
"""Days that a question may name: nobody at work was hired before them, and every sum of days is still a date."""

Day = Annotated[date, Field(ge=FIRST, le=LAST)]
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(FIRST.year, 1, 1, tzinfo=UTC), le=datetime(LAST.year, 12, 31, tzinfo=UTC)),
]
Region = Annotated[str, StringConstraints(pattern=REGION)] | Literal[""]
"""ISO 3166-2, such as CN-SH; one without a rule pack of its own has the national law."""
Share = Annotated[str, StringConstraints(pattern=SHARE)]
"""From 0 to 1, as text."""
Reference = Annotated[str, StringConstraints(max_length=200, pattern=TEXT)]
"""Where something is filed."""


class Question(BaseModel):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sum(Question):
    """An amount of money, never negative."""

    amount: Annotated[str, StringConstraints(pattern=SOME_AMOUNT)] = Field(examples=["1234.50"])
    currency: Literal["CNY"] = CURRENCY

    @property
    def money(self) -> Money:
        return Money(Decimal(self.amount), self.currency)


class PositiveSum(Sum):
    """An amount of money above zero."""

    amount: Annotated[str, StringConstraints(pattern=POSITIVE_AMOUNT)] = Field(examples=["1234.50"])


class AskAboutNotice(Question):
    """A notice that has not been registered: when would it end the employment?"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"arrived_at": "2026-11-23T10:00:00+08:00", "ending": "resignation", "region": "CN-SH"},
                {
                    "arrived_at": "2026-11-23T10:00:00+08:00",
                    "ending": "mutual",
                    "initiator": "employer",
                    "agreement": "DOC-2026-118",
                    "wished_last_day": "2026-11-30",
                },
            ]
        }
    )

    arrived_at: Instant
    ending: Ending = Ending.RESIGNATION
    relation: Relation = Relation.FULL_TIME
    probation_until: Day | None = None
    wished_last_day: Day | None = None
    grounds: Annotated[tuple[Key, ...], Field(max_length=20)] = ()
    initiator: Literal["", "employee", "employer"] = ""
    agreement: Reference = ""
    agreed_notice_days: Annotated[int, Field(ge=0, le=3660)] = 0
    keeps_secrets: bool = False
    contract_until: Day | None = None
    hired_on: Day | None = None
    """Where the length of service decides (notice templates of other jurisdictions)."""
    written: bool = True
    """False: the notice was only spoken, which art. 37 takes in probation and for part-time work alone."""
    text: Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)] = ""
    """What the notice says; words of the employer's fault are looked for (NOT-03)."""
    intent: Intent = Intent.NOTICE
    """What the letter is (NOT-10): a notice, or an offer to part by agreement."""
    not_fault_because: Reference = ""
    region: Region = ""

    @property
    def facts(self) -> NoticeFacts:
        return NoticeFacts(**self.model_dump(exclude={"region"}))


class BasisOfFreeze(Question):
    """One thing that the company would rest a freeze on."""

    kind: BasisKind
    reference: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=TEXT)]
    in_force_from: Day
    full_pay: bool = True
    procedure: Reference = ""
    publication: Reference = ""
    acknowledged_on: Day | None = None

    @property
    def basis(self) -> Basis:
        return Basis(**self.model_dump())


class AskAboutFreeze(Question):
    """How far may rights be frozen from the notice on, and what would it cost to freeze without a basis?"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "arrived_on": "2026-11-23",
                    "bases": [
                        {
                            "kind": "policy",
                            "reference": "《离职交接管理办法》第十二条",
                            "in_force_from": "2025-01-01",
                            "procedure": "DOC-2024-031",
                            "publication": "DOC-2024-040",
                        }
                    ],
                    "commission_share": "0.45",
                    "hired_on": "2021-03-01",
                    "average_wage": {"amount": "18500.00", "currency": "CNY"},
                    "region": "CN-SH",
                },
                {"arrived_on": "2026-11-23", "employee_number": "S1001"},
            ]
        }
    )

    arrived_on: Day
    employee_number: Key | None = None
    """HR and legal counsel only: what is not given here comes from this person's records."""
    bases: Annotated[tuple[BasisOfFreeze, ...], Field(max_length=50)] | None = None
    commission_share: Share | None = None
    """Part of the pay that hangs on orders."""
    hired_on: Day | None = None
    """With `average_wage`: what an unlawful freeze may cost."""
    average_wage: Sum | None = None
    """Of the last twelve months, commission included."""
    region: Region | None = None

    def judged_by(self, records: Records | None) -> tuple[tuple[Basis, ...], Decimal]:
        """The bases, and the commission's share of the pay."""
        bases = tuple(one.basis for one in self.bases) if self.bases is not None else records.bases if records else ()
        if self.commission_share is not None:
            return bases, Decimal(self.commission_share)
        return bases, records.terms.commission_share if records else Decimal(0)

    def service(self, records: Records | None) -> Service | None:
        """The service that an exposure is counted from; None if it is not known. Raises Refusal if it can't be."""
        hired_on = self.hired_on or (records.employee.hired_on if records else None)
        wage = one_of_both(self.average_wage, records.terms.average_wage if records else None)
        if hired_on is None or wage is None:
            return None
        return service_of(hired_on, self.arrived_on, (wage,))


class SpecialTraining(Question):
    """Training that the employer has paid for, and the service period that was agreed for it."""

    cost: Sum
    months: Annotated[int, Field(ge=1, le=600)]
    left: Annotated[int, Field(ge=0, le=600)]
    """Months of the service period that are not served."""


class AskAboutPenalty(Question):
    """A clause by which the leaver is to pay a fixed sum for a breach: what can be asked for at most?"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "on": "2026-11-23",
                    "breach": "service_period",
                    "agreed": {"amount": "60000.00"},
                    "training": {"cost": {"amount": "48000.00"}, "months": 36, "left": 12},
                },
                {"on": "2026-11-23", "breach": "short_notice", "agreed": {"amount": "18500.00", "currency": "CNY"}},
            ]
        }
    )

    on: Day
    """When the notice arrived, or the breach was committed."""
    breach: Breach
    agreed: PositiveSum
    training: SpecialTraining | None = None
    """Needed with `service_period`."""
    employer_fault: bool = False
    """The employee leaves because of the employer's fault (NOT-03)."""
    region: Region = ""

    def trained(self) -> Training | None:
        """The training. Raises Refusal if a service period comes without it, or more is left of it than there is."""
        given = self.training
        if given is None and self.breach is Breach.SERVICE_PERIOD:
            raise invalid("penalty.training_needed")
        if given is None:
            return None
        if given.left > given.months:
            raise invalid("penalty.more_left_than_agreed", left=given.left, months=given.months)
        return Training(given.cost.money, given.months, given.left)


def one_of_both(given: Sum | None, on_file: Decimal | None) -> Money | None:
    """The sum as it is given, or else as it is on file; None if it is neither."""
    if given is not None:
        return given.money
    return None if on_file is None else Money(on_file, CURRENCY)


def service_of(hired_on: date, last_day: date, wages: tuple[Money, ...]) -> Service:
    """The service. Raises Refusal if it ends before it begins."""
    if last_day < hired_on:
        raise invalid("settlement.ends_before_it_begins", first=hired_on.isoformat(), last=last_day.isoformat())
    return Service(hired_on, last_day, wages)
