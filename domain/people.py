"""Who acts. Accounts are opaque ids; what a person is to one case (leaver, receiver, witness) is kept by the case."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do across cases. Everybody with an account is an employee."""

    HR = "hr"
    SECURITY = "security"
    COUNSEL = "counsel"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    ENGINEER = "engineer"
    FINANCE = "finance"
    CUSTOMER_SERVICE = "customer_service"
    SEAL_KEEPER = "seal_keeper"
    """Approves each use of the company's seal (印章管理员)."""
    INTEGRATION = "integration"
    """A system, not a person: it brings customers' orders in."""


@dataclass(frozen=True)
class Actor:
    """The person who decides: an account and the roles it had when the decision was made."""

    account: str
    roles: tuple[Role, ...] = ()

    def has(self, *roles: Role) -> bool:
        """True if the account has one of `roles`."""
        return any(role in self.roles for role in roles)


@dataclass(frozen=True)
class Text:
    """One text in both languages of the product."""

    zh: str
    en: str
