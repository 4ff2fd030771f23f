"""Composition root of the worker: which connector and which table fulfils which port. Nothing else names connectors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from activities.access import AccessActivities
from activities.casework import CaseActivities
from activities.connectors.entitlements import EntitlementConnector
from activities.connectors.pdf_signing import PdfSigning
from activities.connectors.webhook import WebhookConnector
from activities.failures import PersonMustAct
from activities.files import DatabaseFiles
from activities.papers import DatabasePapers
from activities.ports import Connector
from activities.tree_heads import TreeHeadActivities
from config import Settings
from models.desk.portfolio import DatabasePortfolios
from models.ledger import DatabaseLedger
from models.legal_facts import review
from models.log.keys import RingSigner
from models.log.ports import Stamper
from models.log.service import DatabaseLog
from models.people import DatabasePeople
from models.planner import DatabasePlanner
from models.proofs import Proofs
from models.tables import ConnectedSystem
from pades.office import Office
from typesetting.typesetter import Typesetter


def plain(ring: Mapping[str, Any]) -> dict[str, str]:
    """A key ring's texts out of their secret wrapping."""
    return {name: secret.get_secret_value() for name, secret in ring.items()}


def proofs(settings: Settings) -> Proofs:
    """Issues and checks decision proofs with the installation's keys."""
    return Proofs(plain(settings.proof_keys), settings.proof_key)


@dataclass(frozen=True)
class ConfiguredConnectors:
    """Fulfils the port `Connectors`: what an administrator set up, looked up anew at each effect."""

    engine: Engine
    webhook_secrets: Mapping[str, str]

    def of(self, system: str) -> Connector:
        with Session(self.engine) as session:
            found = session.get(ConnectedSystem, system)
        if found is None:
            raise PersonMustAct(f"system {system!r} is not set up")
        if found.connector == "wanbi":
            return EntitlementConnector(self.engine)
        if found.connector == "webhook":
            secret = self.webhook_secrets.get(found.secret)
            if not secret:
                raise PersonMustAct(f"system {system!r}: no webhook secret called {found.secret!r} is set")
            return WebhookConnector(found.url, secret)
        raise PersonMustAct(f"system {system!r}: there is no connector {found.connector!r}")


def case_activities(engine: Engine, settings: Settings, office: Office) -> list[Callable[..., Any]]:
    """The light steps, for the queue `wanbi`."""
    typesetter = Typesetter(settings.fonts)
    steps = CaseActivities(
        planner=DatabasePlanner(engine, review(settings.environment, settings.law_overrides)),
        ledger=DatabaseLedger(engine, proofs(settings)),
        people=DatabasePeople(engine),
        signing=PdfSigning(engine, settings.employer, office, typesetter),
        papers=DatabasePapers(engine, settings.employer, typesetter),
        files=DatabaseFiles(engine, settings.employer, typesetter),
        portfolios=DatabasePortfolios(engine),
    )
    return steps.all()


def tree_signer(settings: Settings) -> RingSigner:
    """Signs tree heads with the installation's key, and knows those that signed before."""
    return RingSigner(plain(settings.tree_keys), settings.tree_key)


def log_activities(engine: Engine, settings: Settings, stamper: Stamper | None = None) -> list[Callable[..., Any]]:
    """The steps of the log across all cases, for the queue `wanbi`. Without a stamper its heads are signed only."""
    return TreeHeadActivities(DatabaseLog(engine, tree_signer(settings), stamper)).all()


def access_activities(engine: Engine, settings: Settings) -> list[Callable[..., Any]]:
    """The effects in connected systems, for the queue `wanbi-access`."""
    return [AccessActivities(ConfiguredConnectors(engine, plain(settings.webhook_secrets))).apply_access]
