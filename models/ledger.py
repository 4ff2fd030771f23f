"""One write of a case: proof, facts, read model, inbox, in one transaction; harmless when repeated or late.

Writes are ordered by the instant on the case's own clock at which they were asked for. Their version would not do: a
worker killed in the middle of a step, or a reset of the workflow, leaves rows of versions that never were; the true
ones come again with the same versions, and later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Engine, bindparam, insert, select, update
from sqlmodel import Session, col

from domain.clearances import APPROVAL
from domain.desk.records import RecordKind
from domain.errors import Refusal, conflict
from models import facts, projection
from models.database import table, utc_now, writing
from models.decisions import DECISIONS
from models.desk import entries, joining, leftovers
from models.messages import RecordOutcome, RecordRequest
from models.proofs import BadProof, Proofs
from models.signing import signatures
from models.tables import Account, CaseView, Notice, UsedProof

_WEIGHED = (APPROVAL, "RecordPresented", "RecordSealed")
"""Facts that speak for the whole handover: whatever the leaver owns by then is among it."""
_NO_FACT = 2**31 - 1
"""Above every number: what a use that led to no fact counts as."""

_VIEW, _ACCOUNT, _USED = table(CaseView), table(Account), table(UsedProof)
_HELD = select(_VIEW.c.version, _VIEW.c.updated_at).where(_VIEW.c.case_id == bindparam("case_id")).with_for_update()
_WHO_AND_USE = (
    select(_ACCOUNT.c.active, _ACCOUNT.c.roles, _USED.c.case_id, _USED.c.number)
    .outerjoin_from(_ACCOUNT, _USED, _USED.c.id == bindparam("token"))
    .where(_ACCOUNT.c.id == bindparam("account"))
)
_USE = insert(_USED).values(id=bindparam("token"))
_USE_AGAIN = update(_USED).where(_USED.c.id == bindparam("token")).values(number=bindparam("number"))


class Use(NamedTuple):
    """A proof that is believed; `again`: an attempt of the same decision that was cut short had used it."""

    token: str
    again: bool


@dataclass(frozen=True)
class DatabaseLedger:
    """Fulfils the port `Ledger` with the database."""

    engine: Engine
    proofs: Proofs

    def record(self, request: RecordRequest) -> RecordOutcome:
        """Writes the request, or nothing if its decision's proof does not hold."""
        with writing(self.engine) as session:
            leftovers.hold(session, request.case)
            last = self._lock(session, request)
            if last is not None and (request.now, request.version) < last:
                return RecordOutcome()  # a late repetition: something newer is written already
            try:
                use = self._believed(session, request)
            except BadProof as bad:
                return RecordOutcome(refusal=bad.code)
            if any(fact.kind in _WEIGHED for fact in request.facts):
                joining.join_case(session, request.case.case_id, request.case.employee_id, "", utc_now())
            try:
                _require_settled(session, request)
                signatures.require_in_document(session, request)
            except Refusal as no:
                return RecordOutcome(refusal=no.code, refusal_kind=no.kind, params=no.params)
            case_id = request.case.case_id
            never_were = facts.append(session, case_id, (*request.confirmed, *request.facts), utc_now())
            confirmed = {fact.number for fact in request.confirmed}
            if unused := [number for number in never_were if number not in confirmed]:
                self._free_proofs(session, case_id, unused)
            if use:
                values = {"token": use.token, "case_id": case_id, "number": request.facts[0].number}
                session.connection().execute(_USE_AGAIN if use.again else _USE, values)
            projection.project(session, request.case, request.version, request.now)
            if request.case.closed and self._let_go(session, case_id):
                leftovers.pass_on(session, request.case, request.version, utc_now())
            unreachable = projection.tell(session, case_id, request.version, request.notifications, request.now)
            return RecordOutcome(unreachable=unreachable)

    def _lock(self, session: Session, request: RecordRequest) -> tuple[datetime, int] | None:
        """Instant and version of the last write, if there is one.

        The case's row is held until the end of the transaction: whoever writes to the case comes one after another.
        """
        held = session.connection().execute(_HELD, {"case_id": request.case.case_id}).one_or_none()
        if held is None:
            session.add(projection.new_row(request.case, request.now))
            session.flush()
        return (held.updated_at, held.version) if held and held.version else None

    def _believed(self, session: Session, request: RecordRequest) -> Use | None:
        """The use of the request's proof; None if the case itself writes.

        Raises BadProof unless the proof was issued for this decision and is used for the first time, in time. A use
        above the last confirmed fact belongs to an attempt of this very decision that was cut short: it began in time.
        """
        proof = request.proof
        if proof is None:
            return None
        if not request.facts:
            raise BadProof("proof.missing")
        fresh = DECISIONS[proof.action].fresh_sign_in
        token, ends = self.proofs.check(proof, request.case.case_id, fresh=fresh)
        found = session.connection().execute(_WHO_AND_USE, {"token": token, "account": proof.account}).one_or_none()
        if found is None or not found.active:
            raise BadProof("proof.account_closed")
        if any(role not in found.roles for role in proof.roles):
            raise BadProof("proof.role_lost")
        if found.number is None and utc_now() >= ends:
            raise BadProof("proof.expired")
        cut_short = found.number is not None and found.number >= request.facts[0].number
        if found.number is not None and not (cut_short and found.case_id == request.case.case_id):
            raise BadProof("proof.already_used")
        return Use(token, again=found.number is not None)

    def _free_proofs(self, session: Session, case_id: str, numbers: Sequence[int]) -> None:
        """A decision whose fact never came to be may still be made with its proof."""
        freed = update(UsedProof).where(col(UsedProof.case_id) == case_id, col(UsedProof.number).in_(numbers))
        session.execute(freed.values(number=_NO_FACT))

    def _let_go(self, session: Session, case_id: str) -> bool:
        """A closed case lets its person resign again; True the first time."""
        notice = session.get(Notice, case_id)
        if notice is None or notice.open_for is None:
            return False
        notice.open_for = None
        session.add(notice)
        return True


def _require_settled(session: Session, request: RecordRequest) -> None:
    """Raises Refusal if a department confirms without a word while customers, orders or receivables of its are open.

    Here, where the decision becomes true: the case knows only what was counted last, and whoever changes an entry holds
    the case's row as this write does. The reason that lets it pass is in the fact.
    """
    silent = {f.data.get("department") for f in request.facts if f.kind == APPROVAL and not f.data.get("note")}
    for clearance in request.case.clearances:
        if clearance.department not in silent or not clearance.portfolio:
            continue
        left = entries.open_of(session, request.case.case_id, clearance.portfolio)
        if left:
            raise conflict(
                "clearance.portfolio_open",
                customers=left.get(RecordKind.CUSTOMER, 0),
                orders=left.get(RecordKind.ORDER, 0),
                receivables=left.get(RecordKind.RECEIVABLE, 0),
                case=request.case.case_id,
            )
