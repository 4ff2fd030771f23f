"""Questions to the law, and how far an installation trusts its rules."""

from collections.abc import Iterator
from typing import Any

from tests.api.house import Api

ANSWERED_FOR = {"FRZ-01": {"by": "赵敏", "reason": "律师书面意见"}}
"""An operator lets the rule refuse in production."""


def answers(value: Any) -> Iterator[dict[str, Any]]:
    """Every answer of the law, however deep in a response."""
    if isinstance(value, dict) and "working" in value:
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from answers(child)


async def asked(api: Api, question: str, name: str = "stranger", **body: Any) -> dict[str, Any]:
    """What the law answers to a question that it understands."""
    answer = await api.person(name).post(f"/law/{question}", body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def in_production(api: Api, overrides: dict[str, dict[str, str]] | None = None) -> None:
    """From now on the API runs in production, with these overrides."""
    changes = {"environment": "production", "law_overrides": overrides or {}}
    api.app.state.settings = api.config.model_copy(update=changes)
