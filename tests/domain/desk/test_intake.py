"""What may be done to a file, wherever it stands on its way into the desk."""

from collections.abc import Callable

import pytest

from domain.desk import intake
from domain.desk.intake import AT_WORK, THROUGH, ImportState
from domain.errors import Refusal, conflict, invalid

S = ImportState
Ask = Callable[[ImportState], None]
ALLOWED: dict[Ask, tuple[set[ImportState], Refusal]] = {
    intake.require_receiving: ({S.RECEIVING}, conflict("desk_import.not_receiving")),
    intake.require_startable: ({S.RECEIVING, S.CHECKED, S.HAS_PROBLEMS}, conflict("desk_import.not_startable")),
    intake.require_cancellable: (set(S) - {S.WRITING, *THROUGH}, conflict("desk_import.not_cancellable")),
}


def said(ask: Callable[[], None]) -> str:
    try:
        ask()
    except Refusal as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("ask", ALLOWED, ids=lambda ask: ask.__name__)
@pytest.mark.parametrize("state", S)
def test_each_step_is_for_the_states_that_it_makes_sense_in(ask: Ask, state: ImportState) -> None:
    states, refusal = ALLOWED[ask]
    being_written = ask is intake.require_cancellable and state is S.WRITING
    wanted = conflict("desk_import.being_written") if being_written else refusal
    assert said(lambda: ask(state)) == ("" if state in states else wanted.code)


def test_a_file_is_whole_when_its_parts_are_as_large_as_it_was_said_to_be() -> None:
    assert said(lambda: intake.require_whole(2, 10, 10)) == ""
    assert said(lambda: intake.require_whole(2, 9, 10)) == invalid("desk_import.incomplete").code
    assert said(lambda: intake.require_room(10, 10)) == ""
    assert said(lambda: intake.require_room(11, 10)) == invalid("desk_import.more_than_announced").code


def test_a_file_is_worked_on_waited_for_or_through() -> None:
    waited_for = {S.RECEIVING, S.CHECKED, S.HAS_PROBLEMS}
    assert waited_for | set(AT_WORK) | set(THROUGH) == set(S)
