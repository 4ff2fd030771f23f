"""The production set as data: docker-compose.yml with its variables filled in the way Compose does it."""

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # ships no types

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
RAW: dict[str, Any] = yaml.safe_load(TEXT)
JOBS = {"databases", "temporal-schema", "temporal-init", "temporal-cli", "wanbi-migrate", "wanbi-ceremony"}
PROCESSES = {"wanbi-worker-cases", "wanbi-worker-access", "wanbi-api"}
WANBI = PROCESSES | {"wanbi-migrate", "temporal-init", "wanbi-ceremony"}
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<operator>:?[-?])(?P<rest>[^}]*))?\}")


class Missing(Exception):
    """A variable that Compose would stop at."""


def read_env(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name: value.strip("'") for name, value in (line.split("=", 1) for line in lines)}


def interpolated(text: str, env: dict[str, str]) -> str:
    """The text as Compose reads it: ${A}, ${A:-default}, ${A:?message}."""

    def value(found: re.Match[str]) -> str:
        given, operator = env.get(found["name"], ""), found["operator"]
        if not given and operator == ":?":
            raise Missing(found["name"])
        return given or (found["rest"] if operator == ":-" else "")

    return VARIABLE.sub(value, text)


def resolved(node: Any, env: dict[str, str]) -> Any:
    """The file with every variable filled in, the way Compose does it: after reading the YAML, in its texts."""
    if isinstance(node, dict):
        return {key: resolved(value, env) for key, value in node.items()}
    if isinstance(node, list):
        return [resolved(value, env) for value in node]
    return interpolated(node, env) if isinstance(node, str) else node


def environment(service: dict[str, Any], env: dict[str, str]) -> dict[str, str]:
    """What the container gets: a variable without a value is passed on if it is set."""
    wanted = service.get("environment", {})
    return {
        name: env[name] if value is None else value
        for name, value in wanted.items()
        if value is not None or name in env
    }


def make_env(folder: Path) -> dict[str, str]:
    """An .env as deploy/make-env.sh writes it, with what only a person knows filled in."""
    path = folder / ".env"
    subprocess.run(["sh", str(ROOT / "deploy" / "make-env.sh"), str(path)], check=True, capture_output=True)
    assert path.stat().st_mode & 0o077 == 0
    return {**read_env(path), "WANBI_PUBLIC_URL": "https://wanbi.example.com", "WANBI_COMPANY_NAME": "示例公司"}
