"""Tables of the commission ledger: what was agreed, and what people entered about order lines. Both only grow."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from models.database import Exact
from models.desk.tables import new_id
from models.tables import instant


class CommissionAgreement(SQLModel, table=True):
    """What was agreed about commission; a later one takes its place from its own day on, none is ever changed."""

    __tablename__ = "commission_agreement"
    id: str = Field(primary_key=True, default_factory=new_id)
    employee_id: str | None = Field(default=None, foreign_key="employee.id")
    """Empty for a policy: it is for everybody."""
    kind: str
    """domain.law.freeze.BasisKind."""
    reference: str
    """Where it is filed."""
    sha256: str = ""
    """Of the document, if it is at hand."""
    in_force_from: date
    condition: str
    """domain.law.order_lines.Condition."""
    rate: Decimal | None = Field(default=None, sa_type=Exact)
    successor_share: Decimal | None = Field(default=None, sa_type=Exact)
    allows_deduction: bool = False
    procedure: str = ""
    publication: str = ""
    at: datetime = instant()
    by: str

    __table_args__ = (Index("commission_agreement_by_employee", "employee_id", "in_force_from"),)


class CommissionConfirmation(SQLModel, table=True):
    """Somebody else than who entered an agreement has seen the signed paper. Once, and never taken back."""

    __tablename__ = "commission_confirmation"
    agreement_id: str = Field(primary_key=True, foreign_key="commission_agreement.id")
    signed_on: date
    sha256: str
    """Of the paper."""
    at: datetime = instant()
    by: str


class CommissionEntry(SQLModel, table=True):
    """What somebody entered about an order line: it was paid, its condition met, it is contested, its parts agreed."""

    __tablename__ = "commission_entry"
    id: str = Field(primary_key=True, default_factory=new_id)
    employee_id: str = Field(foreign_key="employee.id")
    """Whose commission it is; of an agreed share, whose customer it was."""
    order_id: str
    position: int
    kind: str
    """domain.desk.commission.EntryKind."""
    amount: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = ""
    share: Decimal | None = Field(default=None, sa_type=Exact)
    on: date
    reference: str
    """The payslip, the agreement, the letter."""
    reason: str | None = None
    """Why more was paid than was payable, or why the reversed entry was wrong."""
    reverses: str | None = None
    """Id of the entry that was wrong; one entry is reversed once."""
    sha256: str = ""
    at: datetime = instant()
    by: str

    __table_args__ = (
        ForeignKeyConstraint(["order_id", "position"], ["order_line.order_id", "order_line.position"]),
        Index("commission_entry_once", "order_id", "position", "employee_id", "kind", "reference", unique=True),
        Index("commission_entry_by_employee", "employee_id", "order_id", "position"),
        Index("commission_entry_reversed_once", "reverses", unique=True),
    )
