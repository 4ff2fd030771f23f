"""The top salesperson of a real company leaves: all she holds reaches somebody, and nothing is lost on the way."""

from datetime import timedelta
from typing import Any

from sqlmodel import col, func, select

from activities import teller
from domain.desk.entries import Step
from domain.timezones import end_of
from models.accounts import Caller
from models.database import reading, utc_now, writing
from models.desk import portfolio_decisions
from models.desk.order_tables import SalesOrder
from models.desk.portfolio_bodies import DecideEntries
from models.desk.tables import Contact, Customer
from models.tables import Account, Employee
from tests.api.desk.handover import entries, owners
from tests.models.intake import northwind
from tests.models.intake.files import ADMINISTRATOR
from tests.workflows.moves import handing_over, signed_and_sealed
from tests.workflows.test_portfolio import ZHOU, departments_are_held
from tests.workflows.world import RunningCase, World

pytestmark = northwind.needed


def margaret_sells(world: World) -> None:
    """She takes the place of `lin`: the files bring her name, her customers and her orders; she reports to `wang`."""
    with writing(world.engine) as session:
        session.get_one(Employee, "e-lin").number = northwind.MARGARET
        session.add(Account(id=ADMINISTRATOR, login="admin", password_hash="-", name="IT", roles=["administrator"]))
    northwind.load_everything(world.engine)
    with writing(world.engine) as session:
        session.get_one(Employee, "e-lin").manager = "n-wang"


def sums(world: World) -> dict[str, Any]:
    """What must be the same afterwards: contacts and turnover by customer."""
    with reading(world.engine) as session:
        contacts = session.exec(select(Contact.customer_id, func.count()).group_by(col(Contact.customer_id))).all()
        turnover = session.exec(
            select(SalesOrder.customer_id, func.sum(SalesOrder.total)).group_by(col(SalesOrder.customer_id))
        ).all()
    return {"contacts": dict(contacts), "turnover": dict(turnover)}


def decide_all(case: RunningCase, what: Step, state: str, by: Caller = ZHOU) -> int:
    """A step for every customer in that state."""
    found = entries(case.world.engine, case.case_id, kind="customer", state=state)
    names = [{"kind": row.kind, "record": record, "version": row.version} for record, row in found.items()]
    body = DecideEntries.model_validate({"step": what, "entries": names})
    with writing(case.world.engine) as session:
        portfolio_decisions.decide(session, case.case_id, by, body, utc_now())
    return len(names)


@departments_are_held
async def test_all_that_the_top_salesperson_holds_is_handed_over_before_departments_confirm(world: World) -> None:
    margaret_sells(world)
    with reading(world.engine) as session:
        hers = set(session.exec(select(Customer.id).where(Customer.owner == "e-lin")).all())
        open_orders = set(
            session.exec(
                select(SalesOrder.id).where(SalesOrder.owner == "e-lin", SalesOrder.state == "confirmed")
            ).all()
        )
        assert session.get_one(Employee, "e-lin").name == "Margaret Peacock"
    before = sums(world)
    case = await world.resign()
    await handing_over(case)
    assert hers | open_orders <= set(entries(world.engine, case.case_id))
    assert decide_all(case, Step.ACCEPT, "proposed") == len(hers) > 10
    assert decide_all(case, Step.CONFIRM, "accepted") == len(hers)
    assert await teller.tell_all(world.engine, world.client)
    state = await signed_and_sealed(case)
    await case.fast_forward_to(end_of(state.final_day, state.agreed.calendar.zone) + timedelta(minutes=1))
    assert (await case.result()).outcome == "completed"
    whose = owners(world.engine)
    assert {whose[record] for record in hers | open_orders} == {"e-zhou"}
    assert sums(world) == before
