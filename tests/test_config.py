"""A process with a wrong setting says in one line which it is, and ends; it never shows a secret."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Settings, UnfitSettings, settings
from tests import builders

KEY = "WANBI_PAYLOAD_KEYS"


@pytest.fixture(autouse=True)
def sound(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An environment in which every process starts."""
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("WANBI_ENVIRONMENT", "test")
    monkeypatch.setenv("WANBI_DATA", str(tmp_path))
    for ring in ("PAYLOAD", "PROOF", "SEAL", "TREE"):
        monkeypatch.setenv(f"WANBI_{ring}_KEYS", json.dumps({"k1": builders.KEY}))
        monkeypatch.setenv(f"WANBI_{ring}_KEY", "k1")
    settings.cache_clear()
    yield
    settings.cache_clear()


def said() -> str:
    with pytest.raises(UnfitSettings) as refused:
        settings()
    return str(refused.value)


def test_a_sound_environment_is_taken() -> None:
    assert settings().environment == "test"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("WANBI_PORT", "abc", "WANBI_PORT = 'abc': Input should be a valid integer"),
        ("WANBI_PORT", "99999", "WANBI_PORT = '99999': Input should be less than or equal to 65535"),
        ("WANBI_TEMPORAL_PORT", "65530", "WANBI_TEMPORAL_PORT = '65530': Input should be less than or equal to 65525"),
        ("WANBI_TEMPORAL_PORT", "abc", "WANBI_TEMPORAL_PORT = 'abc': Input should be a valid integer"),
        ("WANBI_TEMPORAL_UI_PORT", "0", "WANBI_TEMPORAL_UI_PORT = '0': Input should be greater than or equal to 1"),
        ("WANBI_LOG_LEVEL", "LOUD", "WANBI_LOG_LEVEL = 'LOUD': Input should be 'DEBUG'"),
        ("WANBI_SMTP_STARTTLS", "perhaps", "WANBI_SMTP_STARTTLS = 'perhaps': Input should be a valid boolean"),
        ("WANBI_PAYLOAD_KEY", "k9", "settings: WANBI_PAYLOAD_KEY names 'k9'"),
        ("WANBI_KEYS_PASSPHRASE", "c2hvcnQ=", "WANBI_KEYS_PASSPHRASE: at least 20 characters"),
        ("WANBI_TSA_URLS", '["tsa.example.cn"]', "settings: WANBI_TSA_URLS takes addresses that begin with http"),
        ("WANBI_TSA_URLS", '["https://tsa.example.cn"]', "settings: time stamps of others are believed by their roots"),
        ("WANBI_PKCS11_LIBRARY", "/usr/lib/hsm.so", "settings: the settings WANBI_PKCS11_… belong together"),
        ("WANBI_ANCHOR_URL", "https://a.example.cn", "settings: the settings WANBI_ANCHOR_… belong together"),
        (KEY, '{"k1": "c2hvcnQ="}', f"{KEY}: key 'k1' must be 32 random bytes"),
        (KEY, "{c2hvcnQ=", f"{KEY}: this is not proper JSON"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    line = said()
    assert line.startswith(sentence)
    assert "\n" not in line
    assert "c2hvcnQ" not in line


def test_a_folder_of_fonts_that_is_not_there_stops_the_process_and_an_empty_setting_names_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WANBI_FONTS", "/no/such/folder")
    assert "WANBI_FONTS names /no/such/folder, which is no folder" in said()
    settings.cache_clear()
    monkeypatch.setenv("WANBI_FONTS", "")
    assert settings().fonts is None


def test_each_of_several_problems_has_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANBI_PORT", "abc")
    monkeypatch.delenv("WANBI_PROOF_KEYS")
    assert [line.partition(":")[0] for line in said().splitlines()] == ["WANBI_PORT = 'abc'", "WANBI_PROOF_KEYS"]


@pytest.mark.parametrize("module", ["commands.setup", "commands.temporal_server", "commands.guide", "uvicorn"])
def test_every_process_ends_with_that_line_and_1_and_no_traceback(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.setenv("WANBI_SESSION_HOURS", "forever")
    what = ["api.main:app", "--port", "1"] if module == "uvicorn" else []
    ended = subprocess.run(
        [sys.executable, "-m", module, *what], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert "WANBI_SESSION_HOURS = 'forever': Input should be a valid integer" in ended.stderr
    assert "Traceback" not in ended.stderr
