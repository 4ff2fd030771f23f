"""The settings say who certifies, who stamps and who anchors; a receipt is asked for once."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Engine

from activities.trust import Trust, open_trust, trust_if_founded
from commands.custodian import House, found
from config import UnfitSettings
from pki import wrapping
from pki.anchors import STAMP
from pki.keyfile import NoKeys
from pki.providers import LicensedProvider, OwnProvider
from pki.register import serial_of
from pki.stamps import NoStamp, authority_of
from pki.webhook import ServiceAway
from tests.builders import ARRIVAL, settings
from tests.pki import builders
from tests.pki.stranger import Answer, Asked, stranger

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET = "whsec_" + base64.b64encode(b"a secret of at least 24 bytes").decode()
SHA256 = "ab" * 32
Opened = Callable[..., Trust]


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrapping, "COST", 2**4)


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Opened:
    """The trust of an installation with these settings; its keys are founded once."""

    def open_with(**values: object) -> Trust:
        config = settings(tmp_path, keys_passphrase="a passphrase for tests", **values)
        found(House(config, engine, lambda _: None), None)
        return open_trust(config, engine)

    return open_with


@pytest.fixture
def roots(tmp_path: Path) -> str:
    file = tmp_path / "roots.pem"
    file.write_bytes(builders.shared().keys.root.public_bytes(Encoding.PEM))
    return str(file)


def test_by_itself_the_company_certifies_stamps_and_anchors_and_says_so(opened: Opened) -> None:
    trust = opened()
    assert isinstance(trust.people, OwnProvider)
    assert trust.stamps is trust.own_stamps
    assert "自建" in authority_of(trust.stamps.stamp(bytes(32)))
    assert "自建" in trust.anchored(SHA256, ARRIVAL).anchor


def test_others_stamp_in_the_order_of_the_settings_and_the_own_only_where_it_is_named(
    opened: Opened, roots: str
) -> None:
    with stranger(lambda _: Answer(status=503)) as away:
        last = opened(tsa_urls=[away.url, "own"], tsa_roots=roots)
        assert "自建" in authority_of(last.stamps.stamp(bytes(32)))
        assert len(away.asked) == 1
        with pytest.raises(NoStamp):
            opened(tsa_urls=[away.url], tsa_roots=roots).stamps.stamp(bytes(32))


def test_a_licensed_provider_takes_the_place_of_the_own_authority(opened: Opened, roots: str) -> None:
    bought = {"licensed_ca_name": "某某认证", "licensed_ca_licence": "ECP110", "licensed_ca_secret": SECRET}
    trust = opened(**bought, licensed_ca_url="https://ca.example.cn", licensed_ca_roots=roots)
    assert isinstance(trust.people, LicensedProvider)
    assert (trust.people.name, trust.people.licence) == ("某某认证", "ECP110")
    assert trust.people.roots == [builders.shared().keys.root]


def keeper(asked: Asked) -> Answer:
    sha256 = json.loads(asked.body)["data"]["sha256"]
    receipt = {"sha256": sha256, "at": ARRIVAL.isoformat(), "receipt": "存证编号 2026-118"}
    return Answer(json.dumps(receipt).encode())


@pytest.mark.law("EVD-04")
def test_an_anchor_is_asked_once_for_a_hash_and_its_receipt_is_kept(opened: Opened, engine: Engine) -> None:
    opened().anchored(SHA256, ARRIVAL)  # from before there was an anchor
    with stranger(keeper) as known:
        trust = opened(anchor_name="某某存证", anchor_url=known.url, anchor_secret=SECRET)
        receipts = [trust.anchored(SHA256, ARRIVAL + timedelta(hours=hour)) for hour in range(3)]
    assert len(known.asked) == 1
    assert set(receipts) == {receipts[0]}
    assert receipts[0].anchor == "某某存证"
    assert {receipt.media_type for receipt in trust.receipts.of(SHA256)} == {STAMP, "application/json"}


def test_an_anchor_that_is_away_leaves_no_receipt(opened: Opened) -> None:
    with stranger(lambda _: Answer(status=500)) as known:
        trust = opened(anchor_name="某某存证", anchor_url=known.url, anchor_secret=SECRET)
        with pytest.raises(ServiceAway):
            trust.anchored(SHA256, ARRIVAL)
    assert list(trust.receipts.of(SHA256)) == []


def test_certificates_of_people_are_in_the_database_for_every_process(opened: Opened) -> None:
    trust, other = opened(), opened()
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    made = trust.people.certify(builders.LIN, key, builders.now(), evidence_sha256=SHA256)
    assert other.people.revocation(made.certificate, builders.now()).ocsps
    assert serial_of(made.certificate)


def test_without_a_ceremony_there_is_no_trust(engine: Engine, tmp_path: Path) -> None:
    config = settings(tmp_path, keys_passphrase="a passphrase for tests")
    assert trust_if_founded(config, engine) is None
    with pytest.raises(NoKeys):
        open_trust(config, engine)


def test_what_can_not_work_is_said_when_the_process_starts(opened: Opened, tmp_path: Path, roots: str) -> None:
    with pytest.raises(UnfitSettings, match="WANBI_TSA_ROOTS"):
        opened(tsa_urls=["https://tsa.example.cn"], tsa_roots=str(tmp_path / "nowhere.pem"))
    (tmp_path / "empty.pem").write_text("no certificates")
    with pytest.raises(UnfitSettings, match="WANBI_TSA_ROOTS"):
        opened(tsa_urls=["https://tsa.example.cn"], tsa_roots=str(tmp_path / "empty.pem"))
    with pytest.raises(UnfitSettings, match="某某存证: its secret"):
        opened(anchor_name="某某存证", anchor_url="https://a.example.cn", anchor_secret="short")
