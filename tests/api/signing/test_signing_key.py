"""The helper by which demo, benchmarks and end-to-end tests sign does all that a browser does."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from commands.answers import Unexpected
from commands.signing_key import code_in, sign_record
from models.signing.tables import RecordRevision
from tests.api.house import PASSWORD, V1
from tests.api.signing.world import Record

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class InThisProcess(httpx.BaseTransport):
    """Asks the application directly, from a thread without a loop."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()

        async def ask() -> httpx.Response:
            answer = await httpx.ASGITransport(self._app).handle_async_request(request)
            return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

        return asyncio.run(ask())


def browser(record: Record, name: str) -> httpx.Client:
    """As `commands.person.Person` has one."""
    transport = InThisProcess(record.api.app)
    return httpx.Client(transport=transport, base_url=f"http://wanbi{V1}", headers=record.person(name).headers)


async def test_it_signs_with_a_key_of_its_own(record: Record) -> None:
    def sign() -> dict[str, Any]:
        return sign_record(
            browser(record, "lin"),
            record.case_id,
            password=PASSWORD,
            read_code=lambda intent: code_in(record.letters, intent),
        )

    signed = await asyncio.to_thread(sign)
    assert signed["field"] == "leaver"
    assert record.api.count(RecordRevision) == 1


async def test_it_says_what_the_api_answered_instead(record: Record) -> None:
    def sign() -> None:
        sign_record(browser(record, "lin"), record.case_id, password="wrong", read_code=lambda _: "000000")

    with pytest.raises(Unexpected, match=r"signature: 403, not 201: .*sign_in\.password_wrong"):
        await asyncio.to_thread(sign)
