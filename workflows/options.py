"""Every time-out and retry rule of the workflows, by name.

Steps that must happen retry without limit (no `maximum_attempts`). The access effect retries in rounds, so that after
each round the case itself learns of it and raises an alarm; the rounds never end.
"""

from dataclasses import dataclass
from datetime import timedelta

from temporalio.common import RetryPolicy

TASK_QUEUE = "wanbi"
ACCESS_TASK_QUEUE = "wanbi-access"

LIGHT_STEP = timedelta(seconds=20)
ACCESS_STEP = timedelta(seconds=30)
BULK_STEP = timedelta(minutes=5)
"""For all the customers of somebody: seconds for ten thousand."""
WHOLE_LOG = timedelta(hours=1)
"""For every fact there ever was: seconds for a hundred thousand."""
LOCAL_RECORD = timedelta(seconds=2)
SECOND_TRY = timedelta(seconds=10)
"""So long a case waits for a database that did not answer, before it goes on without."""

CONFIRMED_FACTS = 8
"""So many facts that are confirmed go along with every write: more than one attempt that fails will have made."""

UNTIL_DONE = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=1)
)
ONCE = RetryPolicy(maximum_attempts=1)


@dataclass(frozen=True)
class Round:
    """A number of attempts in one go, and how long it may last, waiting for a worker included."""

    retry: RetryPolicy
    lasts: timedelta

    @property
    def attempts(self) -> int:
        return self.retry.maximum_attempts


FIRST_ROUND = Round(
    RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(minutes=1),
        maximum_attempts=6,
    ),
    lasts=timedelta(minutes=5),
)
"""Half a minute, as long as a hiccup; longer only if the system hangs or no worker is there."""
LATER_ROUND = Round(
    RetryPolicy(
        initial_interval=timedelta(minutes=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(minutes=10),
        maximum_attempts=150,
    ),
    lasts=timedelta(days=1),
)
"""A day: whoever has to act is told once a day."""
HOURLY_ROUND = Round(
    RetryPolicy(
        initial_interval=timedelta(minutes=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(minutes=10),
        maximum_attempts=8,
    ),
    lasts=timedelta(hours=1),
)
"""An hour, for what the law wants at once (CRT-01)."""
