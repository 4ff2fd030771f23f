"""Anchors: who confirms, apart from the company, that a piece of evidence existed by an instant (EVD-04)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pki.stamps import StampingAuthority, authority_of, time_of
from pki.webhook import Service, ServiceAway

STAMP = "application/timestamp-token"
JSON = "application/json"


@dataclass(frozen=True)
class Receipt:
    """What an anchor confirmed, in the very bytes that it gave: they are kept, and go into the evidence bundle."""

    anchor: str
    sha256: str
    at: datetime
    content: bytes
    media_type: str


class Anchor(Protocol):
    @property
    def name(self) -> str: ...

    def submit(self, sha256: str, at: datetime) -> Receipt:
        """Has a hash (64 lower-case hexadecimal digits) confirmed. Harmless to repeat.

        Raises NoStamp or ServiceAway when trying again may help, ServiceRefuses when a person has to act.
        """


@dataclass(frozen=True)
class StampAnchor:
    """A time stamp over the hash. As neutral as the authority: the company's own says that it is (自建)."""

    authority: StampingAuthority

    @property
    def name(self) -> str:
        return self.authority.name

    def submit(self, sha256: str, at: datetime) -> Receipt:
        token = self.authority.stamp(bytes.fromhex(sha256))
        return Receipt(authority_of(token), sha256, time_of(token), token, STAMP)


@dataclass(frozen=True)
class ServiceAnchor:
    """A service that keeps evidence (存证), asked by `evidence.anchor` with `{"sha256": …}`.

    It answers `{"sha256": …, "at": …, "receipt": …}`: the hash again, since when it keeps it, and whatever it gives in
    proof. Any other answer is none.
    """

    service: Service

    @property
    def name(self) -> str:
        return self.service.name

    def submit(self, sha256: str, at: datetime) -> Receipt:
        body, said = self.service.ask("evidence.anchor", at, {"sha256": sha256})
        if str(said.get("sha256", "")).lower() != sha256:
            raise ServiceAway(f"{self.name}: its receipt is for something else")
        if not said.get("receipt"):
            raise ServiceAway(f"{self.name}: its answer holds no receipt")
        try:
            since = datetime.fromisoformat(str(said.get("at")))
        except ValueError:
            since = None
        if since is None or since.tzinfo is None:
            raise ServiceAway(f"{self.name}: its receipt does not say since when")
        return Receipt(self.name, sha256, since, body, JSON)
