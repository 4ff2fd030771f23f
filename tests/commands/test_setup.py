"""Setting up is harmless to repeat, never replaces a key, and leaves production to its operator."""

import os
import stat
import threading
from pathlib import Path

import pytest
from sqlmodel import select

from commands import setup
from config import Settings
from models.database import connect, reading
from models.schema import is_current
from models.tables import Department
from tests.builders import settings


@pytest.fixture(autouse=True)
def no_settings_of_this_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("WANBI_")]:
        monkeypatch.delenv(name)


def secrets(folder: Path) -> Path:
    return folder / "data" / "secrets.env"


def make(folder: Path) -> bool:
    return setup.make_secrets(folder / "data", secrets(folder))


def test_secrets_are_made_once_for_their_owner_only(tmp_path: Path) -> None:
    assert make(tmp_path)
    before = secrets(tmp_path).read_bytes()
    assert not make(tmp_path)
    assert secrets(tmp_path).read_bytes() == before
    assert stat.S_IMODE(secrets(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE(secrets(tmp_path).parent.stat().st_mode) == 0o700
    assert [path.name for path in secrets(tmp_path).parent.iterdir()] == ["secrets.env"]


def test_the_secrets_made_are_strong_and_all_that_the_settings_need(tmp_path: Path) -> None:
    make(tmp_path)
    made = Settings(_env_file=secrets(tmp_path))
    keys = [
        ring["k1"].get_secret_value() for ring in (made.payload_keys, made.proof_keys, made.seal_keys, made.tree_keys)
    ]
    assert len(set(keys)) == 4


def test_a_ring_of_keys_that_came_with_a_later_version_is_added_and_the_others_stay(tmp_path: Path) -> None:
    make(tmp_path)
    lines = secrets(tmp_path).read_text().splitlines(keepends=True)
    before = "".join(line for line in lines if "TREE" not in line)
    secrets(tmp_path).write_text(before)
    assert make(tmp_path)
    assert secrets(tmp_path).read_text().startswith(before)
    assert Settings(_env_file=secrets(tmp_path)).tree_key == "k1"
    assert not make(tmp_path)


def test_two_set_ups_at_once_agree_on_one_set_of_secrets(tmp_path: Path) -> None:
    made: list[bool] = []
    threads = [threading.Thread(target=lambda: made.append(make(tmp_path))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert any(made)
    Settings(_env_file=secrets(tmp_path))


def test_lost_secrets_are_not_replaced_beside_a_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "wanbi.db").touch()
    with pytest.raises(setup.SecretsLost, match=r"put back"):
        make(tmp_path)
    assert not secrets(tmp_path).exists()


def test_no_secrets_are_made_where_the_environment_brings_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for ring in setup.RINGS:
        monkeypatch.setenv(f"WANBI_{ring.upper()}_KEYS", "{}")
    assert not make(tmp_path)
    assert not secrets(tmp_path).exists()


def test_in_production_no_secrets_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANBI_ENVIRONMENT", "production")
    monkeypatch.setattr(setup, "DATA", tmp_path / "data")
    monkeypatch.setattr(setup, "SECRETS_FILE", secrets(tmp_path))
    monkeypatch.setattr(setup, "settings", lambda: Settings(_env_file=None))
    assert setup.main(["--only", "database"]) == 1
    assert not secrets(tmp_path).exists()


@pytest.mark.parametrize(("environment", "loaded"), [("demo", True), ("test", False)])
def test_only_a_demo_gets_the_sample_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: str, loaded: bool
) -> None:
    monkeypatch.setattr("models.imports.hash_password", lambda password: "-")
    config = settings(tmp_path).model_copy(update={"environment": environment})
    assert setup.prepare_database(config) is loaded
    assert setup.prepare_database(config) is False
    engine = connect(config.url)
    with reading(engine) as session:
        assert bool(session.exec(select(Department)).all()) is loaded
    assert is_current(engine)
    engine.dispose()
