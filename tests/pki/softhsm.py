"""A PKCS#11 token for tests: SoftHSM in a folder of its own, where it is installed."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pki.token import Token

LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
LIBRARY = next((path for path in LIBRARIES if Path(path).exists()), "")
LABEL = "wanbi-test"
PIN = "4711-0815"


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    """One token for the whole session: the library can be loaded only once in a process."""
    if not LIBRARY or not shutil.which("softhsm2-util"):
        pytest.skip("SoftHSM is not installed: keys in a token are NOT tested here (apt install softhsm2)")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        made = ("--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "0815-4711")
        subprocess.run(["softhsm2-util", *made], check=True, capture_output=True, env=os.environ)
        yield Token(LIBRARY, LABEL, PIN)
