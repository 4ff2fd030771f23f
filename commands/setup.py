"""Sets an installation up, or brings it up to date. Harmless to repeat, also by several processes at once.

`python -m commands.setup [--only database|temporal]`. In a demo it makes the secrets, migrates the database, loads the
sample company on the first start, founds signing keys for development, and makes Temporal's namespace. In production
the secrets have to be there, nothing is loaded or founded, and Temporal is left alone unless `--only temporal` asks.
"""

import argparse
import asyncio
import base64
import fcntl
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from commands import sample
from commands.custodian import PROBLEMS, House, found
from commands.namespace import prepare as prepare_namespace
from config import DATA, SECRETS_FILE, Settings, settings
from models.database import connect, utc_now, writing
from models.industries import choices
from models.schema import upgrade

RINGS = ("payload", "proof", "seal", "tree")
PASSPHRASE = "WANBI_KEYS_PASSPHRASE"  # noqa: S105  # its name
_DATABASE = "wanbi.db"


class SecretsLost(RuntimeError):
    """There is a database, but not the keys in use with it; with new ones its cases could never be read again."""


def make_secrets(data: Path, file: Path) -> bool:
    """Makes the data folder and, if it has no secrets, fresh random ones, readable by their owner only.

    A secret that came with a later version is added to those that are there. True if it made any. Raises SecretsLost if
    there is a database already.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if file.exists():
        return _add_new(file)
    if all(f"WANBI_{ring.upper()}_KEYS" in os.environ for ring in RINGS):
        return False
    if (data / _DATABASE).exists():
        raise SecretsLost(f"{data} holds a database but no {file.name}: put back the file that belongs to it")
    handle, name = tempfile.mkstemp(dir=data, prefix=f"{file.name}.")
    draft = Path(name)
    with os.fdopen(handle, "w") as writing:
        writing.writelines(_fresh().values())
    try:
        os.link(draft, file)  # fails if another process was first
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _fresh() -> dict[str, str]:
    """Every secret by the setting that tells whether it is there, as lines of the file."""
    rings = {f"WANBI_{ring.upper()}_KEYS": _ring(ring) for ring in RINGS}
    return {**rings, PASSPHRASE: f"{PASSPHRASE}={secrets.token_hex(16)}\n"}


def _ring(ring: str) -> str:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return f"WANBI_{ring.upper()}_KEYS='{json.dumps({'k1': key})}'\nWANBI_{ring.upper()}_KEY=k1\n"


def _add_new(file: Path) -> bool:
    """True if the file lacked a secret and has it now."""
    with file.open("r+") as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)  # another process may be adding the same
        known = kept.read()
        new = [line for name, line in _fresh().items() if f"{name}=" not in known and name not in os.environ]
        kept.writelines(new)
    return bool(new)


def found_keys(config: Settings) -> None:
    """Keys and certificates with a root for development, unless there are any."""
    engine = connect(config.url)
    try:
        house = House(config, engine)
        with house.alone(wait=True):
            found(house, None)
    finally:
        engine.dispose()


def prepare_database(config: Settings) -> bool:
    """Migrates; in a demo loads the sample company if there is no company yet. True if it did."""
    engine = connect(config.url)
    try:
        upgrade(engine)
        loaded = config.environment == "demo" and sample.load(engine, config.industry or sample.INDUSTRY)
        choose_industry(engine, config.industry)
        return loaded
    finally:
        engine.dispose()


def choose_industry(engine: Engine, industry: str) -> None:
    """Puts the industry of the settings in force, unless one was chosen before."""
    if not industry:
        return
    with writing(engine) as session:
        if choices.in_force(session) is None:
            choices.choose(session, choices.pack(industry), choices.AT_SET_UP, utc_now())


def run(only: str = "") -> None:
    """The whole set-up, or one part of it. Raises what a person has to mend."""
    if os.environ.get("WANBI_ENVIRONMENT", "demo") != "production" and make_secrets(DATA, SECRETS_FILE):
        print(f"secrets: made in {SECRETS_FILE}; a backup without them can't be read")
    config = settings()
    if only != "temporal":
        if prepare_database(config):
            print(f"company: {sample.COMPANY} loaded; everybody signs in with the password {sample.PASSWORD}")
        print("database: up to date")
        if config.environment != "production":
            found_keys(config)
    if only == "temporal" or (not only and config.environment != "production"):
        asyncio.run(prepare_namespace(config))
        print(f"temporal: namespace {config.temporal_namespace} is ready at {config.temporal_address}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 if everything is in place; else 1, and the reason in one line."""
    parser = argparse.ArgumentParser(prog="python -m commands.setup", description=__doc__)
    parser.add_argument("--only", choices=("database", "temporal"), default="")
    try:
        run(parser.parse_args(arguments).only)
    except (SecretsLost, TimeoutError, ValueError, *PROBLEMS) as problem:
        print(f"set-up: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
