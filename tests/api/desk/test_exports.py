"""A portfolio leaves as a file for whoever may export it now, and for nobody else; each time is logged."""

import csv
import io
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from domain.rights import Operation
from models.database import reading, writing
from models.desk.exports import Part
from models.desk.order_tables import OrderLine
from models.desk.tables import Customer
from models.desk.trail_tables import Attempt, RecordRead
from models.sheets import excel_writer
from models.sheets.excel_writer import Table, workbook
from models.sheets.opening import open_sheet
from models.tables import Employee
from tests.api.desk.trade import gives_notice, set_rights
from tests.api.house import Api, problem
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
    with writing(api.engine) as session:
        line: dict[str, Any] = {"product": "P", "name": "x", "quantity": 1, "unit_price": 1, "amount": 100}
        session.add(OrderLine(order_id="o-lin", position=1, **line))
    for part in Part:
        content = (await export(api, "wang", "n-lin", part.value)).content
        row = load(api.engine, part.value, content)
        assert (row.state, row.inserted, row.updated, row.held_back) == ("done", 0, 0, 0), part


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


def test_what_does_not_fit_on_one_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_writer, "MOST_ROWS", 3)
    content = io.BytesIO(b"".join(workbook([Table("t", ("n",), ((n,) for n in range(5)))])))
    for name, wanted in (("t", ["0", "1"]), ("t 2", ["2", "3"]), ("t 3", ["4"])):
        with open_sheet(content, name=name) as sheet:
            assert [cells[0] for _, cells in sheet.rows] == wanted
