"""The people of the sample company, found by what they do; and the engineer's view into Temporal."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from activities.post import MAIL_FOLDER
from commands.instance import Instance
from commands.person import Person
from commands.running_cases import ask
from commands.sample import ADMINISTRATOR, HR, PASSWORD, SALESPERSON, SEAL_KEEPER, SECURITY
from config import Settings
from temporal_client import connect_temporal

T = TypeVar("T")
ALONE = TimeSkippingConfig(enabled=False, disable_propagation=True)
"""What a case begins when it closes keeps its own time."""


class Cast:
    """Signs people in when they are first needed."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._signed_in: dict[str, Person] = {}
        self.password = PASSWORD
        self.salesperson = SALESPERSON
        self._logins: dict[str, str] = {}

    @property
    def letters(self) -> Path:
        """Where letters are left that nobody else delivers in a demo."""
        return Path(self._instance.data) / MAIL_FOLDER

    @property
    def hr(self) -> Person:
        return self.login(HR)

    @property
    def security(self) -> Person:
        return self.login(SECURITY)

    @property
    def seal_keeper(self) -> Person:
        return self.login(SEAL_KEEPER)

    def root(self) -> bytes:
        """The certificate that everything is checked against, as anybody may read it (PEM)."""
        answer = httpx.get(f"{self._instance.url}/pki/root.pem")
        answer.raise_for_status()
        return answer.content

    @property
    def administrator(self) -> Person:
        return self.login(ADMINISTRATOR)

    def login(self, login: str) -> Person:
        """That person, signed in."""
        if login not in self._signed_in:
            self._signed_in[login] = Person(self._instance.url, login, PASSWORD)
        return self._signed_in[login]

    def of_account(self, account: str) -> Person:
        """The person whose account this is. Raises KeyError if there is none."""
        if not self._logins:
            self._logins = {line["id"]: line["login"] for line in self.accounts()}
        return self.login(self._logins[account])

    def accounts(self) -> list[dict[str, Any]]:
        """Every account, as HR sees them."""
        return self.all_pages("/accounts")

    def all_pages(self, path: str) -> list[dict[str, Any]]:
        """All items of a list that HR may read."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.hr.get(path, limit=200, **cursor)
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = {"cursor": page["next"]}

    def fast_forward(self, case_id: str, **duration: float) -> None:
        """Lets the case's own clock run ahead."""

        async def skip(client: Client, handle: WorkflowHandle[Any, Any]) -> None:
            await TimeSkipper(client, config=ALONE).fast_forward(handle, timedelta(**duration))

        self._with_workflow(case_id, skip)

    def workflow_facts(self, case_id: str) -> list[dict[str, Any]]:
        """Every fact that the case's workflows know of, in order."""

        async def told(client: Client, _: WorkflowHandle[Any, Any]) -> list[dict[str, Any]]:
            return [fact.model_dump(mode="json") for fact in (await ask(client, case_id)).facts]

        return self._with_workflow(case_id, told)

    def history(self, case_id: str) -> tuple[int, int]:
        """How many events the case's history has, and their size in bytes as Temporal stores them."""

        async def measure(_: Client, handle: WorkflowHandle[Any, Any]) -> tuple[int, int]:
            history = await handle.fetch_history()
            return len(history.events), sum(event.ByteSize() for event in history.events)

        return self._with_workflow(case_id, measure)

    def leave(self) -> None:
        """Everybody goes home."""
        for person in self._signed_in.values():
            person.close()

    def _with_workflow(self, case_id: str, act: Callable[[Client, WorkflowHandle[Any, Any]], Awaitable[T]]) -> T:
        async def run() -> T:
            client = await connect_temporal(settings_of(self._instance))
            done = await act(client, client.get_workflow_handle(f"offboarding-{case_id}"))
            await asyncio.sleep(0.3)  # lets the SDK's native threads end first (sdk-python issue 300)
            return done

        return asyncio.run(run())


def settings_of(instance: Instance) -> Settings:
    """The settings with which the instance runs, keys included."""
    data = Path(instance.data)
    return Settings(
        _env_file=data / "secrets.env", data=data, temporal_address=instance.environment["WANBI_TEMPORAL_ADDRESS"]
    )
