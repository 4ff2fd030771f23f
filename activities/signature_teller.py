"""Tells cases of signatures whose signers did not wait for the answer. Runs beside the workers, harmless in many.

The signature is in the document, with the evidence of its signer's will; what is missing is that the case counts it.
Neither a browser that was closed in between nor an engine that was away may cost anybody their signature.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models.accounts import caller_behind
from models.database import reading, utc_now
from models.decision_bodies import SignRecord
from models.decisions import DECISIONS, Decision, digest
from models.proofs import LIFETIME, Proofs
from models.signing import attempts
from models.signing.attempt_tables import SigningAttempt
from models.signing.attempts import State
from workflows import ids

EVERY = 5.0
"""Seconds between two looks."""
GRACE = timedelta(seconds=20)
"""So long the signer's own request is left to bring the answer."""
AGAIN = LIFETIME
"""A case that has not counted it by then is told anew: the proof of before is worth nothing any more."""
AT_ONCE = 50
KIND = DECISIONS["sign_record"]
log = structlog.get_logger("signature_teller")


async def tell_all(engine: Engine, client: Client, proofs: Proofs) -> int:
    """Tells every case of what it has not counted; how many were told. Raises RPCError if Temporal is away."""
    now = utc_now()
    found = await asyncio.to_thread(attempts.untold, engine, now - GRACE, now - AGAIN, AT_ONCE)
    return sum([await _tell(engine, client, proofs, attempt) for attempt in found])


async def _tell(engine: Engine, client: Client, proofs: Proofs, attempt: SigningAttempt) -> bool:
    if await asyncio.to_thread(attempts.settle, engine, attempt) is not State.SIGNED:
        return False
    decision = await asyncio.to_thread(_decision, engine, proofs, attempt)
    if not await asyncio.to_thread(attempts.take_telling, engine, attempt, utc_now()) or decision is None:
        return False
    try:
        await client.get_workflow_handle(ids.workflow_id(attempt.case_id)).signal(KIND.name, decision)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:  # a case that has closed is told in vain
            await asyncio.to_thread(attempts.leave_telling, engine, attempt)
            raise
    return True


def _decision(engine: Engine, proofs: Proofs, attempt: SigningAttempt) -> Decision[SignRecord] | None:
    """As the signer would decide now, who proved who they are for this; None if the account was closed since."""
    with reading(engine) as session:
        signer = caller_behind(session, attempt.account)
    if signer is None:
        return None
    body = attempts.decision_of(attempt)
    bound = digest(KIND.name, signer.actor, body)
    token, _ = proofs.issue(attempt.case_id, KIND.name, attempt.account, bound, utc_now(), fresh=True)
    made: Decision[SignRecord] = KIND.message(by=signer.actor, body=body, proof=token)
    return made


async def keep_telling(engine: Engine, client: Client, proofs: Proofs, stop: asyncio.Event) -> None:
    """Looks every few seconds until `stop`; a Temporal that is away is simply asked again."""
    while not stop.is_set():
        try:
            if told := await tell_all(engine, client, proofs):
                log.info("signatures.told", signatures=told)
        except (RPCError, SQLAlchemyError) as error:
            log.warning("signature_teller.waits", error=str(error)[:200])
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)
