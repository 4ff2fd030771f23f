"""Accounts as the workflows' activities see them."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import col, select

from models.database import reading
from models.tables import Account


@dataclass(frozen=True)
class DatabasePeople:
    """Fulfils the port `People` with the database."""

    engine: Engine

    def closed(self, accounts: tuple[str, ...]) -> tuple[str, ...]:
        with reading(self.engine) as session:
            there = set(
                session.exec(select(Account.id).where(col(Account.id).in_(accounts), col(Account.active))).all()
            )
        return tuple(account for account in accounts if account not in there)
