"""What runs inside a workflow is replayed: no clock, no randomness, no I/O, no order that depends on hashes.

`workflows` has the sandbox's guard as well; what it shares with the rest of the program is passed through the sandbox
(see sandbox.workflow_runner) and has only this one.
"""

import ast
import warnings
from collections.abc import Iterator
from importlib.machinery import PathFinder, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType

import pytest
from temporalio.client import WorkflowHistory
from temporalio.common import RetryPolicy
from temporalio.converter import WorkflowSerializationContext
from temporalio.worker import Replayer, WorkflowInstance
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import SandboxImportNotificationPolicy

import workflows
from models.codec import EncryptionCodec, converter
from models.decisions import DECISIONS
from sandbox import WithoutContext, workflow_runner
from tests.guards.production import ROOT
from tests.replay.record import HISTORIES
from tests.workflows.world import in_the_open
from workflows import options
from workflows.offboarding import Offboarding
from workflows.rules import RULES

REPLAYED = sorted(
    path.relative_to(ROOT)
    for path in (
        *(ROOT / "domain").rglob("*.py"),
        *(ROOT / "workflows").rglob("*.py"),
        ROOT / "models" / "messages.py",
        ROOT / "models" / "decisions.py",
    )
    if path.stat().st_size
)
TIME_ZONES = Path("domain/timezones.py")
CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter"}
FORBIDDEN_MODULES = {
    *("os", "sys", "io", "pathlib", "socket", "subprocess", "threading", "multiprocessing", "signal", "tempfile"),
    *("random", "secrets", "uuid", "time", "zoneinfo", "locale", "urllib", "logging"),
}
FORBIDDEN_BUILTINS = {"open", "input", "print", "hash", "id", "eval", "exec"}


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def loaded_anew(name: str) -> ModuleType:
    """The module as the sandbox loads it for one case."""
    spec = PathFinder.find_spec(name, workflows.__path__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def activity_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call by which a workflow starts an activity, with the place it stands at."""
    for path in REPLAYED:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and "activity" in node.func.attr:
                yield f"{path}:{node.lineno}", node


@pytest.mark.parametrize("path", REPLAYED, ids=str)
def test_replayed_code_asks_no_clock(path: Path) -> None:
    """`workflow.now()` is the only clock; the domain is told the instant."""
    asked = [
        f"{path}:{node.lineno} {ast.unparse(node.func)}()"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and ast.unparse(node.func) != "workflow.now"
    ]
    assert asked == []


@pytest.mark.parametrize("path", sorted(Path("workflows").glob("*.py")), ids=str)
def test_what_a_workflow_waits_for_does_not_depend_on_the_clock(path: Path) -> None:
    """A condition is looked at in other moments when the history is replayed; the journal's `at` is the same then."""
    waits = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and "wait_condition" in ast.unparse(node.func)
    ]
    assert [ast.unparse(wait) for wait in waits if "now()" in ast.unparse(wait.args[0])] == []


@pytest.mark.parametrize("path", REPLAYED, ids=str)
def test_replayed_code_knows_neither_randomness_nor_the_outside(path: Path) -> None:
    allowed = {"zoneinfo"} if path == TIME_ZONES else set()
    module = tree(path)
    assert {name for name in imported(module) if name.partition(".")[0] in FORBIDDEN_MODULES - allowed} == set()
    called = {n.func.id for n in ast.walk(module) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert called & FORBIDDEN_BUILTINS == set()


@pytest.mark.parametrize("path", REPLAYED, ids=str)
def test_replayed_code_goes_through_no_set_in_its_own_order(path: Path) -> None:
    """The order of a set differs from process to process; `sorted`, tuples and dicts keep theirs."""
    loops = [node for node in ast.walk(tree(path)) if isinstance(node, ast.For | ast.comprehension)]
    found = [
        ast.unparse(loop.iter)
        for loop in loops
        if isinstance(loop.iter, ast.Set | ast.SetComp)
        or (isinstance(loop.iter, ast.Call) and ast.unparse(loop.iter.func) in ("set", "frozenset"))
    ]
    assert found == []


async def test_the_sandbox_loads_the_workflows_modules_anew_and_passes_everything_else_through() -> None:
    """Whatever else it loaded anew would be paid for once a case, and exist twice: two classes that are not equal."""
    telling = SandboxedWorkflowRunner(
        restrictions=workflow_runner().restrictions.with_import_notification_policy(
            SandboxImportNotificationPolicy.WARN_ON_UNINTENTIONAL_PASSTHROUGH
        )
    )
    text = (HISTORIES / "happy.json").read_text(encoding="utf-8")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        replayer = Replayer(workflows=[Offboarding], workflow_runner=telling, data_converter=in_the_open())
        await replayer.replay_workflow(WorkflowHistory.from_json("offboarding-recorded", text))
    anew = {str(warning.message).split()[1] for warning in told}
    assert "workflows.journal" in anew
    assert {name for name in anew if name.partition(".")[0] != "workflows"} == set()


async def test_the_next_case_reads_no_module_of_the_workflows_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """But the package itself, which is empty."""
    text = (HISTORIES / "happy.json").read_text(encoding="utf-8")
    replayer = Replayer(workflows=[Offboarding], workflow_runner=workflow_runner(), data_converter=in_the_open())
    await replayer.replay_workflow(WorkflowHistory.from_json("offboarding-recorded", text))
    read: list[str] = []

    def get_data(loader: SourceFileLoader, path: str) -> bytes:
        read.append(path)
        return Path(path).read_bytes()

    monkeypatch.setattr(SourceFileLoader, "get_data", get_data)
    await replayer.replay_workflow(WorkflowHistory.from_json("offboarding-recorded", text))
    ours = [Path(path).name for path in read if ROOT / "workflows" in Path(path).parents]
    assert {name for name in ours if not name.startswith("__init__.")} == set()


def test_cases_share_code_and_nothing_else() -> None:
    workflow_runner()
    first, second = loaded_anew("workflows.clock"), loaded_anew("workflows.clock")
    assert first.Clock is not second.Clock
    assert first.Clock.run.__globals__ is vars(first)
    assert second.Clock.run.__globals__ is vars(second)
    assert first.Clock.run.__code__ is second.Clock.run.__code__


def test_to_what_a_payload_belongs_makes_no_difference_to_how_it_is_stored() -> None:
    """Or else the sandbox has to be asked for it again (sandbox.WithoutContext)."""
    stored = converter(EncryptionCodec({"k1": b"1" * 32}, "k1"))
    assert stored.with_context(WorkflowSerializationContext(namespace="wanbi", workflow_id="offboarding-1")) is stored
    assert stored.external_storage is None


def test_a_case_answers_everything_that_the_sdk_may_ask_it() -> None:
    asked = {name for name in vars(WorkflowInstance) if not name.startswith("_")}
    assert asked == {name for name in vars(WithoutContext) if not name.startswith("_")}


@pytest.mark.parametrize("path", [path for path in REPLAYED if path.parts[0] == "workflows"], ids=str)
def test_workflows_turn_no_part_of_the_sandbox_off(path: Path) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    assert "imports_passed_through" not in source
    assert "sandbox_unrestricted" not in source


def test_every_decision_has_its_rule_and_every_rule_its_decision() -> None:
    assert {kind.body for kind in DECISIONS.values()} == set(RULES)


def test_every_decision_can_come_by_update_and_by_signal_of_its_name() -> None:
    updates = {name for name in DECISIONS if hasattr(Offboarding, name)}
    signals = {name for name in DECISIONS if hasattr(Offboarding, f"{name}_signal")}
    assert updates == signals == set(DECISIONS)


def test_steps_that_must_happen_are_tried_without_end() -> None:
    """A policy may count attempts only in a round, after which the alarm is raised, or for the local write."""
    counted = {
        name for name, policy in vars(options).items() if isinstance(policy, RetryPolicy) and policy.maximum_attempts
    }
    assert counted == {"ONCE"}


def test_only_the_local_write_is_tried_just_once() -> None:
    once = [place for place, call in activity_calls() if "options.ONCE" in ast.unparse(call)]
    assert len(once) == 1
    assert once[0].startswith("workflows/pen.py:")


def test_every_activity_says_how_long_it_may_take_how_it_is_retried_and_what_it_is() -> None:
    """Named options only: a figure in the middle of a workflow is one that nobody finds when it is wrong."""
    calls = list(activity_calls())
    assert len(calls) >= 6
    for place, call in calls:
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert {"start_to_close_timeout", "retry_policy", "summary"} <= given.keys(), place
        assert given["start_to_close_timeout"].startswith("options."), place
        assert given["retry_policy"].startswith(("options.", "plan.")), place
