"""No step of a case is torn at an arbitrary line when its worker stops or its case leaves the cache."""

from collections.abc import Callable
from typing import Any

import pytest
from temporalio.activity import _Definition

from activities.access import AccessActivities
from activities.casework import CaseActivities
from activities.tree_heads import TreeHeadActivities

STEPS = [
    member
    for activities in (CaseActivities, AccessActivities, TreeHeadActivities)
    for name, member in vars(activities).items()
    if callable(member) and not name.startswith("_") and name != "all"
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_step_that_has_begun_ends_by_itself(step: Callable[..., Any]) -> None:
    assert _Definition.must_from_callable(step).no_thread_cancel_exception
