"""The company's own keys, as a ceremony founds them, seal and stamp a bundle that the verifier believes."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from activities import sealing
from activities.trust import open_trust
from commands.custodian import House, found
from models.database import utc_now
from pki.stamps import NoStamp
from tests import builders
from tests.authority import Authority
from tests.verifier import made
from verifier.bundle import Trust, verify
from verifier.certificates import fingerprint

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.law("EVD-02")
def test_what_the_company_seals_and_stamps_is_verified_up_to_its_root(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = builders.settings(tmp_path, keys_passphrase="a passphrase for tests")
    found(House(config, engine, lambda _: None), None)
    trust = open_trust(config, engine)
    seals = sealing.seals(trust)
    assert seals is not None
    monkeypatch.setattr(made, "AT", utc_now() - timedelta(hours=3))
    case = made.made(Authority(root=Authority().root, now=utc_now()))
    case.authority = seals.stamper  # type: ignore[assignment]  # the company's own stamps
    for name in [name for name in case.files if name.endswith(".tst")]:
        case.files[name] = case.stamped(case.files[name.replace(".tst", ".json")])
    report = verify(case.packed(seals), Trust(fingerprint(trust.pki.root)))
    assert [check.line() for check in report.broken] == []
    assert report.valid


def test_without_a_ceremony_there_is_neither_seal_nor_stamp(database_url: str) -> None:
    assert database_url
    assert sealing.seals(None) is None
    assert sealing.stamper(None) is None


def test_an_authority_that_does_not_stamp_is_tried_again_like_any_that_is_away(database_url: str) -> None:
    class Refuses:
        name = "none"

        def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
            raise NoStamp("not today")

    assert database_url
    with pytest.raises(OSError, match="not today"):
        sealing.AuthorityStamper(Refuses()).stamp(bytes(32))
