"""Why a round of attempts of a step that must happen ended without success."""

from dataclasses import dataclass

from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from workflows import options


@dataclass(frozen=True)
class Failure:
    problem: str
    """In the words of the step itself."""
    attempts: int
    """0 if the round's time was over before all its attempts were made."""
    for_good: bool
    """Trying again can't change the answer."""

    @staticmethod
    def of(error: ActivityError, plan: options.Round) -> "Failure":
        """What an activity that was given this round ended with."""
        cause = error.cause
        for_good = error.retry_state is RetryState.NON_RETRYABLE_FAILURE
        attempts = plan.attempts if error.retry_state is RetryState.MAXIMUM_ATTEMPTS_REACHED else int(for_good)
        if isinstance(cause, ApplicationError):
            return Failure(cause.message, attempts, for_good)
        return Failure("no answer in time", attempts, for_good=False)
