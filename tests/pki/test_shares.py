"""Any two of three officers bring the root's passphrase back; one alone has nothing, and slips are noticed."""

import base64
import itertools

import pytest

from pki import shares
from pki.shares import BadShares, join, new_secret, split


@pytest.mark.parametrize("pair", list(itertools.permutations(range(3), 2)))
def test_any_two_shares_bring_the_secret_back_in_any_order(pair: tuple[int, int]) -> None:
    secret = new_secret()
    written = split(secret)
    assert join([written[place] for place in pair]) == secret
    assert join(written) == secret


def test_one_share_alone_fits_every_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the secret is, each officer may hold exactly these pieces: the third makes up the difference."""
    held = (bytes(16), b"\x01" * 16)
    for secret in (b"\x00" * 16, b"\xff" * 16, b"secret of root.."):
        for place in range(3):
            pieces = dict(zip((place, (place + 1) % 3), held, strict=True))
            missing = shares._xor(secret, *held)
            pieces[(place + 2) % 3] = missing
            assert shares._xor(*pieces.values()) == secret


def test_every_piece_is_random_anew() -> None:
    secret = new_secret()
    assert len({share for _ in range(10) for share in split(secret)}) == 30
    assert not any(base64.b32encode(bytes.fromhex(secret))[:20].decode() in share for share in split(secret))


def test_a_share_may_be_typed_without_hyphens_and_in_small_letters() -> None:
    secret = new_secret()
    first, second, _ = split(secret)
    assert join([first.replace("-", " ").lower(), second.replace("-", "")]) == secret


def test_one_share_twice_is_not_enough() -> None:
    first, *_ = split(new_secret())
    for given in ([], [first], [first, first]):
        with pytest.raises(BadShares, match="2 different shares"):
            join(given)


def test_a_mistyped_share_is_named() -> None:
    first, second, _ = split(new_secret())
    for wrong in ("", "no share", second[:-1], second[:10] + ("A" if second[10] != "A" else "B") + second[11:]):
        with pytest.raises(BadShares, match="share 2 is mistyped"):
            join([first, wrong])


def test_shares_of_another_root_are_told_apart() -> None:
    (first, _, _), (_, second, _) = split(new_secret()), split(new_secret())
    with pytest.raises(BadShares, match="different roots"):
        join([first, second])
