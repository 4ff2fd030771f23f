"""How somebody signs the record of a running case: into the document first, then told to the case."""

import asyncio

from api.signing.beginning import COMMITMENTS
from domain.people import Actor
from models import decision_bodies as d
from models.database import reading, writing
from models.signing import revisions
from models.signing.parties import parties
from pki.names import Subject
from tests.pades import builders as pen
from tests.workflows.running_case import RunningCase


async def signed(case: RunningCase, by: Actor) -> d.SignRecord:
    """The person's signature is in the document; what they tell the case of it."""
    state = await case.until(lambda c: c.record is not None)
    assert state.record is not None
    record, engine = state.record, case.world.engine
    with reading(engine) as session:
        (party,) = [p for p in parties(session, record.signatures) if p.account == by.account]
        before = revisions.newest(session, record.document_id)
    who = pen.Person(party.field, Subject(party.name, party.number), COMMITMENTS[party.role])
    signer = pen.Signer(who, case.world.office)
    pdf = await asyncio.to_thread(signer.sign, before.pdf)
    with writing(engine) as session:
        revisions.add(
            session, record.document_id, before, pdf, field=party.field, account=by.account, evidence=signer.evidence
        )
    return d.SignRecord(sha256=record.sha256, evidence=signer.evidence, seen=before.sha256)
