"""Files on their way into the desk: where one stands, and what may be done to it there."""

from enum import StrEnum

from domain.errors import conflict, invalid


class ImportState(StrEnum):
    """The order of the members is the order on the way; the last four are ends, though checked files can go on."""

    RECEIVING = "receiving"
    QUEUED = "queued"
    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"
    CHECKED = "checked"
    """Only checked, and fit to be loaded."""
    HAS_PROBLEMS = "has_problems"
    DONE = "done"
    CANCELLED = "cancelled"


AT_WORK = (ImportState.QUEUED, ImportState.READING, ImportState.CHECKING, ImportState.WRITING)
STARTABLE = (ImportState.RECEIVING, ImportState.CHECKED, ImportState.HAS_PROBLEMS)
THROUGH = (ImportState.DONE, ImportState.CANCELLED)
"""Nothing can become of these any more."""
CANCELLABLE = tuple(state for state in ImportState if state not in (ImportState.WRITING, *THROUGH))


def require_receiving(state: ImportState) -> None:
    """Raises Refusal unless parts of the file may still come."""
    if state is not ImportState.RECEIVING:
        raise conflict("desk_import.not_receiving", state=state.value)


def require_startable(state: ImportState) -> None:
    """Raises Refusal if the file is being worked on, was loaded, or was given up."""
    if state not in STARTABLE:
        raise conflict("desk_import.not_startable", state=state.value)


def require_cancellable(state: ImportState) -> None:
    """Raises Refusal if there is nothing left to give up, or if it is being written: all of it, or nothing."""
    if state is ImportState.WRITING:
        raise conflict("desk_import.being_written")
    if state not in CANCELLABLE:
        raise conflict("desk_import.not_cancellable", state=state.value)


def require_room(size: int, wanted: int) -> None:
    """Raises Refusal if the parts are more than the file that was announced."""
    if size > wanted:
        raise invalid("desk_import.more_than_announced", size=size, wanted=wanted)


def require_whole(parts: int, size: int, wanted: int) -> None:
    """Raises Refusal unless the parts make up the file."""
    if size != wanted:
        raise invalid("desk_import.incomplete", parts=parts, size=size, wanted=wanted)
