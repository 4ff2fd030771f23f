"""A company's authority for tests: real keys and certificates, a register in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from cryptography.x509 import ReasonFlags

from pki.authority import Pki
from pki.ceremony import Founded, InMemory, found
from pki.certificates import Kind
from pki.names import Subject
from pki.register import Issued, Revoked, UnknownCertificate, entry
from tests.builders import COMPANY

OCSP_URL = "http://127.0.0.1:8000/ocsp"
LIN = Subject("林晓梅", "E10086")


@dataclass
class MemoryRegister:
    """Fulfils the port of the register."""

    entries: dict[str, Issued] = field(default_factory=dict)
    ended: dict[str, Revoked] = field(default_factory=dict)

    def add(self, issued: Issued) -> None:
        self.entries.setdefault(issued.serial, issued)

    def revoke(self, serial: str, reason: ReasonFlags, at: datetime) -> Revoked:
        self.status(serial)
        return self.ended.setdefault(serial, Revoked(serial, at, reason))

    def status(self, serial: str) -> Revoked | None:
        if serial not in self.entries:
            raise UnknownCertificate(serial)
        return self.ended.get(serial)

    def revoked(self, at: datetime, *kinds: Kind) -> Sequence[Revoked]:
        asked = (i.serial for i in self.entries.values() if i.kind in kinds and i.not_after > at and not i.provider)
        return [self.ended[serial] for serial in sorted(asked) if serial in self.ended]

    def services(self) -> Sequence[Issued]:
        ours = [issued for issued in self.entries.values() if issued.kind is not Kind.PERSON]
        return sorted(ours, key=lambda issued: issued.issued_at)


def now() -> datetime:
    return datetime.now(UTC)


def founded(company: str = COMPANY, at: datetime | None = None) -> Founded:
    """A ceremony of its own."""
    return found(company, at or now(), OCSP_URL, maker=InMemory(), development=False)


@cache
def shared() -> Founded:
    """One ceremony for all tests of a process that change nothing about it."""
    return founded()


def pki(of: Founded | None = None, register: MemoryRegister | None = None) -> Pki:
    """An authority whose register knows its own services."""
    keys = (of or shared()).keys
    register = register if register is not None else MemoryRegister()
    for kind, certificate in keys.certificates().items():
        register.add(entry(kind, certificate, now()))
    return Pki(keys, register, OCSP_URL)
