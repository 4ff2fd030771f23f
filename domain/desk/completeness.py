"""How complete the files of customers are (S1.5): plain questions with a yes or no, each with a rule people can check.

They are about files, not about people: what is lacking can be filled in by whoever holds the customer.
"""

from enum import StrEnum

RECENT_DAYS = 90
"""So many days ago is recent, unless somebody asks otherwise; histories are kept with it."""


class Criterion(StrEnum):
    """Asked of every customer that was not merged into another; the last one of those with an open order."""

    CONTACT = "contact"
    """Somebody there is known."""
    REACHABLE = "reachable"
    """Somebody there has a phone number or a mail address on file."""
    INDUSTRY = "industry"
    RECENT_CONTACT = "recent_contact"
    """Somebody of ours communicated with them recently."""
    FOLLOWED_UP = "followed_up"
    """An open order or quotation was followed up recently."""
