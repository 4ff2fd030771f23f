"""Northwind: a company's files that nobody here wrote, with the mappings by which they go in (northwind.json).

The files are not part of the product. Where they lie the environment says (WANBI_NORTHWIND), or else they are beside
the project; where there are none the tests that need them are skipped, loudly.
"""

import csv
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models import imports
from models.intake.mapping_bodies import MappingBody
from tests.models.intake.files import load

ROOT = Path(__file__).parents[3]
FOLDER = Path(os.environ.get("WANBI_NORTHWIND", ROOT.parent / "shared/data/northwind"))
MAPPINGS = json.loads((Path(__file__).parent / "northwind.json").read_text(encoding="utf-8"))
FILES = {
    "customers": "customers",
    "contacts": "customers",
    "carriers": "shippers",
    "orders": "orders",
    "order_lines": "order_details",
}
MARGARET = "4"
"""Staff number of who sold most."""
needed = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"Northwind is not at {FOLDER}: set WANBI_NORTHWIND to try the import on real data"
)


@cache
def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mapping(kind: str) -> dict[str, Any]:
    """As it is kept; who owns a customer the files don't say: whoever took its last order."""
    found: dict[str, Any] = json.loads(json.dumps(MAPPINGS[kind]))
    if kind == "customers":
        found["columns"]["owner"]["values"] = {row["customer_id"]: row["employee_id"] for row in table("orders")}
    if kind == "order_lines":
        names = {row["product_id"]: row["product_name"] for row in table("products")}
        found["columns"]["product_name"]["values"] = names
    return found


def load_everything(engine: Engine) -> None:
    """Into a company that has a department `sales` and the administrator of tests."""
    staff = MappingBody.model_validate({"kind": "employees", **mapping("employees")})
    report = imports.run(engine, "employees", (FOLDER / "employees.csv").read_bytes(), mapping=staff)
    assert report.problems == []
    for kind, name in FILES.items():
        row = load(engine, kind, (FOLDER / f"{name}.csv").read_bytes(), mapping=mapping(kind))
        assert (row.state, row.problems, row.warnings) == ("done", 0, 0), kind
