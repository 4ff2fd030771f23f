"""Names by which Temporal knows things: opaque, deterministic, made in this one place."""

from temporalio.common import SearchAttributeKey

WORKFLOW_TYPE = "offboarding"
AFTERCARE_TYPE = "aftercare"
TREE_HEADS_TYPE = "tree_heads"

TREE_HEADS = "tree-heads"
LOG_CHECK = "log-check"
"""Schedules, and the beginning of the ids of what they start."""

STAGE = SearchAttributeKey.for_keyword("WanbiStage")
LAST_DAY = SearchAttributeKey.for_datetime("WanbiLastDay")
PENDING = SearchAttributeKey.for_keyword_list("WanbiPending")
OVERDUE = SearchAttributeKey.for_bool("WanbiOverdue")

SEARCH_ATTRIBUTES = (STAGE, LAST_DAY, PENDING, OVERDUE)


def workflow_id(case_id: str) -> str:
    """The workflow of a case; the case id itself is opaque."""
    return f"offboarding-{case_id}"


def aftercare_id(case_id: str) -> str:
    """The workflow that looks after a case once it has closed."""
    return f"aftercare-{case_id}"


def effect_key(case_id: str, system: str, revision: int) -> str:
    """Idempotency key of one effect in one connected system."""
    return f"{case_id}:access:{system}:{revision}"
