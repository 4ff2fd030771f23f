"""What one row of each kind of file looks like. Cells are text; these shapes say what the text must mean."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.errors import Refusal
from domain.people import Role
from domain.timezones import zone
from models.fields import Key
from models.forms import EMAIL, LINE, LOGIN, REGION, TEXT, URL
from models.law import library
from models.passwords import NewPassword
from models.templates import TemplateBody

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_YES, _NO = ("true", "1", "yes", "y", "是"), ("false", "0", "no", "n", "否")

_PROVINCES = "AH BJ CQ FJ GD GS GX GZ HA HB HE HI HK HL HN JL JS JX LN MO NM NX QH SC SD SH SN SX TJ TW XJ XZ YN ZJ"
"""ISO 3166-2:CN."""
_SOME_ZONES = "Asia/Shanghai, Asia/Tokyo, Europe/London, America/New_York … (IANA)"
_SOME_REGIONS = ", ".join(("CN", "CN-SH …", *(pack.jurisdiction for pack in library().templates())))


def _day(text: Any) -> Any:
    """`2026-01-05`, and what spreadsheets make of it: `2026/1/5`, `2026.1.5`, `2026年1月5日`."""
    found = _DAY.fullmatch(text) if isinstance(text, str) else None
    return date(*(int(part) for part in found.groups())) if found else text


def _yes_or_no(text: Any) -> Any:
    answer = str(text).lower()
    if answer not in _YES + _NO:
        raise PydanticCustomError("malformed", "neither yes nor no")
    return answer in _YES


def _roles(text: Any) -> Any:
    named = {part.strip() for part in re.split("[;；]", str(text)) if part.strip()}
    if named - set(Role):
        raise PydanticCustomError("not_allowed", "no such role", {"expected": ", ".join(Role)})
    return tuple(role for role in Role if role in named)


def _time_zone(text: Any) -> Any:
    try:
        zone(str(text))
    except ValueError as error:
        raise PydanticCustomError("not_allowed", "no such time zone", {"expected": _SOME_ZONES}) from error
    return text


def _known_jurisdiction(region: str) -> str:
    country, _, rest = region.partition("-")
    try:
        library().book(region)
        known = country != "CN" or not rest or rest.split("-")[0] in _PROVINCES.split()
    except Refusal:
        known = False
    if not known:
        raise PydanticCustomError("not_allowed", "no such jurisdiction", {"expected": _SOME_REGIONS})
    return region


Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=LINE)]
Login = Annotated[str, StringConstraints(pattern=LOGIN, to_lower=True)]
"""Kept in lower case, so that no two people have logins that look alike."""
Email = Annotated[str, StringConstraints(max_length=254, pattern=EMAIL)]
Url = Annotated[str, StringConstraints(max_length=500, pattern=URL)]
Day = Annotated[date, BeforeValidator(_day)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=4)]
Days = Annotated[Decimal, Field(ge=0, le=366, decimal_places=1)]
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no)]
WorkRegion = Annotated[str, StringConstraints(pattern=REGION), AfterValidator(_known_jurisdiction)]
TimeZone = Annotated[str, BeforeValidator(_time_zone)]


class Row(BaseModel):
    """One row. An empty cell means the default; a column that the file lacks leaves what is there as it is.

    A row of a CSV file that has fewer cells than the header is refused: nobody can tell which of the two it means.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


class DepartmentRow(Row):
    key: Key
    name_zh: Name
    name_en: Name
    head: Key | None = None
    """Employee number."""


class EmployeeRow(Row):
    number: Key
    name: Name
    department: Key
    job: Key
    title: Annotated[str, StringConstraints(max_length=100, pattern=TEXT)] = ""
    manager: Key | None = None
    """Employee number."""
    hired_on: Day
    probation_until: Day | None = None
    time_zone: TimeZone = "Asia/Shanghai"
    active: YesOrNo = True

    @model_validator(mode="after")
    def _sound(self) -> "EmployeeRow":
        if self.manager == self.number:
            raise PydanticCustomError("own_manager", "nobody manages themselves")
        if self.probation_until and self.probation_until < self.hired_on:
            raise PydanticCustomError("probation_before_hiring", "probation ends before it begins")
        return self


class AccountRow(Row):
    login: Login
    name: Name
    email: Email | Literal[""] = ""
    employee_number: Key | None = None
    roles: Annotated[tuple[Role, ...], BeforeValidator(_roles)] = ()
    """Separated by semicolons."""
    language: Literal["zh", "en"] = "zh"
    time_zone: TimeZone = "Asia/Shanghai"
    password: NewPassword | None = None
    """Empty: the account keeps its password; a new one can't sign in until somebody sets it."""
    active: YesOrNo = True


class SystemRow(Row):
    key: Key
    name_zh: Name
    name_en: Name
    connector: Literal["wanbi", "webhook"]
    url: Url | Literal[""] = ""
    secret: Key | Literal[""] = ""
    """Name of the webhook's secret in the settings."""

    @model_validator(mode="after")
    def _complete(self) -> "SystemRow":
        if self.connector == "webhook" and not (self.url and self.secret):
            raise PydanticCustomError("webhook_incomplete", "a webhook needs an address and the name of its secret")
        return self


class RightRow(Row):
    system: Key
    right: Key
    name_zh: Name
    name_en: Name
    frozen_on_notice: YesOrNo = False
    protects_data: YesOrNo = False
    """Taking it away stops no work, but protects data: frozen also where the freeze has no other basis (FRZ-05)."""


class EntitlementRow(Row):
    employee_number: Key
    system: Key
    right: Key
    active: YesOrNo = True


class TermsRow(Row):
    """Amounts are monthly, before tax."""

    employee_number: Key
    relation: Literal["full_time", "part_time", "dispatched"] = "full_time"
    region: WorkRegion | Literal[""] = ""
    """ISO 3166-2, such as CN-SH."""
    contract_from: Day | None = None
    contract_until: Day | None = None
    monthly_wage: Amount | None = None
    average_wage: Amount | None = None
    """Of the last twelve months, commission included."""
    commission_share: Share = Decimal(0)
    leave_days: Days = Decimal(0)
    leave_taken: Days = Decimal(0)
    keeps_secrets: YesOrNo = False
    agreed_notice_days: Annotated[int, Field(ge=0, le=366)] = 0
    non_compete_months: Annotated[int, Field(ge=0, le=120)] = 0
    non_compete_monthly: Amount | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> "TermsRow":
        if self.contract_from and self.contract_until and self.contract_until < self.contract_from:
            raise PydanticCustomError("contract_ends_before_it_begins", "the contract ends before it begins")
        return self


class BasisRow(Row):
    """A policy is everybody's; a clause or an agreement is one person's."""

    key: Key
    kind: Literal["contract", "agreement", "policy"]
    employee_number: Key | None = None
    title: Name
    in_force_from: Day
    full_pay: YesOrNo = True
    procedure: Annotated[str, StringConstraints(max_length=200, pattern=TEXT)] = ""
    publication: Annotated[str, StringConstraints(max_length=200, pattern=TEXT)] = ""

    @model_validator(mode="after")
    def _whose(self) -> "BasisRow":
        if (self.kind == "policy") == (self.employee_number is not None):
            raise PydanticCustomError("whose_basis", "a policy is everybody's, anything else one person's")
        return self


class AcknowledgementRow(Row):
    basis: Key
    employee_number: Key
    acknowledged_on: Day


class TemplateRow(Row):
    """An entry of the JSON list. Content that differs from the newest version becomes the next one."""

    key: Key
    industry: Key
    body: TemplateBody
