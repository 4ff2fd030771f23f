"""How an employment ends, as far as it begins with a notice: each way has its own road in the law."""

from enum import StrEnum


class Ending(StrEnum):
    RESIGNATION = "resignation"
    """The employee gives notice (art. 37): a right, nobody approves it."""
    EMPLOYER_FAULT = "employer_fault"
    """The employee leaves because of what the employer did (art. 38): without the thirty days, with severance."""
    MUTUAL = "mutual"
    """Both sides agree (art. 36), on any day; who proposed it decides about severance."""
    EXPIRY = "expiry"
    """The contract runs out (art. 44)."""
    DISMISSAL = "dismissal"
    """The employer ends it (arts. 39 to 41): not Wanbi's to begin."""


class Relation(StrEnum):
    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    """非全日制用工: either side may end it at any time (art. 71)."""
    DISPATCHED = "dispatched"
    """劳务派遣: the employer is the agency (art. 65)."""


class Side(StrEnum):
    EMPLOYEE = "employee"
    EMPLOYER = "employer"
