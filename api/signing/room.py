"""What is needed to sign: the database, the company's keys, who draws signatures, the settings."""

from dataclasses import dataclass

from sqlalchemy import Engine

from activities.trust import Trust
from api.errors import Problem
from api.signing.codes import CodeKeys
from api.signing.site import Site
from config import Settings
from pades.office import Office
from typesetting.typesetter import Typesetter


@dataclass(frozen=True)
class Room:
    engine: Engine
    trust: Trust | None
    typesetter: Typesetter
    settings: Settings
    keys: CodeKeys

    @property
    def office(self) -> Office:
        """Raises Problem while no ceremony has founded keys."""
        if self.trust is None:
            raise Problem(503, "signature.no_keys")
        return self.trust.office

    def require_keys(self) -> None:
        """Raises Problem: nobody is asked to confirm what can't be signed."""
        _ = self.office

    @property
    def site(self) -> Site:
        """Raises Refusal if passkeys belong to no address yet."""
        return Site.of(self.settings)
