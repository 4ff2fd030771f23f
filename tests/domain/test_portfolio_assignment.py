"""Who receives which customer (S1.4): by rule, explained, never beyond what somebody can look after."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.desk.assignment import AssignedBecause, Given, Receiver, Unit, assign

PLACES = st.sampled_from(["", "north", "south", "west"])
UNITS = st.lists(
    st.builds(Unit, st.text("abcdef", min_size=1, max_size=4), PLACES, PLACES, st.integers(0, 1)),
    max_size=30,
    unique_by=lambda unit: unit.key,
)
RECEIVERS = st.lists(
    st.builds(
        Receiver,
        st.text("xyz", min_size=1, max_size=3),
        st.text("123", min_size=1, max_size=3),
        st.integers(0, 5),
        st.none() | st.integers(0, 8),
        st.frozensets(PLACES),
        st.frozensets(PLACES),
    ),
    max_size=5,
    unique_by=(lambda r: r.employee, lambda r: r.number),
)


def because(*found: Given) -> list[tuple[str | None, AssignedBecause]]:
    return [(one.receiver, one.because) for one in found]


@given(UNITS, RECEIVERS)
def test_nobody_gets_more_than_they_can_look_after(units: list[Unit], receivers: list[Receiver]) -> None:
    got = Counter[str | None]()
    for one in assign(units, receivers):
        got[one.receiver] += one.unit.weight
    for receiver in receivers:
        if receiver.capacity is not None and got[receiver.employee]:
            assert receiver.load + got[receiver.employee] <= receiver.capacity


@given(UNITS, RECEIVERS, st.booleans())
def test_every_unit_is_assigned_or_explained_once_and_in_order(
    units: list[Unit], receivers: list[Receiver], beyond: bool
) -> None:
    found = assign(units, receivers, beyond_capacity=beyond)
    assert [one.unit for one in found] == sorted(units, key=lambda unit: unit.key)
    nobody = {AssignedBecause.NO_ROOM, AssignedBecause.NOBODY}
    assert all((one.receiver is None) == (one.because in nobody) for one in found)
    assert not (beyond and receivers) or all(one.receiver for one in found)


@given(UNITS, RECEIVERS, st.randoms())
def test_the_order_in_which_things_are_named_changes_nothing(
    units: list[Unit], receivers: list[Receiver], random: Random
) -> None:
    before = assign(units, receivers)
    random.shuffle(units)
    random.shuffle(receivers)
    assert assign(units, receivers) == before


@given(UNITS, RECEIVERS)
def test_nobody_is_left_without_while_somebody_has_room(units: list[Unit], receivers: list[Receiver]) -> None:
    loads = {r.employee: r.load for r in receivers}
    for one in assign(units, receivers):
        if one.receiver is None and receivers:
            assert all(r.capacity is not None and loads[r.employee] >= r.capacity for r in receivers)
        elif one.receiver is not None:
            loads[one.receiver] += one.unit.weight


def test_the_region_comes_before_the_industry_and_the_industry_before_the_load() -> None:
    north = Receiver("n", "1", load=90, regions=frozenset({"north"}))
    steel = Receiver("s", "2", load=50, industries=frozenset({"steel"}))
    free = Receiver("f", "3")
    found = assign(
        [Unit("a", "north", "steel"), Unit("b", "west", "steel"), Unit("c", "west", "food"), Unit("d")],
        [free, steel, north],
    )
    assert because(*found) == [
        ("n", AssignedBecause.REGION),
        ("s", AssignedBecause.INDUSTRY),
        ("f", AssignedBecause.FEWEST),
        ("f", AssignedBecause.FEWEST),
    ]


def test_ties_go_to_the_lower_staff_number_and_then_take_turns() -> None:
    found = assign([Unit("a"), Unit("b"), Unit("c")], [Receiver("y", "2"), Receiver("x", "1")])
    assert [one.receiver for one in found] == ["x", "y", "x"]


def test_who_knows_the_region_and_has_no_room_leaves_it_to_others() -> None:
    full = Receiver("n", "1", load=3, capacity=3, regions=frozenset({"north"}))
    assert because(*assign([Unit("a", "north")], [full, Receiver("f", "2")])) == [("f", AssignedBecause.FEWEST)]
    assert because(*assign([Unit("a", "north")], [full])) == [(None, AssignedBecause.NO_ROOM)]
    assert because(*assign([Unit("a", "north")], [full], beyond_capacity=True)) == [("n", AssignedBecause.ONLY)]


def test_orders_without_their_customer_take_no_room() -> None:
    full = Receiver("n", "1", load=3, capacity=3)
    assert because(*assign([Unit("a", weight=0)], [full])) == [("n", AssignedBecause.ONLY)]


def test_where_nobody_is_named_that_is_the_reason() -> None:
    assert because(*assign([Unit("a")], [])) == [(None, AssignedBecause.NOBODY)]
