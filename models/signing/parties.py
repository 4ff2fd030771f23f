"""The people who sign a record, as the company's records name them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from domain.handover import PartyRole, Signature
from models.database import table
from models.tables import Account, Employee

_ACCOUNT, _STAFF = table(Account), table(Employee)


@dataclass(frozen=True)
class Party:
    field: str
    role: PartyRole
    account: str
    name: str
    number: str
    """Staff number; the login of somebody who is not on the staff list."""

    @property
    def common_name(self) -> str:
        """As it stands in the certificate: the number tells namesakes apart."""
        return f"{self.name} {self.number}"


def parties(session: Session, signatures: Sequence[Signature]) -> tuple[Party, ...]:
    """Each party, in the order of the signatures."""
    named = names(session, (signature.account for signature in signatures))
    return tuple(Party(s.field, s.role, s.account, *named.get(s.account, (s.account, s.account))) for s in signatures)


def names(session: Session, accounts: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name and staff number by account."""
    query = (
        select(_ACCOUNT.c.id, _ACCOUNT.c.name, _ACCOUNT.c.login, _STAFF.c.name, _STAFF.c.number)
        .outerjoin_from(_ACCOUNT, _STAFF, _STAFF.c.id == _ACCOUNT.c.employee_id)
        .where(_ACCOUNT.c.id.in_(sorted(set(accounts))))
    )
    rows = session.connection().execute(query).all()
    return {account: (employee or name, number or login) for account, name, login, employee, number in rows}
