"""Composition root of keys and certificates: which authority, which time stamps, which anchor the settings ask for."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from pydantic import SecretStr
from sqlalchemy import Engine

from config import OWN_TSA, Settings, UnfitSettings
from models.certificates import DatabaseReceipts, DatabaseRegister
from models.database import utc_now
from pades.office import Office
from pki.anchors import STAMP, Anchor, Receipt, ServiceAnchor, StampAnchor
from pki.authority import Pki
from pki.certificates import is_development
from pki.external import ExternalAuthority
from pki.keyfile import Custody, KeyFile, UnfitKeys
from pki.providers import CertificateProvider, LicensedProvider, OwnProvider
from pki.stamps import InOrder, StampingAuthority
from pki.token import Token
from pki.tsa import OwnAuthority
from pki.webhook import Service
from pki.wrapping import Passphrase


@dataclass(frozen=True)
class Trust:
    """What a process signs, stamps and certifies with. Made once, when it starts."""

    pki: Pki
    own_stamps: OwnAuthority
    stamps: StampingAuthority
    people: CertificateProvider
    anchor: Anchor
    receipts: DatabaseReceipts

    @property
    def office(self) -> Office:
        """Where documents are signed."""
        return Office(self.pki, self.stamps, utc_now)

    def anchored(self, sha256: str, at: datetime) -> Receipt:
        """The anchor's receipt for a hash: the one that is kept, or a new one, which is kept from now on.

        Raises what `Anchor.submit` raises.
        """
        kept = [receipt for receipt in self.receipts.of(sha256) if self._is_by_the_anchor(receipt)]
        return kept[0] if kept else self.receipts.keep(self.anchor.submit(sha256, at))

    def _is_by_the_anchor(self, receipt: Receipt) -> bool:
        if isinstance(self.anchor, StampAnchor):  # whichever authority of the list stamped
            return receipt.media_type == STAMP
        return receipt.anchor == self.anchor.name


def custody(settings: Settings) -> Custody:
    """What opens the keys. Raises TokenFails."""
    passphrase, token = settings.keys_passphrase.get_secret_value(), None
    if settings.pkcs11_library:
        token = Token(settings.pkcs11_library, settings.pkcs11_token, settings.pkcs11_pin.get_secret_value())
    return Custody(Passphrase(passphrase) if passphrase else None, token)


def open_trust(settings: Settings, engine: Engine) -> Trust:
    """Unwraps the keys, which takes half a second. Raises NoKeys, Locked, TokenFails, UnfitKeys, UnfitSettings.

    Production refuses a root that was made for development.
    """
    keys = KeyFile(settings.keys_folder).open(custody(settings))
    if settings.environment == "production" and is_development(keys.root):
        raise UnfitKeys(
            "the root is one for development, and proves nothing: hold a ceremony in another WANBI_KEYS_FOLDER"
        )
    pki = Pki(keys, DatabaseRegister(engine), settings.ocsp_url)
    own = OwnAuthority(pki.tsa, pki.issuing)
    stamps = _stamps(settings, own)
    return Trust(
        pki=pki,
        own_stamps=own,
        stamps=stamps,
        people=_people(settings, pki, engine),
        anchor=_anchor(settings, stamps),
        receipts=DatabaseReceipts(engine),
    )


def trust_if_founded(settings: Settings, engine: Engine) -> Trust | None:
    """As `open_trust`; None where no ceremony was held yet."""
    return open_trust(settings, engine) if KeyFile(settings.keys_folder).path.exists() else None


def _stamps(settings: Settings, own: OwnAuthority) -> StampingAuthority:
    if not settings.tsa_urls:
        return own
    roots = _roots("WANBI_TSA_ROOTS", settings.tsa_roots)
    return InOrder([own if url == OWN_TSA else ExternalAuthority(url, roots) for url in settings.tsa_urls])


def _people(settings: Settings, pki: Pki, engine: Engine) -> CertificateProvider:
    if not settings.licensed_ca_url:
        return OwnProvider(pki)
    return LicensedProvider(
        service=_service(settings.licensed_ca_name, settings.licensed_ca_url, settings.licensed_ca_secret),
        licence=settings.licensed_ca_licence,
        roots=_roots("WANBI_LICENSED_CA_ROOTS", settings.licensed_ca_roots),
        register=DatabaseRegister(engine),
    )


def _anchor(settings: Settings, stamps: StampingAuthority) -> Anchor:
    if not settings.anchor_url:
        return StampAnchor(stamps)
    return ServiceAnchor(_service(settings.anchor_name, settings.anchor_url, settings.anchor_secret))


def _service(name: str, url: str, secret: SecretStr) -> Service:
    try:
        return Service(name, url, secret.get_secret_value())
    except ValueError as error:
        raise UnfitSettings(str(error)) from error


def _roots(name: str, file: str) -> list[x509.Certificate]:
    if not file:
        return []
    try:
        return x509.load_pem_x509_certificates(Path(file).read_bytes())
    except (OSError, ValueError) as error:
        raise UnfitSettings(f"{name}: {file} holds no certificates in PEM: {error}") from error
