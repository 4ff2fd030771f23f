"""What nobody took over belongs to whoever leads the leaver once the case is closed."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from domain.case import Stage
from models import projection
from models.database import reading, utc_now, writing
from models.desk import leftovers
from models.desk.order_tables import SalesOrder
from models.facts import verify
from models.queries import all_facts
from models.tables import Account, CaseView, Department, Notice, NotificationRow
from tests.api.desk.handover import changes, departure, owners
from tests.api.desk.trade import facts

OF_LIN = {f"{kind}-{one}" for kind in "cor" for one in ("lin", "north", "south")}


def closes(engine: Engine, case_id: str, stage: Stage = Stage.COMPLETED_WITH_GAPS) -> None:
    """What the ledger does with the write that closes the case."""
    with writing(engine) as session:
        view = session.get_one(CaseView, case_id)
        view.snapshot = {**view.snapshot, "stage": stage.value}
        case = projection.from_snapshot(view.snapshot)
        leftovers.hold(session, case)
        leftovers.pass_on(session, case, 9, utc_now())


@pytest.fixture
def case_id(company: Engine) -> str:
    return departure(company)


def of(engine: Engine, employee: str) -> set[str]:
    return {one for one, owner in owners(engine).items() if owner == employee}


def test_all_of_it_goes_to_the_manager_who_is_told_and_once(company: Engine, case_id: str) -> None:
    with writing(company) as session:
        session.get_one(SalesOrder, "o-south").state = "completed"
    for _ in range(2):
        closes(company, case_id)
    assert of(company, "e-lin") == {"o-south"}, "what is finished stays with whoever finished it"
    assert of(company, "e-wang") >= OF_LIN - {"o-south"}
    assert {(c.reason, c.from_owner, c.to_owner) for c in changes(company, case_id)} == {
        (leftovers.LEFT_BEHIND, "e-lin", "e-wang")
    }
    (fact,) = facts(company, case_id, leftovers.LEFT)
    assert fact.data == {"customer": 3, "order": 2, "receivable": 3, "to": "e-wang"}
    with reading(company) as session:
        told = session.exec(select(NotificationRow.account).where(NotificationRow.kind == "portfolio_left")).all()
        assert verify(case_id, all_facts(session, case_id)).problems == ()
    assert told == ["a-wang"]


def test_a_manager_who_leaves_as_well_is_passed_over(company: Engine, case_id: str) -> None:
    with writing(company) as session:
        session.get_one(Notice, case_id).open_for = "e-wang"
    closes(company, case_id)
    assert of(company, "e-sales-head") >= OF_LIN


def test_nothing_moves_where_there_is_nobody_or_the_notice_was_withdrawn(company: Engine, case_id: str) -> None:
    closes(company, case_id, Stage.WITHDRAWN)
    assert of(company, "e-lin") == OF_LIN
    with writing(company) as session:
        for name in ("wang", "sales-head"):
            session.get_one(Account, f"a-{name}").active = False
        session.get_one(Department, "sales").head = None
    closes(company, case_id)
    assert of(company, "e-lin") == OF_LIN
