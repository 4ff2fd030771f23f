"""Who reaches how far at the desk, and that the table of it is whole."""

import pytest

from domain.desk.access import RULES, Action, Scope, scope_of
from domain.people import Role


def test_every_action_has_its_rule_and_none_takes_anything_away() -> None:
    assert set(RULES) == set(Action)
    assert not [action for action in Action if any(word in action for word in ("delete", "remove", "hide"))]


@pytest.mark.parametrize("action", Action)
def test_an_action_is_for_owners_for_a_role_or_for_whoever_has_the_right(action: Action) -> None:
    rule = RULES[action]
    assert rule.own or rule.everywhere or rule.anybody
    assert rule.right is not None or rule.everywhere, "without a right only a role can decide"


def test_a_salesperson_reaches_the_own_tree_a_role_everything_and_an_outsider_nothing() -> None:
    assert scope_of(Action.READ_CUSTOMERS, "e-lin", ()) == Scope(top="e-lin")
    assert scope_of(Action.READ_CUSTOMERS, "e-lin", (Role.AUDITOR,)) == Scope(everything=True)
    assert scope_of(Action.READ_CUSTOMERS, None, ()).nothing
    assert scope_of(Action.TAKE_INCOMING_ORDER, "e-lin", ()).nothing
    assert scope_of(Action.READ_CARRIERS, "e-lin", ()) == Scope(everything=True)


@pytest.mark.parametrize("role", [Role.HR, Role.ADMINISTRATOR, Role.SECURITY, Role.ENGINEER, Role.COUNSEL])
def test_who_runs_departures_and_machines_sees_no_customer_by_that(role: Role) -> None:
    """Figures are sums and shares, and whoever loads a file is told of what is in the file: both show none."""
    blind = (Action.READ_FIGURES, Action.IMPORT_RECORDS)
    shows = [action for action in Action if not RULES[action].anybody and action not in blind]
    assert all(scope_of(action, None, (role,)).nothing for action in shows)


def test_auditors_change_nothing() -> None:
    reads = {action for action in Action if Role.AUDITOR in RULES[action].everywhere}
    assert all(action.startswith(("read_", "export_")) for action in reads)
