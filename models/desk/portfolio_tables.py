"""Tables of the handover beside its entries: how many customers people can look after, and what cases must be told."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables import instant


class CustomerCapacity(SQLModel, table=True):
    """How many customers somebody can look after, as their manager says."""

    __tablename__ = "customer_capacity"
    employee_id: str = Field(primary_key=True, foreign_key="employee.id")
    customers: int
    at: datetime = instant()
    by: str


class CaseSignal(SQLModel, table=True):
    """A running case has to look at something anew; written with what changed it, gone as soon as the case is told."""

    __tablename__ = "case_signal"
    case_id: str = Field(primary_key=True)
    signal: str = Field(primary_key=True)
    at: datetime = instant()
    """When it was last asked for."""

    __table_args__ = (Index("case_signal_by_at", "at"),)
