"""The three ways in which an outside step can fail, as Temporal sees them.

`TryAgain`: nothing to do but wait. `PersonMustAct`: retried as well, but only a person can mend it (a missing template,
a wrong password of a connector). `Permanent`: trying again can't help.
"""

from datetime import timedelta

from temporalio.exceptions import ApplicationError

_LONGEST_MESSAGE = 500


class TryAgain(ApplicationError):
    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message[:_LONGEST_MESSAGE], type="TryAgain", next_retry_delay=after)


class PersonMustAct(ApplicationError):
    def __init__(self, message: str) -> None:
        super().__init__(message[:_LONGEST_MESSAGE], type="PersonMustAct")


class NotVerified(ApplicationError):
    """The system accepted the order and shows something else: it lies, or has not caught up yet."""

    def __init__(self, message: str) -> None:
        super().__init__(message[:_LONGEST_MESSAGE], type="NotVerified")


class Permanent(ApplicationError):
    def __init__(self, message: str) -> None:
        super().__init__(message[:_LONGEST_MESSAGE], type="Permanent", non_retryable=True)
