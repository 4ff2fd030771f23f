"""One write of a case: proof, facts, read model, inbox, in one transaction; harmless when repeated or late.

Writes are ordered by the instant on the case's own clock at which they were asked for. Their version would not do: a
worker killed in the middle of a step, or a reset of the workflow, leaves rows of versions that never were; the true
ones come again with the same versions, and later.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, col, select, update

from models import facts, projection
from models.database import utc_now, writing
from models.decisions import DECISIONS
from models.messages import RecordOutcome, RecordRequest
from models.proofs import BadProof, Proofs
from models.tables import Account, CaseView, Notice, UsedProof

_NO_FACT = 2**31 - 1
"""Above every number: what a use that led to no fact counts as."""


@dataclass(frozen=True)
class DatabaseLedger:
    """Fulfils the port `Ledger` with the database."""

    engine: Engine
    proofs: Proofs

    def record(self, request: RecordRequest) -> RecordOutcome:
        """Writes the request, or nothing if its decision's proof does not hold."""
        with writing(self.engine) as session:
            row = self._lock(session, request)
            if row.version and (request.now, request.version) < (row.updated_at, row.version):
                return RecordOutcome()  # a late repetition: something newer is written already
            try:
                token = self._believed(session, request)
            except BadProof as bad:
                return RecordOutcome(refusal=bad.code)
            case_id = request.case.case_id
            never_were = facts.append(session, case_id, request.facts, utc_now())
            if never_were:
                self._free_proofs(session, case_id, never_were)
            if token:
                session.merge(UsedProof(id=token, case_id=case_id, number=request.facts[0].number))
            projection.project(session, row, request.case, request.version, request.now)
            if request.case.closed:
                self._let_go(session, case_id)
            unreachable = projection.tell(session, case_id, request.version, request.notifications, request.now)
            return RecordOutcome(unreachable=unreachable)

    def _lock(self, session: Session, request: RecordRequest) -> CaseView:
        """The case's row, held until the end of the transaction: whoever writes to the case comes one after another."""
        row = session.exec(
            select(CaseView).where(CaseView.case_id == request.case.case_id).with_for_update()
        ).one_or_none()
        return row or projection.new_row(request.case, request.now)

    def _believed(self, session: Session, request: RecordRequest) -> str:
        """The proof's id; empty if the case itself writes.

        Raises BadProof unless the proof was issued for this decision and is used for the first time, in time. A use
        above the last confirmed fact belongs to an attempt of this very decision that was cut short: it began in time.
        """
        proof = request.proof
        if proof is None:
            return ""
        if not request.facts:
            raise BadProof("proof.missing")
        account = session.get(Account, proof.account)
        if account is None or not account.active:
            raise BadProof("proof.account_closed")
        if any(role not in account.roles for role in proof.roles):
            raise BadProof("proof.role_lost")
        fresh = DECISIONS[proof.action].fresh_sign_in
        token, ends = self.proofs.check(proof, request.case.case_id, fresh=fresh)
        used = session.get(UsedProof, token)
        if used is None and utc_now() >= ends:
            raise BadProof("proof.expired")
        cut_short = used is not None and used.number >= request.facts[0].number
        if used is not None and not (cut_short and used.case_id == request.case.case_id):
            raise BadProof("proof.already_used")
        return token

    def _free_proofs(self, session: Session, case_id: str, numbers: Sequence[int]) -> None:
        """A decision whose fact never came to be may still be made with its proof."""
        freed = update(UsedProof).where(col(UsedProof.case_id) == case_id, col(UsedProof.number).in_(numbers))
        session.execute(freed.values(number=_NO_FACT))

    def _let_go(self, session: Session, case_id: str) -> None:
        """A closed case lets its person resign again."""
        notice = session.get(Notice, case_id)
        if notice is not None and notice.open_for is not None:
            notice.open_for = None
            session.add(notice)
