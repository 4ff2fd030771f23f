"""Who may do what at the desk: every operation, for everybody, on one's own, the team's and others' records.

Expected is what `RULES` says; seen is what HTTP answers. The operations come from the OpenAPI document: a new one fails
here until it is given its action.
"""

import pytest

from domain.desk.access import Action
from tests.api.desk.matrix import ACTIONS, OPERATIONS, RELATIONS, SEATS, ask, became, expected, seated
from tests.api.house import Api


def test_every_operation_of_the_desk_is_in_the_matrix_and_none_deletes() -> None:
    assert set(OPERATIONS) == set(ACTIONS)
    assert {operation.method for operation in OPERATIONS.values()} == {"GET", "POST", "PATCH", "PUT"}
    unused = set(Action) - set(ACTIONS.values())
    assert unused == {Action.EXPORT_ORDERS, Action.ISSUE_QUOTATION}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", SEATS)
async def test_everybody_gets_exactly_what_the_table_says(api: Api, name: str) -> None:
    seat = SEATS[name]
    seated(api.engine, seat)
    person, wrong = api.person("me"), []
    for operation in sorted(OPERATIONS.values(), key=lambda one: (one.name.endswith("/merge"), one.name)):
        for relation, whose in RELATIONS.items():
            seen = became(await ask(person, operation, whose))
            if seen != (wanted := expected(seat, operation.name, relation)):
                wrong.append((operation.name, relation, seen, wanted))
    assert wrong == []
