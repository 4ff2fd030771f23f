"""How entries of a handover change: who receives them, and what the receivers, the witness and HR decide about them.

Every decision is one transaction: entries, changes of owner, one fact in the chain of the case, and the word that
makes the case count anew. Facts name no record: they tell how many, and carry the fingerprint of which.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, update
from sqlmodel import Session

from domain.desk import entries as rules
from domain.desk.assignment import AssignedBecause
from domain.desk.entries import ASSIGNABLE, Step
from domain.desk.records import PORTFOLIO, EntryState, RecordKind
from domain.errors import conflict, forbidden, not_found
from models import facts
from models.accounts import Caller
from models.database import table
from models.desk import assignments, entries, handover_people, takeover
from models.desk.assignments import Entry, Proposed
from models.desk.handover_people import Part
from models.desk.portfolio_bodies import AssignEntries, DecideEntries, EntryName
from models.desk.trail_tables import PortfolioEntry
from models.nominations import is_leaving
from models.tables import CaseView

ASSIGNED = "PortfolioAssigned"
DECIDED: dict[Step, str] = {
    Step.ACCEPT: "PortfolioAccepted",
    Step.REFUSE: "PortfolioRefused",
    Step.INTRODUCE: "PortfolioIntroduced",
    Step.CONFIRM: "PortfolioConfirmed",
    Step.WAIVE: "PortfolioWaived",
    Step.REOPEN: "PortfolioEntriesReopened",
}
_ENTRY = table(PortfolioEntry)


def assign(session: Session, case_id: str, caller: Caller, body: AssignEntries, now: datetime) -> Proposed:
    """Proposes entries to receivers, and tells them. Raises Refusal.

    What was named one by one is assigned as a whole or not at all; otherwise what nobody has room for stays without.
    """
    if not handover_people.part_of(session, case_id, caller).assigns:
        raise forbidden("portfolio.may_not_assign")
    if is_leaving(session, caller.employee_id):
        raise forbidden("portfolio.leaver_assigns_nothing")
    leaver = session.get_one(CaseView, case_id).employee_id
    people = handover_people.receivers(session, body.receivers, leaver)
    to = assignments.receivers(session, [employee for employee, _ in people])
    found = _to_be_assigned(session, case_id, body)
    beyond = bool(body.override_reason)
    proposed = assignments.propose(session, case_id, found, to, now, apart=bool(body.entries), beyond_capacity=beyond)
    if body.entries and proposed.unassigned:
        raise conflict("portfolio.no_room", count=proposed.unassigned)
    case = entries.hold_case(session, case_id)
    if not found:
        raise conflict("portfolio.nothing_to_assign")
    said = {**entries.told(found), "unassigned": proposed.unassigned, "override": body.override_reason}
    said |= {"receivers": list(proposed.receivers), "shares": list(proposed.receivers.values())}
    facts.append_foreign(session, case_id, ASSIGNED, caller.account, said, now)
    handover_people.invite(session, case, proposed.receivers, said["sha256"], now)
    return proposed


def decide(session: Session, case_id: str, caller: Caller, body: DecideEntries, now: datetime) -> dict[RecordKind, int]:
    """Carries one step out for all of these entries, or raises Refusal. Says how many changed, by kind.

    With an accepted customer its open orders and receivables are accepted, those that follow it, and become the
    receiver's as the customer does.
    """
    part = handover_people.part_of(session, case_id, caller)
    rules.require_reason(body.step, body.reason)
    if body.step is Step.ACCEPT:
        takeover.hold_records(session, body.entries)
    named = _named(session, case_id, body.entries)
    after = {entry: _next(part, body.step, entry) for entry in named}
    following = _followers(session, case_id, part, named) if body.step is Step.ACCEPT else []
    after |= dict.fromkeys(following, EntryState.DONE)
    case = entries.hold_case(session, case_id)
    if body.step is Step.REOPEN and (case.snapshot.get("record") or {}).get("sealed_at"):
        raise conflict("portfolio.record_sealed")
    before = entries.counts(session, case_id)
    if body.step is Step.ACCEPT:
        takeover.take_over(session, case, caller, named, following, now)
    for state in sorted(set(after.values())):
        _set(session, case_id, [entry for entry in after if after[entry] is state], state, body, now)
    said = {**entries.told(list(after)), "reason": body.reason}
    facts.append_foreign(session, case_id, DECIDED[body.step], caller.account, said, now)
    entries.tell_of_crossing(session, case_id, before, now)
    return {kind: sum(entry.kind == kind for entry in after) for kind in PORTFOLIO}


def _to_be_assigned(session: Session, case_id: str, body: AssignEntries) -> list[Entry]:
    if not body.entries:
        return assignments.waiting(session, case_id, also_proposed=body.also_proposed)
    found = _named(session, case_id, body.entries)
    for entry in found:
        if entry.state not in ASSIGNABLE:
            raise conflict("portfolio.not_assignable", state=entry.state)
    return found


def _named(session: Session, case_id: str, wanted: Sequence[EntryName]) -> list[Entry]:
    """These entries, held. Raises Refusal if there is no such entry, or one was changed since it was read."""
    versions = {(name.kind.value, name.record): name.version for name in wanted}
    found = assignments.named(session, case_id, list(versions))
    if len(found) < len(versions):
        raise not_found("portfolio.entry_unknown", count=len(versions) - len(found))
    stale = sum(versions[entry.kind, entry.record_id] != entry.version for entry in found)
    if stale:
        raise conflict("portfolio.changed_meanwhile", count=stale)
    return found


def _next(part: Part, step: Step, entry: Entry) -> EntryState:
    return rules.step(step, RecordKind(entry.kind), EntryState(entry.state), part.sides(entry.receiver))


def _followers(session: Session, case_id: str, part: Part, accepted: Sequence[Entry]) -> list[Entry]:
    """Orders and receivables that are proposed together with these customers, and not named themselves."""
    customers = [entry.customer_id for entry in accepted if entry.kind == RecordKind.CUSTOMER]
    which = and_(
        _ENTRY.c.customer_id.in_(customers),
        _ENTRY.c.kind != RecordKind.CUSTOMER.value,
        _ENTRY.c.state == EntryState.PROPOSED.value,
        _ENTRY.c.receiver == part.employee_id,
        _ENTRY.c.because != AssignedBecause.APART.value,
    )
    return [entry for entry in assignments.held(session, case_id, which) if entry not in accepted]


def _set(
    session: Session, case_id: str, found: Sequence[Entry], state: EntryState, body: DecideEntries, now: datetime
) -> None:
    values: dict[str, Any] = {
        "state": state.value,
        "reason": body.reason,
        "updated_at": now,
        "version": _ENTRY.c.version + 1,
    }
    if body.step is Step.ACCEPT:
        values["accepted_at"] = now
    if state is EntryState.REFUSED:
        values["because"] = ""  # whatever was said of the receiver is over: it is shared out with its customer again
    for kind in PORTFOLIO:
        ids = [entry.record_id for entry in found if entry.kind == kind]
        for some in entries.in_portions(ids):
            mine = update(_ENTRY).where(_ENTRY.c.case_id == case_id, _ENTRY.c.kind == kind.value)
            session.connection().execute(mine.where(_ENTRY.c.record_id.in_(some)).values(values))
