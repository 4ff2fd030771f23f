"""Records the kept histories anew: `python -m tests.replay.record`.

Only for a change of the workflow that no running case may meet (before a release), or to add a story. A change that
running cases will meet is put behind `workflow.patched`, and the kept histories stay as they are.
"""

import asyncio
import json
import logging
import tempfile
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from models.database import connect
from models.schema import upgrade
from tests.conftest import start_temporal
from tests.replay.stories import STORIES, TEMPLATE
from tests.workflows.audit import audit
from tests.workflows.world import world

HISTORIES = Path(__file__).parent / "histories"
WITH_AFTERCARE, AFTERCARE = "looked_after", "aftercare"
"""The story whose second workflow is kept too, and what its file is called after."""


async def main() -> None:
    """Lives every story once and keeps its history, unencrypted."""
    async with await start_temporal() as temporal:
        for name, story in STORIES.items():
            with tempfile.TemporaryDirectory() as folder:
                engine = connect(f"sqlite:///{folder}/wanbi.db")
                upgrade(engine)
                async with world(temporal, engine, Path(folder), encrypted=False, **TEMPLATE) as here:
                    case = await story(here)
                    await audit(case)
                    _keep(name, await case.handle.fetch_history())
                    if name == WITH_AFTERCARE:
                        _keep(f"{name}_{AFTERCARE}", await case.aftercare.fetch_history())
                engine.dispose()
    await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)


def _keep(name: str, history: WorkflowHistory) -> None:
    events = [json.dumps(_impersonal(event), ensure_ascii=False) for event in history.to_json_dict()["events"]]
    text = '{"events": [\n' + ",\n".join(events) + "\n]}\n"
    (HISTORIES / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"{name}: {len(events)} events")


def _impersonal(value: Any) -> Any:
    """Without what names the machine that recorded it: process names and stack traces."""
    if isinstance(value, list):
        return [_impersonal(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {key: _impersonal(part) for key, part in value.items() if key not in ("identity", "stackTrace")}


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # the stories are full of failures
    asyncio.run(main())
