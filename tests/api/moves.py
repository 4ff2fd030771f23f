"""What people do in a running case, over HTTP."""

import hashlib
from typing import Any

import httpx
from sqlmodel import col, select

from commands.signing_key import SigningKey, code_in
from models.database import reading
from models.tables import FactRow
from tests import builders
from tests.api.house import PASSWORD, Api, eventually

ITEMS = ["customer_files", "open_orders", "receivables", "devices"]


async def resigned(api: Api, **changes: Any) -> str:
    """A case in which `lin` is handing over to `zhou`, unless `changes` say otherwise."""
    answer = await api.person("hr").register(**changes)
    assert answer.status_code == 201, answer.text
    case_id: str = answer.json()["case_id"]
    await until(api, case_id, "handing_over")

    async def quiet() -> bool:
        """Nothing more happens by itself: the portfolio is taken, and the first paper is issued."""
        case = (await api.person("hr").get(f"/cases/{case_id}")).json()["case"]
        return bool(case["papers"] or case["papers_missing"]) and case["portfolio"] is not None

    await eventually(quiet)
    return case_id


async def until(api: Api, case_id: str, stage: str) -> dict[str, Any]:
    """The case as HR sees it, as soon as it is in that stage."""

    async def reached() -> dict[str, Any]:
        shown: dict[str, Any] = (await api.person("hr").get(f"/cases/{case_id}")).json()
        return shown if shown["stage"] == stage else {}

    return await eventually(reached)


async def looked_after(api: Api, case_id: str) -> dict[str, Any]:
    """The closed case as HR sees it, as soon as its aftercare goes on alone."""

    async def alone() -> dict[str, Any]:
        shown: dict[str, Any] = (await api.person("hr").get(f"/cases/{case_id}")).json()
        return shown if shown["case"]["aftercare"]["alone"] else {}

    return await eventually(alone)


async def done(api: Api, name: str, case_id: str, decision: str, key: str | None = None, **body: Any) -> httpx.Response:
    """A decision that has to be carried out."""
    answer = await api.person(name).decide(case_id, decision, key, **body)
    assert answer.status_code == 200, (name, decision, answer.text)
    return answer


async def everything_settled(api: Api, case_id: str) -> dict[str, Any]:
    """Handed over, accepted and cleared; the record lies before its parties."""
    await done(api, "lin", case_id, "hand_over_items", items=ITEMS, note="all of it")
    await done(api, "zhou", case_id, "decide_items", items=ITEMS, answer="accept")
    for department in builders.DEPARTMENTS:
        verdict = {"department": department, "verdict": "approve"}
        await done(api, f"{department}-clerk", case_id, "decide_clearance", **verdict)

    async def presented() -> Any:
        return (await api.person("hr").get(f"/cases/{case_id}")).json()["case"]["record"]

    record: dict[str, Any] = await eventually(presented)
    return record


async def signs(api: Api, name: str, case_id: str) -> httpx.Response:
    """Reads the record as it stands, agrees to the terms, confirms by password and mailed code, signs."""
    person, path, browser = api.person(name), f"/cases/{case_id}/record", SigningKey()
    wish = {
        "sha256": hashlib.sha256((await person.get(path)).content).hexdigest(),
        "consent": (await person.get("/signing/consent")).json()["version"],
        "method": "code",
    }
    intent = (await person.post(f"{path}/intents", wish)).json()["id"]
    signature = f"{path}/intents/{intent}/signature"
    confirmed = {"public_key": browser.public, "code": code_in(api.config.data / "mail", intent), "password": PASSWORD}
    begun = await person.post(signature, confirmed)
    assert begun.status_code == 201, begun.text
    answer = await person.write("PUT", signature, {"value": browser.sign(begun.json()["to_sign"])})
    assert answer.status_code == 200, answer.text
    return answer


async def sealed(api: Api, case_id: str) -> None:
    """HR, who is asked where nobody keeps the seal, lets it be put to the record that everybody has answered."""
    record = (await api.person("hr").get(f"/cases/{case_id}")).json()["case"]["record"]
    await done(api, "hr", case_id, "approve_seal", sha256=record["sha256"], answer="accept", password=PASSWORD)


def facts(api: Api, case_id: str) -> list[str]:
    """The kinds of the facts in the ledger, in order."""
    with reading(api.engine) as session:
        query = select(FactRow.kind).where(FactRow.case_id == case_id).order_by(col(FactRow.seq))
        return list(session.exec(query).all())
