"""Tables of what an employment rests on: contract terms, and what a freeze may be based on. No methods, no rules."""

from datetime import date
from decimal import Decimal

from sqlmodel import Field, SQLModel

from models.database import Exact


class EmploymentTerms(SQLModel, table=True):
    """What an employment contract says, as far as the law asks for it. Amounts are in the jurisdiction's currency."""

    __tablename__ = "employment_terms"
    employee_id: str = Field(primary_key=True, foreign_key="employee.id")
    relation: str = "full_time"
    region: str = ""
    """ISO 3166-2, such as CN-SH."""
    contract_from: date | None = None
    contract_until: date | None = None
    monthly_wage: Decimal | None = Field(default=None, sa_type=Exact)
    average_wage: Decimal | None = Field(default=None, sa_type=Exact)
    """Of the last twelve months, commission included."""
    commission_share: Decimal = Field(default=Decimal(0), sa_type=Exact)
    leave_days: Decimal = Field(default=Decimal(0), sa_type=Exact)
    """Annual leave of this year, and how much of it was taken."""
    leave_taken: Decimal = Field(default=Decimal(0), sa_type=Exact)
    keeps_secrets: bool = False
    agreed_notice_days: int = 0
    non_compete_months: int = 0
    non_compete_monthly: Decimal | None = Field(default=None, sa_type=Exact)


class FreezeBasis(SQLModel, table=True):
    """What a freeze may rest on: a clause or agreement of one person, or a policy of the company."""

    __tablename__ = "freeze_basis"
    key: str = Field(primary_key=True)
    kind: str
    """`contract`, `agreement` or `policy` (domain.law.freeze)."""
    employee_id: str | None = Field(default=None, foreign_key="employee.id", index=True)
    """Empty for a policy: it is for everybody."""
    title: str
    in_force_from: date
    full_pay: bool = True
    procedure: str = ""
    """Where the minutes of staff discussion and negotiation are filed."""
    publication: str = ""
    """Where its publication is proved."""


class Acknowledgement(SQLModel, table=True):
    """That a person has acknowledged a policy."""

    basis: str = Field(primary_key=True, foreign_key="freeze_basis.key")
    employee_id: str = Field(primary_key=True, foreign_key="employee.id")
    acknowledged_on: date
