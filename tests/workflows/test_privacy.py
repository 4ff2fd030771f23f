"""What Temporal keeps is ciphertext; keys change while cases run, and old ones are kept as long as they are needed."""

import base64
from datetime import timedelta

import pytest
from pydantic import SecretStr
from temporalio.api.history.v1 import HistoryEvent

from models import decision_bodies as d
from tests import builders as b
from tests.workflows.moves import handing_over, signed_and_sealed
from tests.workflows.running_case import RunningCase
from tests.workflows.scripted import Mood
from tests.workflows.world import Refused, World

REASON = "my sister needs me in Chengdu"
SECRETS = (REASON, "the laptop has a scratch", "erp is down", "a-lin", "a-finance-clerk", "e-lin", "view_customers")
NEW_KEY = SecretStr(base64.b64encode(b"n" * 32).decode())


async def raw_history(case: RunningCase) -> list[HistoryEvent]:
    """The events as the server keeps them, read by a client that has no key."""
    keyless = case.world.temporal.client.get_workflow_handle(case.handle.id)
    return list((await keyless.fetch_history()).events)


@pytest.mark.law("PIP-01", "PIP-06")
async def test_the_server_keeps_no_word_of_what_people_wrote_and_no_account(world: World) -> None:
    erp = world.systems.of("erp")
    erp.mood, erp.retry_after = Mood.DOWN, timedelta(hours=2)
    case = await world.resign()
    await case.fast_forward(timedelta(minutes=2))
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestWithdrawal(reason=REASON))
    await case.signal(b.LEAVER, d.HandOverItems(items=("devices",), note="the laptop has a scratch"))
    await case.until_fact("ItemsHandedOver")
    with pytest.raises(Refused):
        await case.decide(b.LEAVER, d.RequestWithdrawal(reason=REASON))
    await case.fast_forward(timedelta(days=3))
    description = await world.temporal.client.get_workflow_handle(case.handle.id).describe()

    kept = b"".join(event.SerializeToString() for event in await raw_history(case))
    kept += description.raw_description.SerializeToString()
    assert [secret for secret in SECRETS if secret.encode() in kept] == []
    assert REASON in str([fact.data for fact in await case.facts()]), "it is there for those who have the key"


async def test_a_case_goes_on_when_the_key_changes(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    both = {**world.config.payload_keys, "k2": NEW_KEY}
    await world.restart(payload_keys=both, payload_key="k2")
    await signed_and_sealed(case)

    names = set()
    for event in await raw_history(case):
        text = event.SerializeToString()
        names |= {name for name in ("k1", "k2") if b"encryption-key-id\x12\x02" + name.encode() in text}
    assert names == {"k1", "k2"}
    await case.fast_forward(timedelta(days=32))
    assert (await case.result()).outcome == "completed"


async def test_a_deploy_in_the_middle_of_a_case_loses_nothing(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    before = await case.facts()
    await world.restart()
    assert (await case.facts())[: len(before)] == before
    await signed_and_sealed(case)
    await world.restart()
    await case.fast_forward(timedelta(days=32))
    assert (await case.result()).outcome == "completed"
    assert all(len(system.carried_out) == 2 for system in world.systems)
