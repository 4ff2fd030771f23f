"""A portfolio leaves as a file for whoever may export it now, and for nobody else; each time is logged."""

import csv
import io
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from domain.rights import Operation
from models.database import reading, writing
from models.desk.exports import Part
from models.desk.order_tables import OrderLine, Payment, SalesOrder
from models.desk.tables import Customer
from models.desk.trail_tables import Attempt, Communication, RecordRead
from models.sheets.opening import open_sheet
from models.tables import Employee
from tests.api.desk.trade import gives_notice, set_rights
from tests.api.house import Api, problem
from tests.api.rows import START
from tests.models.intake.files import load

PURPOSE = "离职交接存档"


def rows_of(answer: httpx.Response, name: str | None = None) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    with open_sheet(io.BytesIO(answer.content), name=name) as sheet:
        return [list(sheet.header), *(cells for _, cells in sheet.rows)]


async def export(api: Api, who: str, number: str, sheet: str = "", **query: Any) -> httpx.Response:
    path = f"/desk/files/portfolios/{number}" + (f"/{sheet}" if sheet else "")
    return await api.person(who).get(path, **{"purpose": PURPOSE, **query})


async def test_a_workbook_holds_every_part_of_the_portfolio_and_nobody_else_s(api: Api) -> None:
    answer = await export(api, "wang", "n-lin")
    for part in Part:
        header, *rows = rows_of(answer, part.value)
        assert header[0] in ("number", "customer", "receivable")
        assert all("N-zhou" not in row for row in rows)
    assert rows_of(answer, "customers")[1][:3] == ["N-lin", "客户c-lin", "n-lin"]
    assert rows_of(answer, "receivables")[1][:6] == ["R-lin", "N-lin", "O-lin", "n-lin", "CNY", "100"]


async def test_csv_is_utf_8_with_a_mark(api: Api) -> None:
    answer = await export(api, "wang", "n-lin", "customers")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert rows_of(answer)[1][1] == "客户c-lin"
    assert "portfolio-n-lin-customers.csv" in answer.headers["content-disposition"]


@pytest.mark.parametrize("hazard", ["=HYPERLINK(1)", "+86", "-1", "@SUM(1)"])
async def test_a_text_that_a_spreadsheet_would_carry_out_leaves_as_text_and_comes_back_as_itself(
    api: Api, hazard: str
) -> None:
    with writing(api.engine) as session:
        session.get_one(Customer, "c-lin").name = hazard
    answer = await export(api, "wang", "n-lin", "customers")
    (cells,) = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    assert cells[1] == "'" + hazard
    assert rows_of(answer)[1][1] == hazard
    assert rows_of(await export(api, "wang", "n-lin"), "customers")[1][1] == hazard


async def test_what_was_exported_can_be_loaded_again_without_a_change(api: Api) -> None:
    moment = START + timedelta(microseconds=123_456)
    with writing(api.engine) as session:
        line: dict[str, Any] = {"product": "P", "name": "x", "quantity": 1, "unit_price": 1, "amount": 100}
        session.add(OrderLine(order_id="o-lin", position=1, **line))
        session.get_one(SalesOrder, "o-lin").placed_at = moment
        session.get_one(Customer, "c-lin").address = '=1+1\r\n\'@x, "y"'
        said: dict[str, Any] = {"kind": "call", "direction": "out", "summary": "-10%?\r\n_x000D_", "by": "a-lin"}
        places = {"customer_id": "c-lin", "contact_id": "p-lin", "order_id": "o-lin", "employee_id": "e-lin"}
        paid: dict[str, Any] = {
            "amount": 40,
            "currency": "CNY",
            "received_on": START.date(),
            "by": "a-lin",
            "at": START,
        }
        session.add(Payment(receivable_id="r-lin", reference="-B1", **paid))
        session.add(Communication(at=moment, recorded_at=moment, **said, **places))
    whole = (await export(api, "wang", "n-lin")).content
    for part in Part:
        content = (await export(api, "wang", "n-lin", part.value)).content
        for file, mapping in ((content, None), (whole, as_it_is(content, part))):
            row = load(api.engine, part.value, file, mapping=mapping)
            assert (row.state, row.inserted, row.updated, row.held_back) == ("done", 0, 0, 0), part
            assert row.unchanged == row.rows_valid > 0, part


def as_it_is(content: bytes, part: Part) -> dict[str, Any]:
    """The mapping that takes each column of a sheet for what it is called."""
    with open_sheet(io.BytesIO(content)) as sheet:
        return {"sheet": part.value, "columns": {name: {"from": name} for name in sheet.header}}


async def test_each_export_is_logged_with_its_purpose_before_it_leaves(api: Api) -> None:
    await export(api, "wang", "n-lin", "orders")
    with reading(api.engine) as session:
        logged = session.exec(select(RecordRead).order_by(col(RecordRead.id).desc())).first()
    assert logged is not None
    assert (logged.account, logged.action, logged.kind) == ("a-wang", "export_orders", "order")
    assert (logged.records, logged.purpose) == (1, PURPOSE)
    problem(await api.person("wang").get("/desk/files/portfolios/n-lin"), 422, "api.invalid_input")


async def test_somebody_frozen_exports_nothing_and_the_attempt_is_kept(api: Api) -> None:
    case_id = gives_notice(api.engine)
    set_rights(api.engine, case_id, Operation.FREEZE, 1, "view_customers", system="crm")
    problem(await export(api, "lin", "n-lin"), 403, "desk.frozen")
    problem(await export(api, "lin", "n-lin", "customers"), 403, "desk.frozen")
    with reading(api.engine) as session:
        attempts = session.exec(select(Attempt.action).where(Attempt.outcome == "refused")).all()
        reads = session.exec(select(RecordRead.id).where(RecordRead.account == "a-lin")).all()
    assert set(attempts) == {"export_customers"}
    assert list(reads) == []


async def test_another_s_portfolio_is_out_of_reach_but_for_those_above(api: Api) -> None:
    problem(await export(api, "lin", "n-zhou"), 404, "desk.owner_out_of_reach")
    problem(await export(api, "lin", "n-wang"), 404, "desk.owner_out_of_reach")
    problem(await export(api, "stranger", "n-lin"), 403)
    assert (await export(api, "auditor", "n-lin")).status_code == 200


async def test_the_portfolio_of_somebody_who_has_left_is_still_there_for_their_manager(api: Api) -> None:
    with writing(api.engine) as session:
        session.get_one(Employee, "e-lin").active = False
    assert rows_of(await export(api, "wang", "n-lin"), "customers")[1][0] == "N-lin"
