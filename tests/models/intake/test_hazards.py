"""What goes wrong with files between a spreadsheet and the desk is put right, or told by row, column and reason."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from models.desk.order_tables import SalesOrder
from models.desk.tables import Carrier, Contact, Customer
from tests.models.intake.files import CARRIERS, CUSTOMERS, count, found_problems, load, one, said


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_telephone_numbers_and_days_come_from_excel_as_they_are_shown(company: Engine) -> None:
    load(company, "customers", CUSTOMERS)
    load(company, "contacts", workbook(("customer", "name", "phone"), ("C1", "王芳", 13800138000)))
    header = ("number", "customer", "placed_at", "state", "promised_on")
    moment = datetime(2026, 1, 5, 9, 30)  # noqa: DTZ001  # a sheet has no time zones
    row = load(company, "orders", workbook(header, ("O1", "C1", moment, "confirmed", date(2026, 2, 1))))
    assert (row.state, row.problems) == ("done", 0)
    assert one(company, Contact, name="王芳").phone == "13800138000"
    order = one(company, SalesOrder, number="O1")
    assert (order.placed_at.isoformat(), str(order.promised_on)) == ("2026-01-05T01:30:00+00:00", "2026-02-01")


def test_what_excel_lost_or_reckoned_is_not_guessed(company: Engine) -> None:
    content = workbook(
        ("number", "name", "owner", "city"),
        (110101199003078515, "x", "n-lin", ""),
        ("C2", "=A2", "n-lin", ""),
        ("C3", "x", "n-lin", "#N/A"),
    )
    row = load(company, "customers", content)
    assert [found[:3] for found in said(company, row.id)] == [
        (2, "number", "digits_lost"),
        (3, "name", "formula"),
        (4, "city", "formula"),
    ]
    assert found_problems(company, row.id)[0].messages == {
        "zh": "第 2 行 number：Excel 的数字只保留 15 位，此数更长，末尾几位已丢失。"
        "请将该列设为文本格式，重新填写后再导入。",
        "en": "Row 2, number: of a number Excel keeps 15 digits, and this one has more, so its last ones are lost. "
        "Format the column as text, enter the number again, and load the file again.",
    }
    assert count(company, Customer) == 0


def test_a_formula_in_a_column_that_nobody_asks_for_is_no_problem(company: Engine) -> None:
    columns = {name: {"from": name} for name in ("number", "name", "owner")}
    content = workbook(("number", "name", "owner", "sum"), ("C1", "x", "n-lin", "=1+1"))
    row = load(company, "customers", content, mapping={"columns": columns})
    assert (row.state, row.left_out) == ("done", ["sum"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_brings_in_the_same(company: Engine, encoding: str, ends: str) -> None:
    load(company, "customers", CUSTOMERS.replace("\n", ends).encode(encoding))
    assert one(company, Customer, number="C1").name == "宁波海潮国际货运有限公司"


def test_the_wrong_delimiter_is_told_as_columns_that_are_missing(company: Engine) -> None:
    columns = {name: {"from": name} for name in ("number", "name", "owner")}
    row = load(company, "customers", CUSTOMERS, mapping={"delimiter": ";", "columns": columns})
    assert [found[2] for found in said(company, row.id)] == ["missing_column"] * 3


def test_a_column_that_is_there_twice_is_named_if_it_is_asked_for(company: Engine) -> None:
    row = load(company, "carriers", CARRIERS.replace("service", "name"))
    assert said(company, row.id) == [(1, "name", "duplicate_column", "")]
    columns = {"number": {"from": "number"}, "name": {"from": "name"}}
    twice = "number,name,note,note\nK1,顺风物流,x,y\n"
    assert load(company, "carriers", twice, mapping={"columns": columns}).state == "done"


def test_a_row_that_is_too_long_for_its_header_stops_the_file_there(company: Engine) -> None:
    row = load(company, "carriers", CARRIERS + "K2,x,y,z\n")
    assert said(company, row.id) == [(3, "", "too_many_cells", "")]


def test_a_very_long_cell_is_told_as_too_long(company: Engine) -> None:
    row = load(company, "carriers", f"number,name\nK1,{'长' * 100_000}\n")
    assert [found[:3] for found in said(company, row.id)] == [(2, "name", "too_long")]


@pytest.mark.parametrize("hazard", ["=1+1", "@SUM(A1)", "+86 574", "-x"])
def test_the_mark_that_keeps_a_text_from_being_carried_out_is_taken_off(company: Engine, hazard: str) -> None:
    load(company, "carriers", f"number,name\nK1,'{hazard}\nK2,{hazard}\n")
    load(company, "carriers", workbook(("number", "name"), ("K3", f"'{hazard}")))
    assert [one(company, Carrier, number=f"K{n}").name for n in (1, 2, 3)] == [hazard] * 3
