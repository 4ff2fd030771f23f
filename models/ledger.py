"""One write of a case: proof, facts, read model, inbox, in one transaction; harmless when repeated or late."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlmodel import Session, select

from models import facts, projection
from models.database import utc_now, writing
from models.decisions import DECISIONS
from models.messages import RecordOutcome, RecordRequest
from models.proofs import BadProof, Proofs
from models.tables import Account, CaseView, Notice, UsedProof


@dataclass(frozen=True)
class DatabaseLedger:
    """Fulfils the port `Ledger` with the database."""

    engine: Engine
    proofs: Proofs

    def record(self, request: RecordRequest) -> RecordOutcome:
        """Writes the request, or nothing if its decision's proof does not hold."""
        with writing(self.engine) as session:
            row = self._lock(session, request)
            if row.version > request.version:
                return RecordOutcome()  # a late repetition: something newer is written already
            if request.proof is not None:
                try:
                    self._use_proof(session, request)
                except BadProof as bad:
                    return RecordOutcome(refusal=bad.code)
            now = utc_now()
            facts.append(session, request.case.case_id, request.facts, now)
            projection.project(session, row, request.case, request.version, now)
            if request.case.closed:
                self._let_go(session, request.case.case_id)
            unreachable = projection.tell(
                session, request.case.case_id, request.version, request.notifications, request.now
            )
            return RecordOutcome(unreachable=unreachable)

    def _lock(self, session: Session, request: RecordRequest) -> CaseView:
        """The case's row, held until the end of the transaction: whoever writes to the case comes one after another."""
        row = session.exec(
            select(CaseView).where(CaseView.case_id == request.case.case_id).with_for_update()
        ).one_or_none()
        return row or projection.new_row(request.case, request.now)

    def _use_proof(self, session: Session, request: RecordRequest) -> None:
        """Raises BadProof unless the proof was issued for this decision and is used for the first time.

        A use above the last confirmed fact belongs to an attempt of this very decision that was cut short.
        """
        proof = request.proof
        if proof is None or not request.facts:
            raise BadProof("proof.missing")
        account = session.get(Account, proof.account)
        if account is None or not account.active:
            raise BadProof("proof.account_closed")
        if any(role not in account.roles for role in proof.roles):
            raise BadProof("proof.role_lost")
        fresh = DECISIONS[proof.action].fresh_sign_in
        token = self.proofs.check(proof, request.case.case_id, utc_now(), fresh=fresh)
        first = request.facts[0].number
        used = session.get(UsedProof, token)
        if used is None:
            session.add(UsedProof(id=token, case_id=request.case.case_id, number=first))
        elif used.case_id == request.case.case_id and used.number >= first:
            used.number = first
        else:
            raise BadProof("proof.already_used")

    def _let_go(self, session: Session, case_id: str) -> None:
        """A closed case lets its person resign again."""
        notice = session.get(Notice, case_id)
        if notice is not None and notice.open_for is not None:
            notice.open_for = None
            session.add(notice)
