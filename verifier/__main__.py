"""Verifies an evidence bundle: `python -m verifier BUNDLE --root SHA256`.

BUNDLE: the file, or `-` for standard input. SHA256: fingerprint of the company's root certificate, got from the company
itself (staff handbook, contract, its own page) and not from the bundle.
Exit code 0: every check passed. 1: at least one failed. 2: it could not be started like this.

Works without a network and without the product. Needs Python 3.11, cryptography, asn1crypto and rfc8785; pyhanko to
look into signed PDFs.
"""

import argparse
import json
import re
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from verifier import container
from verifier.bundle import Trust, verify

_LARGEST = container.LARGEST_BUNDLE + container.MOST_FILES * 512


def fingerprint(text: str) -> str:
    """A SHA-256 as people write it: any case, with or without colons. Raises ArgumentTypeError."""
    found = re.sub(r"[\s:]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", found):
        raise argparse.ArgumentTypeError("64 hexadecimal digits are needed: the SHA-256 of a certificate")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m verifier", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle")
    parser.add_argument("--root", required=True, type=fingerprint)
    parser.add_argument("--stamp-root", action="append", default=[], type=fingerprint, metavar="SHA256")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--memory", type=int, metavar="MIB", help="give up beyond so much memory")
    given = parser.parse_args(arguments)
    if given.memory:
        _limit(given.memory * 2**20)
    try:
        content = sys.stdin.buffer.read(_LARGEST + 1) if given.bundle == "-" else _read(Path(given.bundle))
    except OSError as error:
        print(f"{given.bundle}: {error.strerror}", file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")  # libraries warn of what a hostile file holds; it fails for it
    try:
        report = verify(content, Trust(given.root, given.stamp_root))
    except MemoryError:
        print("内存不足，未能核验 / out of memory: nothing was verified", file=sys.stderr)
        return 1
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a console of another encoding has no Chinese
    if given.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        print(*report.lines(), sep="\n")
    return 0 if report.valid else 1


def _limit(memory: int) -> None:
    """From here on the process gets no more memory than that, in bytes."""
    import resource  # noqa: PLC0415  # not on every system that the program runs on

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST + 1)


if __name__ == "__main__":
    sys.exit(main())
