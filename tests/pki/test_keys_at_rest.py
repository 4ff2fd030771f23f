"""Keys at rest open with their passphrase alone, only under their own name, and only beside their own certificate."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from pki.keyfile import Custody, KeyFile, NoKeys, UnfitKeys, read_root, write_root
from pki.keys import Identity
from pki.wrapping import COST, Locked, Passphrase
from tests.pki import builders

PASSPHRASE = Passphrase("correct horse battery staple")


def kept(folder: Path) -> KeyFile:
    file = KeyFile(folder / "keys")
    assert file.create(builders.shared().keys, Custody(PASSPHRASE))
    return file


def changed(file: KeyFile, change: Callable[[dict[str, Any]], object]) -> KeyFile:
    content = json.loads(file.path.read_bytes())
    change(content)
    file.path.write_text(json.dumps(content))
    return file


def test_what_was_kept_opens_as_it_was(tmp_path: Path) -> None:
    before, after = builders.shared().keys, kept(tmp_path).open(Custody(PASSPHRASE))
    assert after.certificates() == before.certificates()
    assert after.root_list == before.root_list
    public, algorithm = after.seal.certificate.public_key(), ec.ECDSA(hashes.SHA256())
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(after.seal.key.sign(b"text", algorithm), b"text", algorithm)


def test_keys_are_wrapped_with_a_costly_derivation_for_their_owner_only(tmp_path: Path) -> None:
    file = kept(tmp_path)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.folder.stat().st_mode) == 0o700
    text = file.path.read_text()
    assert "PRIVATE" not in text
    keys = json.loads(text)["keys"]
    assert set(keys) == {"issuing", "seal", "certifying", "tsa", "ocsp"}
    assert {(each["key"]["kdf"], each["key"]["n"]) for each in keys.values()} == {("scrypt", COST)}
    assert COST == 2**17
    assert len({each["key"]["salt"] for each in keys.values()}) == 1  # one derivation opens them all
    assert len({each["key"]["nonce"] for each in keys.values()}) == len(keys)
    assert sorted(path.name for path in file.folder.iterdir()) == ["keys.json", "root.pem"]


def test_a_passphrase_never_shows() -> None:
    assert "horse" not in repr(PASSPHRASE)


def test_a_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(Locked, match="passphrase is wrong"):
        kept(tmp_path).open(Custody(Passphrase("another one")))


def test_without_a_passphrase_it_is_said_which_setting_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Locked, match="WANBI_KEYS_PASSPHRASE"):
        Passphrase("")
    with pytest.raises(UnfitKeys, match="WANBI_KEYS_PASSPHRASE"):
        kept(tmp_path).open(Custody())


def test_a_second_ceremony_never_replaces_keys(tmp_path: Path) -> None:
    file = kept(tmp_path)
    before = file.path.read_bytes()
    assert not file.create(builders.founded().keys, Custody(PASSPHRASE))
    assert file.path.read_bytes() == before


def test_a_key_put_in_anothers_place_does_not_open(tmp_path: Path) -> None:
    def swap(content: dict[str, Any]) -> None:
        keys = content["keys"]
        keys["seal"]["key"], keys["certifying"]["key"] = keys["certifying"]["key"], keys["seal"]["key"]

    with pytest.raises(Locked, match=r"^seal: .* another key's"):
        changed(kept(tmp_path), swap).open(Custody(PASSPHRASE))


def test_a_certificate_put_beside_another_key_is_noticed(tmp_path: Path) -> None:
    def swap(content: dict[str, Any]) -> None:
        keys = content["keys"]
        keys["seal"]["certificate"], keys["tsa"]["certificate"] = (
            keys["tsa"]["certificate"],
            keys["seal"]["certificate"],
        )

    with pytest.raises(UnfitKeys, match="seal: certificate and key do not belong together"):
        changed(kept(tmp_path), swap).open(Custody(PASSPHRASE))


@pytest.mark.parametrize("part", ["root", "root_list"])
def test_parts_of_two_ceremonies_are_noticed_even_under_the_same_names(tmp_path: Path, part: str) -> None:
    other = KeyFile(tmp_path / "other")
    other.create(builders.founded().keys, Custody(PASSPHRASE))
    foreign = json.loads(other.path.read_bytes())[part]
    with pytest.raises(UnfitKeys, match="two ceremonies"):
        changed(kept(tmp_path), lambda content: content.update({part: foreign})).public()


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["keys"].pop("tsa"),
        lambda content: content["keys"]["tsa"].update(certificate="-----BEGIN"),
        lambda content: content.pop("root"),
        lambda content: content.update(keys=[]),
    ],
)
def test_a_damaged_file_says_so(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(UnfitKeys, match="damaged"):
        changed(kept(tmp_path), change).open(Custody(PASSPHRASE))


def test_a_file_cut_off_or_of_another_version_says_so(tmp_path: Path) -> None:
    file = changed(kept(tmp_path), lambda content: content.update(version=9))
    with pytest.raises(UnfitKeys, match="version 9"):
        file.open(Custody(PASSPHRASE))
    file.path.write_bytes(file.path.read_bytes()[:100])
    with pytest.raises(UnfitKeys, match="damaged"):
        file.public()


def test_a_bit_changed_in_a_wrapped_key_is_noticed(tmp_path: Path) -> None:
    def flip(content: dict[str, Any]) -> None:
        wrapped = content["keys"]["ocsp"]["key"]
        wrapped["wrapped"] = ("B" if wrapped["wrapped"][0] == "A" else "A") + wrapped["wrapped"][1:]

    with pytest.raises(Locked, match="ocsp"):
        changed(kept(tmp_path), flip).open(Custody(PASSPHRASE))


def test_no_file_can_ask_for_a_cheaper_or_an_endless_derivation(tmp_path: Path) -> None:
    for cost in (2, 2**30):
        file = KeyFile(tmp_path / str(cost))
        file.create(builders.shared().keys, Custody(PASSPHRASE))
        with pytest.raises(Locked, match="does not know"):
            changed(file, lambda c, n=cost: c["keys"]["issuing"]["key"].update(n=n)).open(Custody(PASSPHRASE))  # type: ignore[misc]


def test_where_there_was_no_ceremony_it_is_said_how_to_hold_one(tmp_path: Path) -> None:
    with pytest.raises(NoKeys, match=r"python -m commands\.ceremony"):
        KeyFile(tmp_path).open(Custody(PASSPHRASE))


def test_the_roots_key_has_a_file_of_its_own_that_nothing_overwrites(tmp_path: Path) -> None:
    founded = builders.shared()
    file = tmp_path / "offline" / "root.json"
    root = Identity(founded.keys.root, founded.root_key)
    write_root(file, root, PASSPHRASE)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_root(file, PASSPHRASE).certificate == founded.keys.root
    with pytest.raises(FileExistsError):
        write_root(file, root, PASSPHRASE)
    with pytest.raises(Locked):
        read_root(file, Passphrase("another one"))
    with pytest.raises(NoKeys):
        read_root(tmp_path / "nowhere.json", PASSPHRASE)
    assert [path.name for path in file.parent.iterdir()] == ["root.json"]


def test_a_file_of_services_is_no_roots_key(tmp_path: Path) -> None:
    with pytest.raises(UnfitKeys, match="no root's key"):
        read_root(kept(tmp_path).path, PASSPHRASE)


def test_the_file_is_replaced_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = kept(tmp_path)
    before = file.path.read_bytes()

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        file.replace(builders.founded().keys, Custody(PASSPHRASE))
    assert file.path.read_bytes() == before
    assert sorted(path.name for path in file.folder.iterdir()) == ["keys.json", "root.pem"]
