"""One resignation over HTTP from the notice to the completed case, on both databases."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.api.house import Api, give_password
from tests.api.moves import everything_settled, looked_after, resigned, sealed, signs, until


async def test_a_resignation_runs_to_its_completed_case(
    living: Api, temporal: Client, temporal_server: WorkflowEnvironment
) -> None:
    give_password(living.engine, "a-lin", "a-zhou", "a-wang", "a-hr")
    case = await resigned(living)
    await everything_settled(living, case)
    for name in ("lin", "zhou", "wang"):
        await signs(living, name, case)
    await sealed(living, case)
    await until(living, case, "awaiting_last_day")
    await temporal_server.fast_forward(temporal.get_workflow_handle(f"offboarding-{case}"), timedelta(days=32))
    await until(living, case, "completed")
    closed = await looked_after(living, case)
    assert (closed["open"], closed["case"]["gaps"]) == (False, [])
    assert {task["kind"] for task in closed["tasks"]} == {"complete_duty", "confirm_payment"}
    chain = (await living.person("auditor").get(f"/cases/{case}/chain")).json()
    assert chain["intact"]
    shown = (await living.person("lin").get(f"/cases/{case}/facts", limit=200)).json()["items"]
    assert (len(shown), shown[-1]["hash"]) == (chain["facts"], chain["head"])
    assert [line["kind"] for line in (await living.person("lin").get("/inbox/messages")).json()["items"]]
    assert (await living.person("lin").get("/inbox/tasks")).json()["items"] == []
    assert (await living.person("hr").register()).status_code == 201, "who left and came back may resign again"
