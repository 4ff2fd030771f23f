"""The documents for operators and engineers stay true to the code that they describe."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # ships no types
from pydantic import SecretStr

from api.middleware import REQUESTS, SECONDS
from api.routes.company import FOR_ADMINISTRATORS
from config import Settings
from models.decisions import DECISIONS
from tests import builders
from tests.guards.production import ROOT

LICENCES = re.compile(r"\b(?:MIT|Apache|BSD|MPL|LGPL|OFL)\b")
DOCS = sorted((ROOT / "docs").rglob("*.md"))


def rows(document: str, columns: int) -> Iterator[list[str]]:
    """Rows of the document's tables with that many columns, without the headings."""
    for line in (ROOT / "docs" / document).read_text().splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if len(cells) == columns and not set(cells[0]) <= {"-"}:
            yield cells


def licence(package: str) -> str:
    """What the installed package says of itself."""
    said = metadata(package)
    stated = next((said[key] for key in ("License-Expression", "License") if key in said), "")
    classified = [c for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    return str(stated or classified[-1])


def test_every_direct_dependency_has_its_reason_and_its_true_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {
        re.split(r"\W*\[", name)[0] for name in project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    }
    listed = {cells[0]: cells[1] for cells in rows("decisions/0006-dependencies.md", 4) if cells[0] != "package"}
    assert set(listed) == wanted
    for package, stated in listed.items():
        names = set(LICENCES.findall(stated))
        assert names == set(LICENCES.findall(licence(package))), f"{package}: {licence(package)}"


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text()
    for named in re.findall(r"`((?:[\w-]+/)+[\w.-]*|[a-z][\w-]*\.(?:py|yml|toml))`", text):
        assert (ROOT / named).exists() or (ROOT / "docs" / named).exists(), named
    for command in re.findall(r"python -m (commands\.\w+)", text):
        assert (ROOT / command.replace(".", "/")).with_suffix(".py").exists(), command
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (document.parent / link).exists(), link


def test_every_setting_is_documented_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"WANBI_{name.upper()}", raising=False)
    settings = builders.settings(Path(".data"), company_name="")

    def default(name: str) -> str:
        value = getattr(settings, name)
        if name == "environment":
            value = Settings.model_fields[name].default
        if Settings.model_fields[name].is_required():
            return "required"
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        return str(value).lower() if isinstance(value, bool) else str(value or "empty")

    documented = {
        cells[0].strip("`"): cells[1].strip("`") for cells in rows("operations.md", 3) if "WANBI_" in cells[0]
    }
    assert documented == {f"WANBI_{name.upper()}": default(name) for name in Settings.model_fields}


def test_every_human_decision_is_documented_with_an_input_that_its_model_accepts() -> None:
    documented = {cells[0].strip("`"): cells for cells in rows("operations.md", 4) if cells[0].strip("`") in DECISIONS}
    assert set(documented) == set(DECISIONS)
    for name, (_, _, fresh, example) in documented.items():
        kind = DECISIONS[name]
        kind.body.model_validate(json.loads(example.strip("`")))
        assert (fresh == "yes") is kind.fresh_sign_in, name


def test_every_metric_that_an_alert_asks_for_is_documented_and_every_alert_has_its_answer() -> None:
    alerts = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"][0]["rules"]
    text = (ROOT / "docs" / "operations.md").read_text()
    for alert in alerts:
        assert alert["alert"] in text
        for metric in re.findall(r"\b(?:temporal|wanbi)_[a-z_]+", alert["expr"]):
            assert f"`{metric.removesuffix('_bucket')}`" in text, metric


def test_the_documented_figures_of_the_api_are_those_it_gives() -> None:
    given = {
        metric.name + "_total" * (metric.type == "counter") for kind in (REQUESTS, SECONDS) for metric in kind.collect()
    }
    documented = {cells[0].strip("`") for cells in rows("operations.md", 3) if cells[1] == "API"}
    assert documented == given


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_first_step_of_the_tour_says_readably_why_it_was_refused(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    (step,) = re.findall(r"""^CASE=\$\(echo "\$REGISTERED" \| python3 -c '(.*)'\)$""", text, re.MULTILINE)
    for answer, code, out, error in (
        ({"case_id": "5dac"}, 0, "5dac\n", ""),
        ({"status": 409, "detail": "There is an open case."}, 1, "", "There is an open case.\n"),
    ):
        told = subprocess.run(
            [sys.executable, "-c", step], input=json.dumps(answer), capture_output=True, text=True, check=False
        )
        assert (told.returncode, told.stdout, told.stderr) == (code, out, error)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readmes_say_who_may_load_which_file(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    (sentence,) = re.findall(
        r"(?:only they what gives access: |其中涉及权限的\n)(.*?)(?: \(HR gets| 只有管理员)", text, re.DOTALL
    )
    assert re.findall(r"`(\w+)`", sentence) == [kind.value for kind in FOR_ADMINISTRATORS]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readmes_name_what_changes_the_folder_and_the_ports(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for name in re.findall(r"WANBI_[A-Z_]+", text):
        assert name.removeprefix("WANBI_").lower() in Settings.model_fields
    assert {"WANBI_DATA", "WANBI_PORT", "WANBI_WORKER_METRICS_PORT"} <= set(re.findall(r"WANBI_[A-Z_]+", text))
