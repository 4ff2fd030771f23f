"""The figures that a company may set, within what a case can live with."""

from typing import Any

import pytest

from domain.plan import Policy


@pytest.mark.parametrize(
    "figures",
    [
        {"remind_every": 0},
        {"remind_every": 61},
        {"grant_max_hours": 0},
        {"grant_total_hours": 71},
        {"grant_total_hours": 9000},
        {"pursue_days": -1},
        {"pursue_days": 367},
        {"payment_notice": 0},
        {"payment_notice": 21},
        {"severance_hold": -1},
        {"severance_hold": 91},
        {"last_day_warnings": (7, -1)},
        {"last_day_warnings": (367,)},
    ],
)
def test_a_policy_that_would_break_the_clock_or_the_caps_is_refused(figures: dict[str, Any]) -> None:
    """A reminder every 0 days would be due again the moment it was sent, without end."""
    with pytest.raises(ValueError, match=next(iter(figures))):
        Policy(**figures)


def test_a_single_decision_about_a_grant_is_not_longer_than_its_whole_life_may_be() -> None:
    with pytest.raises(ValueError, match="grant_total_hours must lie between 169 and"):
        Policy(grant_max_hours=169)


def test_the_usual_policy_and_its_limits_are_accepted() -> None:
    assert Policy(remind_every=60, grant_max_hours=168, pursue_days=0, last_day_warnings=()).grant_total_hours == 168
