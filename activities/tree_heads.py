"""The steps of the log across all cases. Thin: each hands over to the port, and says for the figures how it went."""

from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import activity

from activities.failures import Permanent
from activities.ports import TreeLog
from activities.steps import step
from models.messages import GrownLog

T = TypeVar("T")


class TreeHeadActivities:
    def __init__(self, log: TreeLog) -> None:
        self._log = log

    def all(self) -> list[Callable[..., Any]]:
        """Everything that a worker of the queue `wanbi` has to offer for the log."""
        return [self.grow_log, self.stamp_tree_heads, self.check_log]

    @step
    def grow_log(self) -> GrownLog:
        """Takes in every fact that waits and signs the new tree head, if the log continues what was signed before."""
        return _watched(self._log.grow)

    @step
    def stamp_tree_heads(self) -> int:
        """Has every tree head stamped that is not."""
        return self._log.stamp()

    @step
    def check_log(self) -> None:
        """Recomputes the whole log."""
        _watched(self._log.check)


def _watched(look: Callable[[], T]) -> T:
    """What `look` gives; the figure `wanbi_log_broken` is 1 from the moment it finds the log broken."""
    gauge = activity.metric_meter().create_gauge("wanbi_log_broken", "1 while the log is refused")
    try:
        found = look()
    except Permanent:
        gauge.set(1)
        raise
    gauge.set(0)
    return found
