"""Evidence bundles of cases: made on demand, kept in parts as they were given out, each a fact of its case (EVD-03)."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

import rfc8785
from sqlalchemy import Engine, insert
from sqlmodel import Session, col, select

from domain.errors import forbidden, not_found
from models import facts, queries
from models.accounts import Caller
from models.database import reading, table, utc_now, writing
from models.evidence import pages, papers, proofs, trade
from models.evidence.packing import About, Content, Seals, write
from models.evidence.tables import EvidenceBundle, EvidenceBundlePart
from models.law_views import of_case
from models.log import heads, integration
from models.log.ports import HeadSigner
from models.tables import CaseView
from models.visibility import may_export, may_read, relations, visible
from verifier import container, manifest

EXPORTED = "BundleExported"
PART = 1_000_000
_IN_MEMORY = 8 * PART
_PART = table(EvidenceBundlePart)


@dataclass(frozen=True)
class Bundler:
    """Makes bundles in the name of the company."""

    engine: Engine
    company: str
    signer: HeadSigner
    seals: Seals
    clock: Callable[[], datetime] = utc_now

    def export(self, bundle_id: str, case_id: str, caller: Caller, purpose: str) -> EvidenceBundle:
        """The bundle with this id, made unless it was made before.

        Raises Refusal if the person may not, LogBroken if the log can't be signed, OSError if nobody stamps now.
        """
        with reading(self.engine) as session:
            if kept := session.get(EvidenceBundle, bundle_id):
                return kept
            _require_allowed(session, case_id, caller)
        now = self.clock()
        integration.integrate(self.engine)
        size = heads.sign(self.engine, self.signer, now)
        heads.stamp(self.engine, self.seals.stamper, now)
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            target = cast(BinaryIO, file)
            with reading(self.engine) as session:
                about = About(case_id, self.company, now, caller.account, purpose, size, sorted(self.signer.known))
                write(target, about, _files(session, about, caller), self.seals)
            return self._keep(target, EvidenceBundle(
                id=bundle_id, case_id=case_id, at=now, by=caller.account, purpose=purpose, log_size=size,
                sha256=_sha256(target), size=target.tell(),
            ))  # fmt: skip

    def _keep(self, file: BinaryIO, made: EvidenceBundle) -> EvidenceBundle:
        """Stores it with its fact; what another request with the same id stored meanwhile counts instead."""
        with writing(self.engine) as session:
            # The case's row first, as the ledger does: facts of one case are written one after another.
            session.exec(select(CaseView.case_id).where(CaseView.case_id == made.case_id).with_for_update()).one()
            if kept := session.get(EvidenceBundle, made.id):
                return kept
            session.add(made)
            session.flush()
            for number, part in enumerate(_parts(file)):
                values = {"bundle_id": made.id, "number": number, "content": part}
                session.connection().execute(insert(_PART), values)
            data = {"bundle": made.id, "purpose": made.purpose, "sha256": made.sha256, "log_size": made.log_size}
            facts.append_foreign(session, made.case_id, EXPORTED, made.by, data, made.at)
        return made


def kept(session: Session, case_id: str, bundle_id: str, caller: Caller) -> EvidenceBundle:
    """A bundle that was made. Raises Refusal if there is none, or this person may not have it."""
    _require_allowed(session, case_id, caller)
    found = session.get(EvidenceBundle, bundle_id)
    if found is None or found.case_id != case_id:
        raise not_found("bundle.unknown")
    return found


def listed(session: Session, case_id: str, caller: Caller) -> Sequence[EvidenceBundle]:
    """Every bundle of the case that was given out, the newest first. Raises Refusal if this person may not know."""
    _require_allowed(session, case_id, caller)
    query = select(EvidenceBundle).where(EvidenceBundle.case_id == case_id)
    return session.exec(query.order_by(col(EvidenceBundle.at).desc(), col(EvidenceBundle.id))).all()


def stored(engine: Engine, bundle_id: str) -> Iterator[bytes]:
    """The bundle's bytes, part by part, each read by itself."""
    number = 0
    while True:
        with reading(engine) as session:
            part = session.get(EvidenceBundlePart, (bundle_id, number))
        if part is None:
            return
        yield bytes(part.content)
        number += 1


def _require_allowed(session: Session, case_id: str, caller: Caller) -> CaseView:
    """The case's row. Raises Refusal unless this person may take its evidence out of the house."""
    found = queries.case_view(session, case_id)
    of = relations(caller, found[0].snapshot, queries.takes_part(session, caller.account, case_id)) if found else ()
    if found is None or not of:
        raise not_found("case.unknown")
    if not may_export(of):
        raise forbidden("bundle.only_for_the_company")
    return found[0]


def _files(session: Session, about: About, caller: Caller) -> Iterator[tuple[str, Content]]:
    """Everything in the bundle but its certificates and what seals it. Large files are fetched in their turn."""
    view = _require_allowed(session, about.case, caller)
    of = relations(caller, view.snapshot, queries.takes_part(session, caller.account, about.case))
    shown = visible(view.snapshot, of, caller.account)
    proved = proofs.proved(session, about.case, about.log_size)
    found = papers.listed(session, about.case, proved.rows, lambda name, kind: may_read(name, kind, of, shown))
    law = [answer.model_dump(mode="json") for answer in of_case(view.snapshot)]
    yield manifest.FACTS, lambda: _json(proofs.facts_file(proved))
    yield manifest.PROOFS, lambda: _json(proofs.proofs_file(session, proved))
    yield manifest.HEAD, lambda: proved.head.content
    yield manifest.HEAD_STAMP, lambda: proved.stamp
    for head, stamp in proved.earlier:
        yield f"{manifest.EARLIER_HEADS}{head.size}.json", partial(bytes, head.content)
        yield f"{manifest.EARLIER_HEADS}{head.size}.tst", partial(bytes, stamp)
    yield manifest.PAPERS, lambda: _json({"papers": found})
    for paper in found:
        if paper["file"]:
            yield paper["file"], partial(papers.content, session, paper["id"])
    yield manifest.ORDERS, lambda: _json({"orders": trade.orders(session, view)})
    yield manifest.COMMUNICATIONS, lambda: _json({"communications": trade.communications(session, view)})
    yield manifest.LEGAL_BASES, lambda: _json({"answers": law})
    yield manifest.PAGE, lambda: pages.index(session, view, about, proved, found, law)
    yield container.README, lambda: pages.readme(about)


def _json(value: Any) -> bytes:
    return rfc8785.dumps(value)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while part := file.read(PART):
        yield part


def _sha256(file: BinaryIO) -> str:
    """Of the whole file; afterwards the file stands at its end."""
    digest = hashlib.sha256()
    for part in _parts(file):
        digest.update(part)
    return digest.hexdigest()
