"""The desk: somebody's portfolio as a file, for whoever may export it."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import StringConstraints

from api.deps import CallerDep, EngineDep
from api.errors import documented
from models.desk import exports
from models.desk.exports import Part
from models.fields import Key
from models.forms import LINE
from models.sheets.csv_writer import csv_text
from models.sheets.excel_writer import workbook

router = APIRouter(prefix="/desk/files/portfolios", tags=["desk: files in and out"])
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
Number = Annotated[Key, Path(examples=["S1512"])]
ExportPurpose = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LINE)],
    Query(description="What it is exported for; kept in the log of reads.", examples=["离职交接存档"]),
]
WHOLE: dict[int | str, dict[str, Any]] = {200: {"content": {EXCEL: {}}, "description": "A workbook, a sheet each"}}
ONE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}, "description": "UTF-8 with a mark"}}


@router.get(
    "/{number}",
    summary="A portfolio as an Excel workbook",
    response_class=StreamingResponse,
    responses={**WHOLE, **documented(401, 403, 404, 422)},
)
def export_workbook(number: Number, caller: CallerDep, engine: EngineDep, purpose: ExportPurpose) -> StreamingResponse:
    """Customers, their people, orders with lines, receivables, payments and conversations of one employee.

    For whoever has the rights to export customers and orders now: of their own and their people's, auditors of
    anybody's.
    The columns are those of imports. Texts that a spreadsheet would take for formulas are marked as text.
    """
    parts = tuple(Part)
    holder = exports.permitted(engine, caller, number, parts, purpose)
    tables = exports.tables(engine, holder, parts, caller.time_zone)
    return StreamingResponse(workbook(tables), media_type=EXCEL, headers=_headers(f"portfolio-{number}.xlsx"))


@router.get(
    "/{number}/{sheet}",
    summary="A part of a portfolio as CSV",
    response_class=StreamingResponse,
    responses={**ONE, **documented(401, 403, 404, 422)},
)
def export_csv(
    number: Number, sheet: Part, caller: CallerDep, engine: EngineDep, purpose: ExportPurpose
) -> StreamingResponse:
    """As the workbook; an apostrophe marks what a spreadsheet would take for a formula, and imports take it off."""
    holder = exports.permitted(engine, caller, number, (sheet,), purpose)
    content = csv_text(exports.header(sheet), exports.rows(engine, holder, sheet, caller.time_zone))
    return StreamingResponse(content, media_type=CSV, headers=_headers(f"portfolio-{number}-{sheet}.csv"))


def _headers(name: str) -> dict[str, str]:
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
