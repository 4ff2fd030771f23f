"""Histories only grow: what the API has entered there the database itself refuses to change, on both databases."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.database import reading, writing
from tests.api.desk.trade import LINE, freeze, gives_notice
from tests.api.house import V1, Api, new_key

ONLY_GROW = (
    "customer_note",
    "ownership_change",
    "record_change",
    "order_state_change",
    "payment",
    "communication",
    "communication_attachment",
    "attachment",
    "customer_document",
    "record_read",
    "desk_attempt",
    "fact",
)


async def a_year_of_business(api: Api) -> None:
    """Something of every kind is entered, through the front door."""
    lin, wang, finance = api.person("lin"), api.person("wang"), api.person("finance")
    call = {"kind": "call", "direction": "out", "summary": "x"}
    said = (await lin.post("/desk/customers/c-lin/communications", call)).json()["id"]
    for path, query in (
        ("/desk/files/customers/c-lin", {"kind": "contract", "title": "t", "name": "n"}),
        (f"/desk/files/communications/{said}", {"name": "n"}),
    ):
        headers = {**lin.headers, "idempotency-key": new_key()}
        assert (await api.http.post(V1 + path, params=query, content=b"x", headers=headers)).status_code == 201
    writes: tuple[tuple[Any, str, Any], ...] = (
        (lin, "/desk/customers/c-lin/notes", {"kind": "note", "text": "x"}),
        (lin, "/desk/orders", {"customer": "c-lin", "lines": [LINE]}),
        (finance, "/desk/receivables/r-lin/payments", {"amount": "1", "received_on": "2026-03-20", "reference": "1"}),
        (wang, "/desk/customers/reassign", {"customers": ["c-wang"], "to": "n-zhou", "reason": "x"}),
    )
    for person, path, body in writes:
        assert (await person.post(path, body)).status_code in (200, 201), path
    assert (await lin.patch("/desk/customers/c-lin", {"version": 1, "city": "宁波"})).status_code == 200
    assert (await lin.get("/desk/customers/c-lin")).status_code == 200
    freeze(api.engine, gives_notice(api.engine))
    assert (await lin.post("/desk/orders", {"customer": "c-lin", "lines": [LINE]})).status_code == 403


async def test_the_database_refuses_to_change_or_delete_any_history(api: Api) -> None:
    await a_year_of_business(api)
    for name in ONLY_GROW:
        with reading(api.engine) as session:
            before = session.connection().execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608
            column = session.connection().execute(text(f"SELECT * FROM {name}")).keys()  # noqa: S608
        assert before > 0, name
        first = next(iter(column))
        for statement in (f"UPDATE {name} SET {first} = {first}", f"DELETE FROM {name}"):  # noqa: S608
            with pytest.raises(DBAPIError, match="append-only"), writing(api.engine) as session:
                session.connection().execute(text(statement))


async def test_no_address_of_the_desk_deletes_anything(api: Api) -> None:
    head = api.person("sales-head")
    for path in ("customers/c-lin", "contacts/p-lin", "orders/o-lin", "receivables/r-lin", "customers"):
        answer = await api.http.delete(f"{V1}/desk/{path}", headers=head.headers)
        assert answer.status_code == 405, path
