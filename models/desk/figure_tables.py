"""Tables of the figures: what was found missing after a case, and how figures stood week by week. They only grow."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from models.desk.tables import new_id
from models.tables import instant


class MissedItem(SQLModel, table=True):
    """Something that the handover missed, and that was found after its case had closed (S2.4)."""

    __tablename__ = "missed_item"
    id: str = Field(primary_key=True, default_factory=new_id)
    case_id: str
    what: str = Field(sa_type=Text)
    item: str = ""
    """The checklist item that it belongs to; empty: the checklist had none for it."""
    customer_id: str | None = Field(default=None, foreign_key="customer.id")
    found_on: date
    at: datetime = instant()
    by: str

    __table_args__ = (Index("missed_item_by_case", "case_id", "at", "id"),)


class WeeklyFigure(SQLModel, table=True):
    """How a figure of one person stood when a week began: a part and its whole, so that teams can be added up."""

    __tablename__ = "weekly_figure"
    week: date = Field(primary_key=True)
    """Its Monday."""
    figure: str = Field(primary_key=True)
    employee_id: str = Field(primary_key=True, foreign_key="employee.id")
    department: str
    """The person's then."""
    part: int = Field(sa_type=BigInteger)
    whole: int = Field(sa_type=BigInteger)
    at: datetime = instant()

    __table_args__ = (Index("weekly_figure_by_employee", "employee_id", "week", "figure"),)
