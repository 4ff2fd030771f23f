"""Tables of industries: which pack was chosen when, and what records say in its fields."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from models.desk.tables import new_id
from models.tables import instant


class IndustryChoice(SQLModel, table=True):
    """The last one is in force; append-only."""

    __tablename__ = "industry_choice"
    id: str = Field(primary_key=True, default_factory=new_id)
    industry: str
    version: int
    at: datetime = instant()
    by: str
    """An account; `set-up` if nobody was there yet."""
    reason: str = Field(sa_type=Text)
    changed: Any = Field(sa_column=Column(JSON, nullable=False))
    """What that changed (models.industries.difference); also, which versions of checklists come from a pack."""

    __table_args__ = (Index("industry_choice_by_at", "at", "id"),)


class ExtraValues(SQLModel, table=True):
    """What a customer or an order says in the fields of the industry; also in those of an industry of before."""

    __tablename__ = "extra_values"
    kind: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    content: Any = Field(sa_column=Column(JSON, nullable=False))
    updated_at: datetime = instant()
    version: int = 1
