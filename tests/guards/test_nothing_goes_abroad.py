"""Data stays where the company keeps it: what speaks to other machines is known, and silent until it is set up."""

import ast
from pathlib import Path

import pytest

from config import Settings
from tests import builders
from tests.guards.production import ROOT

NETWORK = {
    "aiohttp",
    "ftplib",
    "http",
    "httpx",
    "requests",
    "smtplib",
    "socket",
    "standardwebhooks",
    "urllib",
    "websockets",
}
HARMLESS = {"urllib.parse"}
SPEAK = {
    "activities/connectors/webhook.py",
    "activities/post.py",
    "pki/exchange.py",
    "pki/external.py",
    "pki/webhook.py",
}
"""Orders about rights, mail, hashes to be stamped or anchored, and whom a licensed provider is to certify: all to
addresses that the company itself sets."""


def modules(path: Path) -> set[str]:
    """What a file imports, by its whole name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module}
    return found


@pytest.mark.law("PIP-09")
def test_nothing_speaks_to_another_machine_but_what_the_company_sets_up() -> None:
    folders = ("domain", "models", "workflows", "activities", "api", "typesetting", "pki", "pades")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 100
    speak = {
        str(path.relative_to(ROOT))
        for path in files
        if any(name.partition(".")[0] in NETWORK and name not in HARMLESS for name in modules(path))
    }
    assert speak == SPEAK


@pytest.mark.law("PIP-09")
def test_an_installation_that_nobody_has_set_up_otherwise_keeps_everything_on_its_own_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"WANBI_{name.upper()}", raising=False)
    settings = builders.settings(tmp_path)
    assert settings.url == f"sqlite:///{tmp_path / 'wanbi.db'}"
    assert settings.temporal_address.startswith("127.0.0.1:")
    assert (settings.smtp_host, settings.webhook_secrets, settings.public_url) == ("", {}, "")
    assert (settings.tsa_urls, settings.licensed_ca_url, settings.anchor_url) == ([], "", "")
