"""What the desk keeps, by kind: the words that its records use."""

from enum import StrEnum


class RecordKind(StrEnum):
    CUSTOMER = "customer"
    CONTACT = "contact"
    NOTE = "note"
    ORDER = "order"
    RECEIVABLE = "receivable"
    PAYMENT = "payment"
    COMMUNICATION = "communication"
    DOCUMENT = "document"
    CARRIER = "carrier"
    FILE = "file"
    """A file on its way into the desk, and how it is read."""
    READ = "read"
    """An entry of the log of reads."""


class CustomerStatus(StrEnum):
    """What a customer is to the company. None of them takes the customer out of lists."""

    PROSPECT = "prospect"
    ACTIVE = "active"
    DORMANT = "dormant"
    LOST = "lost"


class NoteKind(StrEnum):
    NOTE = "note"
    PREFERENCE = "preference"
    COOPERATION = "cooperation"


class CommunicationKind(StrEnum):
    CALL = "call"
    MAIL = "mail"
    VISIT = "visit"
    MESSAGE = "message"
    FOLLOW_UP = "follow_up"
    """Following an order up."""


class Direction(StrEnum):
    """Who began it: `in` the customer, `out` we."""

    IN = "in"
    OUT = "out"


class DocumentKind(StrEnum):
    CONTRACT = "contract"
    QUOTATION = "quotation"
    TECHNICAL = "technical"
    OTHER = "other"


class ReceivableState(StrEnum):
    OPEN = "open"
    PAID = "paid"


class EntryState(StrEnum):
    """Where one customer, order or receivable stands in a handover (S1.4)."""

    PROPOSED = "proposed"
    """Its receiver is to answer; without a receiver it is to be assigned."""
    ACCEPTED = "accepted"
    """The customer belongs to its receiver, and does not know them yet."""
    REFUSED = "refused"
    """By its receiver, or by the customer: it is to be assigned anew."""
    WAITING = "waiting_for_customer"
    """The receiver was introduced, and the customer has not answered."""
    DONE = "done"
    WAIVED = "waived"
    RETURNED = "returned"
    """The resignation was withdrawn: it is the leaver's as before."""


PORTFOLIO = (RecordKind.CUSTOMER, RecordKind.ORDER, RecordKind.RECEIVABLE)
"""Of what a portfolio consists."""
OPEN_ENTRIES = (EntryState.PROPOSED, EntryState.REFUSED, EntryState.ACCEPTED, EntryState.WAITING)


class Outcome(StrEnum):
    """What became of an attempt to do something at the desk (S3.5)."""

    ALLOWED = "allowed"
    """By somebody in notice, with a right that the freeze left."""
    GRANTED = "granted"
    """By somebody in notice, under a temporary grant."""
    REFUSED = "refused"
