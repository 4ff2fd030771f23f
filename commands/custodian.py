"""What a ceremony does with an installation's keys: founds them, replaces them, ends trust in them.

The register hears of a certificate before its key is in use, so what is in use is always known.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from getpass import getpass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate, ReasonFlags
from sqlalchemy import Engine

from activities.trust import custody
from config import Settings
from models.certificates import DatabaseRegister
from models.database import utc_now
from pki import ceremony, shares
from pki.ceremony import InMemory, KeyMaker
from pki.certificates import Kind
from pki.keyfile import Custody, KeyFile, NoKeys, UnfitKeys, read_root, write_root
from pki.keys import Identity, Keys
from pki.names import UnfitName
from pki.register import Register, Revoked, UnknownCertificate, entry, serial_of
from pki.shares import BadShares
from pki.token import TokenFails
from pki.wrapping import Locked, Passphrase

DEVELOPMENT_ROOT = "development-root.json"
Say = Callable[[str], None]


class CannotDo(RuntimeError):
    """Something that only the operator can mend; the message says what."""


PROBLEMS = (CannotDo, NoKeys, UnfitKeys, UnfitName, Locked, TokenFails, BadShares, UnknownCertificate)
"""What a command says in one line."""


class House:
    """The installation that a command works on."""

    def __init__(self, config: Settings, engine: Engine, say: Say = print) -> None:
        self.config = config
        self.file = KeyFile(config.keys_folder)
        self.register: Register = DatabaseRegister(engine)
        self.say = say

    @property
    def maker(self) -> KeyMaker:
        """Keys are made where they are to live."""
        return self.custody.token or InMemory()

    @cached_property
    def custody(self) -> Custody:
        """What opens the keys: the token, or the passphrase."""
        return custody(self.config)

    def remember(self, keys: Keys, at: datetime) -> None:
        for kind, certificate in keys.certificates().items():
            self.register.add(entry(kind, certificate, at))

    @contextmanager
    def alone(self, *, wait: bool = False) -> Iterator[None]:
        """Raises CannotDo if another ceremony is under way in this folder, or waits for its end."""
        self.file.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.file.folder / ".lock").open("w") as lock:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except OSError as error:
                raise CannotDo(f"another ceremony is under way in {self.file.folder}") from error
            yield


def found(house: House, root_file: Path | None) -> bool:
    """Founds the keys, and says True, unless there are any; then only the register is completed."""
    config, at = house.config, utc_now()
    if house.file.path.exists():
        public = house.file.public()
        for kind, certificate in public.certificates.items():
            house.register.add(entry(kind, certificate, at))
        return False
    development = config.environment != "production"
    if root_file is None and not development:
        raise CannotDo("say where the root's key goes, on a medium that is then taken offline: --root-file PATH")
    if not config.employer:
        raise CannotDo("certificates need the employer's registered name: set WANBI_COMPANY_NAME")
    if house.custody.passphrase is None and (house.custody.token is None or root_file is None):
        raise CannotDo("there is no passphrase for the keys: set WANBI_KEYS_PASSPHRASE")
    made = ceremony.found(config.employer, at, config.ocsp_url, maker=house.maker, development=development)
    root = Identity(made.keys.root, made.root_key)
    if root_file is None:
        _keep_development_root(house, root)
    else:
        _hand_out(house, root, root_file)
    house.remember(made.keys, at)
    if not house.file.create(made.keys, house.custody):
        raise CannotDo(f"another ceremony has just ended in {house.file.folder}: the shares above open nothing")
    house.say(f"root: SHA-256 {fingerprint(made.keys.root)}")
    house.say("      publish it where people can compare: the handbook, the intranet, the foot of every document")
    return True


def rotate(house: House, kind: Kind, serial: str, root_file: Path | None) -> None:
    """A new key and certificate in place of the one named. Whoever was started before goes on with the old one."""
    keys, at = house.file.open(house.custody), utc_now()
    now = serial_of(keys.certificates()[kind])
    if now != serial.lower():
        known = [issued for issued in house.register.services() if issued.serial == serial.lower()]
        if not known or known[0].kind is not kind:
            raise CannotDo(f"{serial} is no certificate of {kind}; the one in use is {now}")
        house.say(f"{kind}: {serial} is no longer in use, {now} is; nothing was changed")
        return
    tokens = house.file.public().tokens
    if kind is Kind.ISSUING:
        root, revoked = _root(house, root_file), _revoked_issuers(house, at)
        renewed = ceremony.issue_all(root.certificate, root.key, revoked, at, house.config.ocsp_url, house.maker)
    else:
        made = ceremony.issue_service(kind, keys.issuing, at, house.config.ocsp_url, house.maker)
        tokens = {kind: tokens[kind]} if kind in tokens else {}
        renewed = replace(keys, **{kind.value: made})  # type: ignore[arg-type]  # the field is of this type
    house.remember(renewed, at)
    house.file.replace(renewed, house.custody)
    if house.custody.token is not None:
        for label in tokens.values():
            house.custody.token.destroy(label)
    house.say(f"{kind}: {serial_of(renewed.certificates()[kind])} in place of {serial}; start all processes again")


def revoke(house: House, serial: str, reason: ReasonFlags, root_file: Path | None) -> None:
    """Ends trust in a certificate; the first instant and reason stay. Seen by all processes at once."""
    serial, at = serial.lower(), utc_now()
    kinds = {issued.serial: issued.kind for issued in house.register.services()}
    if kinds.get(serial) is Kind.ROOT:
        raise CannotDo("a root can't be revoked: publish that it is not to be trusted, and hold a new ceremony")
    root = _root(house, root_file) if kinds.get(serial) is Kind.ISSUING else None
    revoked = house.register.revoke(serial, reason, at)
    if root is not None:
        _write_list(house, root, at)
    house.say(f"{serial}: revoked since {revoked.at:%Y-%m-%d %H:%M:%S} UTC, {revoked.reason.value}")


def renew_list(house: House, root_file: Path | None) -> None:
    """The root's list ends after ten years; this signs it anew."""
    _write_list(house, _root(house, root_file), utc_now())
    house.say(f"the root's list is good until {day(house.file.public().root_list.next_update_utc)}")


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 in pairs, as browsers and PDF readers show it."""
    return certificate.fingerprint(SHA256()).hex(":").upper()


def _hand_out(house: House, root: Identity, root_file: Path) -> None:
    """The root's key to its own file, its passphrase to three officers."""
    if root_file.resolve().is_relative_to(house.file.folder.resolve()):
        raise CannotDo(f"the root's key must not lie beside the others: give a --root-file outside {house.file.folder}")
    secret = shares.new_secret()
    try:
        write_root(root_file, root, Passphrase(secret))
    except FileExistsError:
        raise CannotDo(f"{root_file} is there already: it may be a root in use, so it is left alone") from None
    except OSError as error:
        raise CannotDo(f"the root's key can't be written to {root_file}: {error}") from error
    house.say(f"root: its key is in {root_file}. Copy it to two media, lock them away, delete it here.")
    house.say("      Each officer copies one share by hand, and sees no other; any two of them open the root's key.")
    for number, share in enumerate(shares.split(secret), start=1):
        house.say(f"      share {number} of {shares.OFFICERS}: {share}")


def _keep_development_root(house: House, root: Identity) -> None:
    file = house.file.folder / DEVELOPMENT_ROOT
    file.unlink(missing_ok=True)  # of a founding that did not end: there are no keys
    assert house.custody.passphrase, "found asks for one"  # noqa: S101
    write_root(file, root, house.custody.passphrase)
    house.say(
        "!! keys: made with a root for DEVELOPMENT, whose key stays on this machine: nothing signed proves anything"
    )


def _root(house: House, root_file: Path | None) -> Identity:
    """The root with its key, opened by two officers; that of a development by its own passphrase."""
    root = house.file.public().certificates[Kind.ROOT]
    own = house.file.folder / DEVELOPMENT_ROOT
    if root_file is None and own.exists() and house.custody.passphrase:
        found = read_root(own, house.custody.passphrase)
    elif root_file is None:
        raise CannotDo("this needs the root's key: --root-file PATH")
    else:
        texts = [getpass(f"share of officer {number} of {shares.NEEDED}: ") for number in range(1, shares.NEEDED + 1)]
        found = read_root(root_file, Passphrase(shares.join(texts)))
    if found.certificate != root:
        raise CannotDo(f"{root_file or own} holds another root's key")
    return found


def _revoked_issuers(house: House, at: datetime) -> tuple[Revoked, ...]:
    return tuple(house.register.revoked(at, Kind.ISSUING))


def _write_list(house: House, root: Identity, at: datetime) -> None:
    keys = house.file.open(house.custody)
    listed = ceremony.root_list(root.certificate, root.key, _revoked_issuers(house, at), at)
    house.file.replace(replace(keys, root_list=listed), house.custody)


def day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else "ever"
