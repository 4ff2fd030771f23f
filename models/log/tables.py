"""Tables of the log across all cases: what waits for it, its leaves, its complete subtrees, its signed heads.

All of them only grow, by triggers; of the queue a row goes once it is in the log, and not before. The database itself
puts every fact that is written into the queue.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.tables import instant

_PLACE = BigInteger().with_variant(Integer, "sqlite")


class QueuedFact(SQLModel, table=True):
    """A fact that is not in the log yet."""

    __tablename__ = "fact_queue"
    id: int | None = Field(default=None, primary_key=True, sa_type=_PLACE)
    case_id: str
    seq: int


class LogLeaf(SQLModel, table=True):
    """Which fact stands at which place of the log."""

    __tablename__ = "log_leaf"
    place: int = Field(primary_key=True, sa_type=_PLACE, sa_column_kwargs={"autoincrement": False})
    case_id: str
    seq: int

    __table_args__ = (
        UniqueConstraint("case_id", "seq", name="log_leaf_once"),
        ForeignKeyConstraint(["case_id", "seq"], ["fact.case_id", "fact.seq"]),
    )


class LogNode(SQLModel, table=True):
    """The hash of a complete subtree: of 2^level leaves, from place·2^level on."""

    __tablename__ = "log_node"
    level: int = Field(primary_key=True)
    place: int = Field(primary_key=True, sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)

    __table_args__ = {"sqlite_with_rowid": False}


class TreeHead(SQLModel, table=True):
    """The log at a size, signed."""

    __tablename__ = "tree_head"
    size: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    root: str
    at: datetime = instant()
    key: str
    """SHA-256 of the public key."""
    content: bytes = Field(sa_type=LargeBinary)
    """The file that is handed out and stamped: statement, key and signature (verifier.heads)."""


class TreeHeadStamp(SQLModel, table=True):
    """The time stamp over a tree head's file."""

    __tablename__ = "tree_head_stamp"
    size: int = Field(
        primary_key=True, foreign_key="tree_head.size", sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    token: bytes = Field(sa_type=LargeBinary)
    at: datetime = instant()


class LogAlarm(SQLModel, table=True):
    """That the log was found broken: what was said about it, once for each thing that is said."""

    __tablename__ = "log_alarm"
    id: str = Field(primary_key=True)
    at: datetime = instant()
    problem: str = Field(sa_type=Text)

    __table_args__ = (Index("log_alarm_by_at", "at", "id"),)
