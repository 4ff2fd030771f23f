"""Writes a bundle: file by file, then what names, seals and stamps them all. No SQL; the form is the verifier's."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from models.evidence.ports import Sealer
from models.log.ports import Stamper
from verifier import container, manifest
from verifier.manifest import Listed

Content = Callable[[], bytes]
"""Makes or fetches a file's bytes when its turn has come: nothing is held before or after."""
_LINE = 64


@dataclass(frozen=True)
class About:
    """What a bundle says of itself."""

    case: str
    company: str
    made_at: datetime
    made_by: str
    purpose: str
    log_size: int
    log_keys: list[str]


@dataclass(frozen=True)
class Seals:
    """Who vouches for a bundle."""

    sealer: Sealer
    stamper: Stamper


def write(target: BinaryIO, about: About, files: Iterable[tuple[str, Content]], seals: Seals) -> None:
    """Writes the whole bundle. Raises BadContainer for a file that can't be in one, OSError if nobody stamps now."""
    packer = container.Packer(target)
    listed: dict[str, Listed] = {}
    everything = dict([*files, *certificates(seals.sealer.chain)])
    for name in sorted(everything, key=container.order):
        content = everything[name]()
        packer.add(name, content)
        listed[name] = manifest.listed(content)
    said = manifest.to_file(_said(about), about.log_size, about.log_keys, listed)
    signature = seals.sealer.sign(said)
    packer.add(manifest.MANIFEST, said)
    packer.add(manifest.SIGNATURE, signature)
    packer.add(manifest.STAMP, seals.stamper.stamp(hashlib.sha256(signature).digest()))
    packer.close()


def certificates(chain: tuple[bytes, ...]) -> Iterator[tuple[str, Content]]:
    """The seal's certificates as files."""
    yield manifest.SEAL_CHAIN, lambda: b"".join(_pem(der) for der in chain)
    yield f"{manifest.CERTIFICATES}root.pem", lambda: _pem(chain[-1])


def _said(about: About) -> dict[str, str]:
    return {
        "case": about.case,
        "company": about.company,
        "made_at": about.made_at.astimezone(UTC).isoformat(),
        "made_by": about.made_by,
        "purpose": about.purpose,
    }


def _pem(der: bytes) -> bytes:
    text = base64.b64encode(der)
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return b"\n".join([b"-----BEGIN CERTIFICATE-----", *lines, b"-----END CERTIFICATE-----", b""])
