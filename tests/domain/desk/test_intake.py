"""What may be done to a file on its way into the desk, by where it stands."""

import pytest

from domain.desk import intake
from domain.desk.intake import ImportState
from tests.domain import cases as c


@pytest.mark.parametrize("state", [state for state in ImportState if state is not ImportState.RECEIVING])
def test_parts_come_only_while_the_file_is_received(state: ImportState) -> None:
    intake.require_receiving(ImportState.RECEIVING)
    with c.conflict("desk_import.not_receiving"):
        intake.require_receiving(state)


def test_a_file_is_started_when_it_has_come_and_again_after_a_check() -> None:
    for state in ImportState:
        if state in (ImportState.RECEIVING, ImportState.CHECKED, ImportState.HAS_PROBLEMS):
            intake.require_startable(state)
        else:
            with c.conflict("desk_import.not_startable"):
                intake.require_startable(state)


def test_a_file_is_given_up_at_any_time_but_while_it_is_written_and_afterwards() -> None:
    ended = (ImportState.DONE, ImportState.CANCELLED)
    for state in set(ImportState) - {ImportState.WRITING, *ended}:
        intake.require_cancellable(state)
    with c.conflict("desk_import.being_written"):
        intake.require_cancellable(ImportState.WRITING)
    for state in ended:
        with c.conflict("desk_import.not_cancellable"):
            intake.require_cancellable(state)


def test_the_parts_make_up_exactly_the_file_that_was_announced() -> None:
    intake.require_room(10, 10)
    intake.require_whole(2, 10, 10)
    with c.invalid("desk_import.more_than_announced"):
        intake.require_room(11, 10)
    with c.invalid("desk_import.incomplete"):
        intake.require_whole(1, 9, 10)
