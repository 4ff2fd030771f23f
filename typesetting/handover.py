"""What a handover record (交接记录) is made of, and how it is typeset.

Statuses and roles are the words of the domain as plain text, so that this package knows nothing of the rest; a word
that the template does not know fails the typesetting and never prints as something else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from typesetting.people import Person, Words
from typesetting.typesetter import Typeset, Typesetter

SEAL = "seal"
"""Key of the company's own box."""


@dataclass(frozen=True)
class Item:
    """One line of the checklist (HND-01)."""

    category: str
    """A key such as `customers`; one that the template has no words for is printed as it is."""
    title: Words
    criterion: Words
    status: str
    """`open`, `handed_over`, `accepted`, `waived` or `cancelled`."""
    receiver: Person | None = None
    proof: str = ""
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Count:
    """Records of one kind in the leaver's portfolio."""

    kind: str
    """`customer`, `order` or `receivable`."""
    total: int
    open: int


@dataclass(frozen=True)
class Approval:
    by: Person
    at: datetime
    """In the time zone in which it is to be read."""
    note: str = ""
    on_behalf_of: Person | None = None


@dataclass(frozen=True)
class Clearance:
    """One department's confirmation."""

    department: Words
    status: str
    """`pending`, `sent_back`, `approved` or `cancelled`."""
    approvals: tuple[Approval, ...] = ()
    reason: str = ""
    """Why it was sent back."""


@dataclass(frozen=True)
class Party:
    """Who signs, and the key under which the box of the signature is found."""

    key: str
    role: str
    """`leaver`, `receiver` or `witness`."""
    person: Person


@dataclass(frozen=True)
class HandoverRecord:
    company: str
    case: str
    arrived_on: date
    last_day: date
    drawn_up_at: datetime
    leaver: Person
    department: Words
    position: str
    parties: tuple[Party, ...]
    """In the order in which their boxes stand; the company's own box, `seal`, comes last by itself."""
    items: tuple[Item, ...]
    counts: tuple[Count, ...]
    """Empty: there was no portfolio to hand over."""
    portfolio_sha256: str
    clearances: tuple[Clearance, ...]
    terms: Words
    """How the parties agree to sign and to keep it (ESG-01)."""
    pending: tuple[str, ...] = field(default=("open", "handed_over"))
    """Statuses of items that are not settled."""


def typeset_handover(typesetter: Typesetter, record: HandoverRecord, at: datetime) -> Typeset:
    """The record with a box for each party and `seal`. Raises ValueError if two parties have the same key."""
    keys = [party.key for party in record.parties]
    if len({*keys, SEAL}) <= len(keys):
        raise ValueError(f"the parties' keys must differ from each other and from {SEAL!r}: {keys}")
    groups = _grouped(record.items)
    numbered = [item for _, items in groups for item in items]
    missing = [number for number, item in enumerate(numbered, 1) if item.status in record.pending]
    return typesetter.typeset(
        "handover_record",
        {
            "record": record,
            "groups": [{"category": category, "size": len(items)} for category, items in groups],
            "lines": numbered,
            "missing": {
                "count": len(missing),
                "items": ranges(missing),
                "clearances": [c.department for c in record.clearances if c.status in ("pending", "sent_back")],
                "counts": [count for count in record.counts if count.open],
            },
        },
        at,
    )


def _grouped(items: tuple[Item, ...]) -> list[tuple[str, list[Item]]]:
    """Items by category, in the order in which the categories first appear."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.category, []).append(item)
    return list(groups.items())


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers for a reader: 1–3, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return ", ".join("–".join(str(end) for end in run) for run in runs)
