"""Opens the table in a file, whatever kind of file it says it is: by what is in it, not by its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from models.import_problems import Problem
from models.sheets.csv_reader import open_csv
from models.sheets.excel_reader import MAGIC, OLD_MAGIC, open_excel
from models.sheets.sheet import Sheet, Unreadable


@contextmanager
def open_sheet(
    file: BinaryIO, *, delimiter: str | None = None, name: str | None = None, whole: bool = False
) -> Iterator[Sheet]:
    """The table, until the block ends. `delimiter` and `whole` are for CSV, the sheet's `name` for Excel.

    Raises Unreadable.
    """
    begins = file.read(4)
    file.seek(0)
    if begins == OLD_MAGIC:
        raise Unreadable(Problem(row=0, code="not_a_workbook"))
    if begins == MAGIC:
        with open_excel(file, name) as sheet:
            yield sheet
    else:
        with open_csv(file, delimiter, whole=whole) as sheet:
            yield sheet
