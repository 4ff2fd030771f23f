"""An operator's command that can't ask Temporal says so in one line, and with a code of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from temporal_client import AWAY
from tests.builders import KEY


@pytest.mark.parametrize("command", [("replay_cases",), ("verify_facts", "--with-workflows"), ("rebuild",)])
def test_a_command_without_temporal_ends_with_one_line_and_a_code_of_its_own(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    nobody = {"WANBI_TEMPORAL_ADDRESS": "127.0.0.1:9", "WANBI_ENVIRONMENT": "demo", "WANBI_DATA": str(tmp_path)}
    for ring in ("PAYLOAD", "PROOF", "SEAL", "TREE"):
        nobody |= {f"WANBI_{ring}_KEYS": json.dumps({"k1": KEY}), f"WANBI_{ring}_KEY": "k1"}
    module, *arguments = command
    ended = subprocess.run(
        [sys.executable, "-m", f"commands.{module}", *arguments],
        env={**os.environ, **nobody},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == AWAY, ended.stderr
    (line,) = ended.stderr.splitlines()
    assert "127.0.0.1:9" in line
