"""A secret for three officers, any two of whom can bring it back and none of whom knows anything of it alone.

The secret is the exclusive or of three pieces, two of them random. Each officer holds two of the three, and each two
officers hold all three. Whoever has only two pieces lacks one that is as random as the secret itself.
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

BYTES = 16
"""Of a secret: 128 bits, which no guessing reaches."""
OFFICERS = 3
NEEDED = 2
_SET, _CHECK = 4, 4
_GROUP = 5


class BadShares(ValueError):
    """The shares don't bring back a secret; the message says which one is wrong."""


@dataclass(frozen=True)
class _Share:
    number: int
    set: bytes
    first: bytes
    """Piece with the share's own number; the second is the next one, and the third officer's next is the first."""
    second: bytes


def new_secret() -> str:
    """A passphrase fit to be shared, in hexadecimal."""
    return secrets.token_hex(BYTES)


def split(secret: str) -> list[str]:
    """Three shares to be written down, in capital letters and the figures 2 to 7, each with a check of its own."""
    random = [secrets.token_bytes(BYTES) for _ in range(OFFICERS - 1)]
    pieces = [*random, _xor(bytes.fromhex(secret), *random)]
    name = secrets.token_bytes(_SET)
    return [
        _written(_Share(number, name, pieces[number], pieces[(number + 1) % OFFICERS])) for number in range(OFFICERS)
    ]


def join(written: Sequence[str]) -> str:
    """The secret, from two shares or all three. Raises BadShares."""
    shares = [_read(text, place) for place, text in enumerate(written, start=1)]
    if len({share.number for share in shares}) < NEEDED:
        raise BadShares(f"{NEEDED} different shares are needed")
    if len({share.set for share in shares}) > 1:
        raise BadShares("these shares are of different roots")
    pieces: dict[int, bytes] = {}
    for share in shares:
        for number, piece in ((share.number, share.first), ((share.number + 1) % OFFICERS, share.second)):
            if pieces.setdefault(number, piece) != piece:
                raise BadShares("these shares contradict each other")
    return _xor(*pieces.values()).hex()


def _xor(*parts: bytes) -> bytes:
    found = bytes(BYTES)
    for part in parts:
        found = bytes(a ^ b for a, b in zip(found, part, strict=True))
    return found


def _written(share: _Share) -> str:
    content = bytes([share.number]) + share.set + share.first + share.second
    text = base64.b32encode(content + _check(content)).decode().rstrip("=")
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def _read(written: str, place: int) -> _Share:
    text = re.sub(r"[\s-]", "", written).upper()
    try:
        content = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        content = b""
    content, check = content[:-_CHECK], content[-_CHECK:]
    fits = len(content) == 1 + _SET + 2 * BYTES and check == _check(content) and content[0] < OFFICERS
    if not fits:
        raise BadShares(f"share {place} is mistyped, or no share at all")
    pieces = content[1 + _SET :]
    return _Share(content[0], content[1 : 1 + _SET], pieces[:BYTES], pieces[BYTES:])


def _check(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:_CHECK]
