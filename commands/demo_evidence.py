"""The last chapter of the demo: the evidence leaves the house in one file, which anybody can verify without us."""

import subprocess
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from commands.demo_story import Story

PURPOSE = "劳动仲裁举证（演示）"


def evidence(story: Story, folder: Path) -> tuple[Path, str]:
    """Where the bundle is kept, and the SHA-256 of the root certificate to verify it with."""
    story.part("证据出门", "The evidence leaves the house")
    made = story.cast.hr.post(f"/cases/{story.case_id}/bundle", {"purpose": PURPOSE}, expect=201)
    content = story.cast.hr.download(f"/cases/{story.case_id}/bundles/{made['id']}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    bundle = folder / f"{story.case_id}.zip"
    bundle.write_bytes(content)
    root = x509.load_pem_x509_certificate(story.cast.root()).fingerprint(SHA256()).hex()
    code, told = _verified(bundle, root)
    story.check(code == 0, f"the bundle does not verify: {told}")
    story.tell(
        f"证据包 {len(content) // 1024} KB，脱离系统核验：{told}",
        "One file, verified by a program of its own: documents, facts, signatures, stamps, the log",
    )
    forged = folder / f"{story.case_id}-forged.zip"
    middle = len(content) // 2
    forged.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    code, told = _verified(forged, root)
    forged.unlink()
    story.check(code == 1, "a changed byte went unnoticed")
    story.tell(f"改动其中一个字节：{told}", "One byte of it changed: it says so")
    return bundle, root


def _verified(bundle: Path, root: str) -> tuple[int, str]:
    """Exit code and last line of the program that anybody has."""
    command = [sys.executable, "-m", "verifier", str(bundle), "--root", root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own program
    return done.returncode, done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-500:]
