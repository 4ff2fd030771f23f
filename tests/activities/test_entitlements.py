"""Wanbi's own entitlement store: exactly the wanted rights, once an order, and the truth when it is read back."""

import threading
from collections.abc import Iterable

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from temporalio.testing import ActivityEnvironment

from activities.access import AccessActivities
from activities.assembly import ConfiguredConnectors
from activities.connectors.entitlements import EntitlementConnector
from activities.connectors.webhook import WebhookConnector
from activities.failures import NotVerified, PersonMustAct
from domain.rights import Operation
from models.database import reading, writing
from models.messages import AccessOrder, AccessReceipt
from models.tables import ConnectedSystem, EffectRow, Entitlement
from tests import builders
from tests.activities.target import SECRET, an_order

HELD = ("change_orders", "create_orders", "view_orders")


@pytest.fixture
def store(engine: Engine) -> EntitlementConnector:
    builders.company(engine)
    return EntitlementConnector(engine)


def order(operation: Operation, desired: Iterable[str], revision: int) -> AccessOrder:
    return an_order(operation, desired=tuple(desired), revision=revision, key=f"c1:access:erp:{revision}")


def set_by_hand(engine: Engine, right: str, active: bool) -> None:
    with writing(engine) as session:
        row = session.get_one(Entitlement, ("e-lin", "erp", right))
        row.active, row.changed_by = active, "by hand"
        session.add(row)


def apply(store: EntitlementConnector, order: AccessOrder) -> AccessReceipt:
    activities = AccessActivities(ConfiguredConnectors(store.engine, {}))
    receipt: AccessReceipt = ActivityEnvironment().run(activities.apply_access, order)
    return receipt


def test_a_person_goes_through_freeze_grant_revoke_and_restore(store: EntitlementConnector) -> None:
    steps = (
        (Operation.FREEZE, ("view_orders",)),
        (Operation.GRANT, ("change_orders", "view_orders")),
        (Operation.REVOKE, ("view_orders",)),
        (Operation.CLOSE, ()),
        (Operation.RESTORE, HELD),
    )
    for revision, (operation, desired) in enumerate(steps, 1):
        assert apply(store, order(operation, desired, revision)).observed == desired


def test_a_freeze_touches_no_other_system_and_no_other_person(store: EntitlementConnector) -> None:
    with writing(store.engine) as session:
        session.add(Entitlement(employee_id="e-zhou", system="erp", right="create_orders", changed_at=builders.ARRIVAL))
    store.freeze(order(Operation.FREEZE, ("view_orders",), 1))
    assert store.read_back(an_order(employee_id="e-zhou")) == ("create_orders",)
    assert store.read_back(an_order(system="crm")) == ("contact_customers", "export", "view_customers")


def test_every_changed_right_names_the_order_that_changed_it(store: EntitlementConnector) -> None:
    store.freeze(order(Operation.FREEZE, ("view_orders",), 1))
    with reading(store.engine) as session:
        rows = session.exec(select(Entitlement).where(Entitlement.employee_id == "e-lin", Entitlement.system == "erp"))
        changed = {row.right: row.changed_by for row in rows}
    assert changed == {"change_orders": "c1:access:erp:1", "create_orders": "c1:access:erp:1", "view_orders": ""}


def test_an_order_that_was_carried_out_changes_nothing_when_it_is_repeated(store: EntitlementConnector) -> None:
    store.freeze(order(Operation.FREEZE, ("view_orders",), 1))
    set_by_hand(store.engine, "change_orders", True)
    store.freeze(order(Operation.FREEZE, ("view_orders",), 1))
    assert store.read_back(order(Operation.FREEZE, (), 1)) == ("change_orders", "view_orders")


def test_an_attempt_that_hung_cannot_turn_back_what_a_later_order_did(store: EntitlementConnector) -> None:
    store.revoke(order(Operation.REVOKE, ("view_orders",), 3))
    store.grant(order(Operation.GRANT, HELD, 2))
    assert store.read_back(order(Operation.REVOKE, (), 3)) == ("view_orders",)


def test_another_case_of_the_same_person_counts_its_own_orders(store: EntitlementConnector) -> None:
    store.restore(order(Operation.RESTORE, HELD, 7))
    store.freeze(an_order(case_id="c2", key="c2:access:erp:1", revision=1))
    assert store.read_back(an_order()) == ("view_orders",)


def test_the_same_order_many_times_at_once_is_one_effect(store: EntitlementConnector) -> None:
    start, problems = threading.Barrier(6), list[BaseException]()

    def work() -> None:
        try:
            start.wait()
            store.freeze(order(Operation.FREEZE, ("view_orders",), 1))
        except BaseException as error:
            problems.append(error)
            raise

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []
    with reading(store.engine) as session:
        assert session.exec(select(EffectRow.key)).all() == ["c1:access:erp:1"]


def test_rights_that_somebody_gave_back_by_hand_are_not_taken_for_frozen(store: EntitlementConnector) -> None:
    apply(store, order(Operation.FREEZE, ("view_orders",), 1))
    set_by_hand(store.engine, "create_orders", True)
    with pytest.raises(NotVerified, match="read back create_orders, view_orders"):
        apply(store, order(Operation.FREEZE, ("view_orders",), 1))


def test_a_right_that_is_gone_from_the_store_is_not_taken_for_restored(store: EntitlementConnector) -> None:
    with writing(store.engine) as session:
        session.delete(session.get_one(Entitlement, ("e-lin", "erp", "create_orders")))
    with pytest.raises(NotVerified, match="wanted change_orders, create_orders, view_orders"):
        apply(store, order(Operation.RESTORE, HELD, 1))


def configure(engine: Engine, **values: str) -> None:
    with writing(engine) as session:
        system = session.get_one(ConnectedSystem, "erp")
        for name, value in values.items():
            setattr(system, name, value)
        session.add(system)


def test_what_an_administrator_sets_up_holds_from_the_next_order_on(store: EntitlementConnector) -> None:
    connectors = ConfiguredConnectors(store.engine, {"erp": SECRET})
    assert connectors.of("erp") == store
    configure(store.engine, connector="webhook", url="https://erp.example/wanbi", secret="erp")
    assert connectors.of("erp") == WebhookConnector("https://erp.example/wanbi", SECRET)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"connector": "webhook", "secret": "crm"}, "no webhook secret called 'crm'"),
        ({"connector": "webhook"}, "no webhook secret called ''"),
        ({"connector": "telepathy"}, "no connector 'telepathy'"),
    ],
)
def test_a_system_set_up_by_half_needs_a_person(
    store: EntitlementConnector, values: dict[str, str], problem: str
) -> None:
    configure(store.engine, **values)
    with pytest.raises(PersonMustAct, match=problem):
        ConfiguredConnectors(store.engine, {"erp": SECRET}).of("erp")


def test_a_system_that_nobody_set_up_needs_a_person(store: EntitlementConnector) -> None:
    with pytest.raises(PersonMustAct, match="'fax' is not set up"):
        ConfiguredConnectors(store.engine, {}).of("fax")
