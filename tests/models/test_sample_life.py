"""Every industry's sample company has a life that each part of the desk can show, the same one whenever it is told."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select

from commands import sample, sample_life
from commands.life import ALIKE, Life, Seller
from commands.trade import names, trade
from domain.desk.commission import LedgerStatus
from domain.desk.orders import OPEN, OrderState
from domain.desk.records import PORTFOLIO, CustomerStatus, ReceivableState
from models import imports
from models.database import connect, reading
from models.desk import commission, customers, habits
from models.desk.figure_tables import WeeklyFigure
from models.desk.figures import today
from models.desk.order_tables import OrderLine, Receivable, SalesOrder
from models.desk.scopes import everybody
from models.desk.tables import Carrier, Contact, Customer, CustomerNote, OwnershipChange
from models.desk.trail_tables import Communication, CustomerDocument
from models.industries import choices
from models.industries.packs import shipped
from models.industries.tables import ExtraValues
from models.schema import upgrade
from models.tables import Employee

TODAY = today()
"""Of all of these tests: midnight may come meanwhile."""
INDUSTRIES = ("logistics", "manufacturing", "e_commerce", "retail")


@pytest.fixture(scope="module", params=INDUSTRIES)
def industry(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def firm(industry: str, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The sample company of the industry; the tests only read."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp(industry) / 'wanbi.db'}")
    upgrade(engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "hash_password", lambda password: "-")
        patch.setattr(sample_life, "today", lambda: TODAY)
        assert sample.load(engine, industry)
    return engine


def count(engine: Engine, table: type) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_the_industry_is_in_force_and_whoever_sells_has_a_checklist_for_all_of_the_portfolio(
    firm: Engine, industry: str
) -> None:
    pack = shipped()[industry]
    with reading(firm) as session:
        chosen = choices.in_force(session)
        jobs = set(session.exec(select(Employee.job).where(col(Employee.department) == "sales")).all())
        told = choices.would_change(session, pack)
    assert chosen is not None
    assert (chosen.industry, chosen.by) == (industry, choices.AT_SET_UP)
    assert (told.changes_something, told.missing_systems, told.missing_departments) == (False, [], [])
    assert {job.key for job in pack.jobs if job.sells} <= jobs
    for template in pack.templates:
        if any(job.sells and job.key in template.body.jobs for job in pack.jobs):
            assert {kind for one in template.body.clearances for kind in one.portfolio} == set(PORTFOLIO)


def test_orders_are_in_every_state_and_money_is_paid_open_and_overdue(firm: Engine) -> None:
    with reading(firm) as session:
        states = Counter(session.exec(select(SalesOrder.state)).all())
        money = session.exec(select(Receivable)).all()
    assert set(states) == {state.value for state in OrderState}
    assert {row.state for row in money} == {ReceivableState.OPEN, ReceivableState.PAID}
    waiting = [row.due_on for row in money if row.state == ReceivableState.OPEN]
    assert min(waiting) < TODAY < max(waiting)


def test_every_page_of_the_desk_has_something_to_show(firm: Engine) -> None:
    shown: tuple[type, ...] = (
        *(Customer, Contact, CustomerNote, CustomerDocument, Communication, Carrier, OrderLine),
        *(OwnershipChange, ExtraValues),
    )
    assert all(count(firm, table) > 0 for table in shown)
    with reading(firm) as session:
        assert set(session.exec(select(Customer.status)).all()) == {status.value for status in CustomerStatus}
        weeks = set(session.exec(select(col(WeeklyFigure.week))).all())
        figures = set(session.exec(select(WeeklyFigure.figure)).all())
    assert len(weeks) == 26
    assert max(weeks) < TODAY, "this week is the worker's to write"
    assert {"recent_contact", "followed_up", "turnover:CNY"} <= figures


def test_open_orders_and_large_customers_are_described_in_the_fields_of_the_industry(
    firm: Engine, industry: str
) -> None:
    fields = {(field.of.value, field.key) for field in shipped()[industry].fields}
    with reading(firm) as session:
        said = session.exec(select(ExtraValues)).all()
        open_orders = session.exec(select(func.count()).where(col(SalesOrder.state).in_(OPEN))).one()
    assert {(row.kind, key) for row in said for key in row.content} == fields
    assert sum(row.kind == "order" for row in said) == open_orders


def test_half_of_the_turnover_hangs_on_one_person_and_some_customers_are_there_twice(firm: Engine) -> None:
    with reading(firm) as session:
        star = session.exec(select(Employee).where(Employee.number == sample.SALESPERSON)).one()
        sums = dict(
            session.exec(
                select(Customer.owner, func.sum(SalesOrder.total))
                .join(Customer, col(Customer.id) == col(SalesOrder.customer_id))
                .group_by(Customer.owner)
            ).all()
        )
        last = session.exec(select(Customer).order_by(col(Customer.number).desc()).limit(ALIKE)).all()
        alike = [customers.duplicates(session, everybody, row, customers.contacts(session, [row.id])) for row in last]
    assert 0.4 < sums[star.id] / sum(sums.values()) < 0.6
    assert all(found for found in alike)
    assert {reason for found in alike for _, _, reasons in found for reason in reasons} == {"name", "phone", "mail"}


def test_commission_is_paid_earned_and_pending_and_one_evening_stands_out(firm: Engine) -> None:
    with reading(firm) as session:
        star = session.exec(select(Employee).where(Employee.number == sample.SALESPERSON)).one()
        statuses = {line.status for line in commission.lines(session, star.id)}
        (found,) = habits.habits(session, [star], habits.days_until(TODAY), 5, 20)
    assert {LedgerStatus.PAID, LedgerStatus.EARNED, LedgerStatus.PENDING, LedgerStatus.DISPUTED} <= statuses
    assert [day.day for day in found.reads.unusual] == [TODAY - timedelta(days=9)]


def test_the_same_day_tells_the_same_life(industry: str) -> None:
    def told() -> list[object]:
        words, people = trade(sample.FOLDER, industry), names(sample.FOLDER)
        life = Life(words, people, [Seller("S1", True), Seller("S2")], 40, 100, date(2026, 3, 2))
        kinds = (life.customers, life.contacts, life.carriers, life.orders, life.receivables, life.payments)
        return [list(kind()) for kind in (*kinds, life.communications)]

    assert told() == told()


def test_it_goes_into_either_database(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "hash_password", lambda password: "-")
    assert sample.load(engine)
    assert not sample.load(engine), "once"
    assert count(engine, Customer) == sample_life.CUSTOMERS


def test_its_size_is_what_a_newcomer_can_wait_for(firm: Engine) -> None:
    assert count(firm, Customer) == sample_life.CUSTOMERS
    assert count(firm, SalesOrder) == sample_life.ORDERS
