"""Who may do what at the desk (S1.3, PIP-01): one table, `RULES`, of which gate, queries and tests are made.

An action asks two things. How far does this person reach: to the records they own, to those of the people below them,
or, by a role, to all? And do they have the right for it now, in the system that a freeze acts on? The right can be
frozen when they give notice, given back for a while by a grant, and ended with their last day; their reach stays.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.people import Role


@dataclass(frozen=True)
class Right:
    """A right in a connected system, as entitlements, freeze and grants name it."""

    system: str
    right: str


VIEW_CUSTOMERS = Right("crm", "view_customers")
EDIT_CUSTOMERS = Right("crm", "edit_customers")
CONTACT_CUSTOMERS = Right("crm", "contact_customers")
EXPORT_CUSTOMERS = Right("crm", "export_customers")
VIEW_ORDERS = Right("erp", "view_orders")
CREATE_ORDERS = Right("erp", "create_orders")
CHANGE_ORDERS = Right("erp", "change_orders")
ISSUE_QUOTATIONS = Right("erp", "issue_quotations")
EXPORT_ORDERS = Right("erp", "export_orders")
VIEW_RECEIVABLES = Right("finance", "view_receivables")
POST_ENTRIES = Right("finance", "post_entries")
VIEW_CARRIERS = Right("tms", "view_carrier_rates")
EDIT_CARRIERS = Right("tms", "edit_carrier_rates")


class Action(StrEnum):
    """Everything that can be done at the desk. There is none that deletes or hides: nobody can (S1.1)."""

    READ_CUSTOMERS = "read_customers"
    EXPORT_CUSTOMERS = "export_customers"
    ADD_CUSTOMER = "add_customer"
    CHANGE_CUSTOMER = "change_customer"
    READ_HISTORY = "read_history"
    """What was said, noted and filed."""
    ADD_TO_HISTORY = "add_to_history"
    """Notes, documents, what a customer told us: it takes nothing away, and a handover needs it."""
    CONTACT_CUSTOMER = "contact_customer"
    REASSIGN = "reassign"
    MERGE_CUSTOMERS = "merge_customers"
    READ_ORDERS = "read_orders"
    EXPORT_ORDERS = "export_orders"
    PLACE_ORDER = "place_order"
    TAKE_INCOMING_ORDER = "take_incoming_order"
    ISSUE_QUOTATION = "issue_quotation"
    CHANGE_ORDER = "change_order"
    READ_RECEIVABLES = "read_receivables"
    POST_RECEIVABLES = "post_receivables"
    READ_CARRIERS = "read_carriers"
    CHANGE_CARRIERS = "change_carriers"
    READ_ACCESS_LOG = "read_access_log"
    READ_FIGURES = "read_figures"
    """Sums and shares of people's records: what a departure would orphan, how complete files are, what was lost."""
    IMPORT_RECORDS = "import_records"
    """Loading files of customers, orders and money. It shows what is in the file, and nothing that was there before."""


@dataclass(frozen=True)
class Rule:
    """Who reaches how far with an action, and which right it takes; None: the role alone decides."""

    right: Right | None
    everywhere: tuple[Role, ...] = ()
    """Roles that reach every record."""
    own: bool = True
    """Everybody reaches their own records, and those of everybody below them, in however many steps."""
    anybody: bool = False
    """Records that belong to nobody in particular: the right alone decides."""


_AUDIT, _FINANCE, _SERVICE = Role.AUDITOR, Role.FINANCE, Role.CUSTOMER_SERVICE
_MACHINE, _ADMIN = Role.INTEGRATION, Role.ADMINISTRATOR
RULES: dict[Action, Rule] = {
    Action.READ_CUSTOMERS: Rule(VIEW_CUSTOMERS, (_AUDIT, _FINANCE, _SERVICE)),
    Action.EXPORT_CUSTOMERS: Rule(EXPORT_CUSTOMERS, (_AUDIT,)),
    Action.ADD_CUSTOMER: Rule(EDIT_CUSTOMERS),
    Action.CHANGE_CUSTOMER: Rule(EDIT_CUSTOMERS),
    Action.READ_HISTORY: Rule(VIEW_CUSTOMERS, (_AUDIT, _SERVICE)),
    Action.ADD_TO_HISTORY: Rule(VIEW_CUSTOMERS, (_SERVICE,)),
    Action.CONTACT_CUSTOMER: Rule(CONTACT_CUSTOMERS, (_SERVICE,)),
    Action.REASSIGN: Rule(EDIT_CUSTOMERS),
    Action.MERGE_CUSTOMERS: Rule(EDIT_CUSTOMERS),
    Action.READ_ORDERS: Rule(VIEW_ORDERS, (_AUDIT, _FINANCE, _SERVICE)),
    Action.EXPORT_ORDERS: Rule(EXPORT_ORDERS, (_AUDIT,)),
    Action.PLACE_ORDER: Rule(CREATE_ORDERS),
    Action.TAKE_INCOMING_ORDER: Rule(CREATE_ORDERS, (_SERVICE, _MACHINE), own=False),
    Action.ISSUE_QUOTATION: Rule(ISSUE_QUOTATIONS),
    Action.CHANGE_ORDER: Rule(CHANGE_ORDERS),
    Action.READ_RECEIVABLES: Rule(VIEW_RECEIVABLES, (_AUDIT, _FINANCE)),
    Action.POST_RECEIVABLES: Rule(POST_ENTRIES, (_FINANCE,), own=False),
    Action.READ_CARRIERS: Rule(VIEW_CARRIERS, anybody=True),
    Action.CHANGE_CARRIERS: Rule(EDIT_CARRIERS, anybody=True),
    Action.READ_ACCESS_LOG: Rule(None, (_AUDIT,), own=False),
    Action.READ_FIGURES: Rule(None, (_AUDIT, Role.HR, Role.COUNSEL)),
    Action.IMPORT_RECORDS: Rule(None, (_ADMIN,), own=False),
}


@dataclass(frozen=True)
class Scope:
    """Which records somebody reaches with an action: all, or those of one tree of people. Queries are made of it."""

    everything: bool = False
    top: str | None = None
    """The employee to whom, or to somebody below whom, the records belong."""

    @property
    def nothing(self) -> bool:
        return not self.everything and self.top is None


def scope_of(action: Action, employee: str | None, roles: Collection[Role]) -> Scope:
    """How far a person reaches, whether or not the right is there now. `employee`: None for an account from outside."""
    rule = RULES[action]
    if rule.anybody or any(role in rule.everywhere for role in roles):
        return Scope(everything=True)
    return Scope(top=employee if rule.own else None)
