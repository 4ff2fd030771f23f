"""What a reader does not need is masked (PIP-01): how a customer's people can be reached, for most who look by role."""

from collections.abc import Collection, Mapping

from domain.people import Role

MASKED: dict[Role, frozenset[str]] = {
    Role.AUDITOR: frozenset(),
    Role.FINANCE: frozenset({"phone", "mail", "message_id", "preferences"}),
    Role.CUSTOMER_SERVICE: frozenset({"phone", "message_id"}),
}
"""Fields of a contact that somebody who reads by this role, and not as owner or manager, sees masked."""
OPENED_BY_PURPOSE = (Role.CUSTOMER_SERVICE,)
"""Roles that see everything of one record for which they say what they need it for; it is logged."""
_KEPT = 4


def masked_fields(roles: Collection[Role], *, theirs: bool, purpose_given: bool) -> frozenset[str]:
    """Fields that this reader sees masked. `theirs`: the customer is their own or of somebody below them."""
    if theirs:
        return frozenset()
    fields = [
        frozenset() if purpose_given and role in OPENED_BY_PURPOSE else MASKED[role] for role in roles if role in MASKED
    ]
    return frozenset.intersection(*fields) if fields else frozenset[str]().union(*MASKED.values())


def masked(values: Mapping[str, str], fields: Collection[str]) -> dict[str, str]:
    """The values with these fields masked: recognisable to whoever knows them, of no use to whoever does not."""
    return {name: _mask(value) if name in fields else value for name, value in values.items()}


def _mask(value: str) -> str:
    """The last characters of a longer value; one star for each of the others, five at most."""
    if len(value) <= _KEPT * 2:
        return "*" * min(len(value), 5)
    return f"*****{value[-_KEPT:]}"
