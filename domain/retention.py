"""Until when the file of a case is kept: in use, then only stored, then erased (PIP-04, RET-01).

It is in use while anything is left to look after. Then nobody reads it any more but counsel, auditors and the former
employee. When its time is over it is erased: announced a month before, and never under a legal hold.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain import aftercare
from domain.caretakers import alarmed
from domain.case import Case
from domain.change import Change, Fact, FactValue, Notification
from domain.law.freeze import FreezeAnswer
from domain.law.periods import add_years
from domain.obligations import Aftercare, FileKind, KeptFile, RetentionPlan
from domain.plan import Plan
from domain.timezones import at_local, end_of, local_date

ANNOUNCED_BEFORE = timedelta(days=30)
"""So long before it is erased counsel and HR hear of it: time to place a legal hold."""
ERASED: dict[str, FactValue] = {"erased": True}
"""What stands in a fact whose content was erased; its hash, and so the chain, stays."""
_OF_NON_COMPETE = ("NonCompete", "Compensation")
_OF_ERASURE = (
    "FileRestricted",
    "ErasureAnnounced",
    "ErasureOrdered",
    "ErasureFailed",
    "ErasureDone",
    "FileErased",
    "FactVoided",
    "AftercareEnded",
)


def erases(file: FileKind, fact_kind: str, *, also_kept: tuple[FileKind, ...] = ()) -> bool:
    """True if a fact of this kind loses its content when `file` is erased while the files `also_kept` are not."""
    if file is FileKind.CONTRACT or fact_kind in _OF_ERASURE:
        return False
    of_non_compete = fact_kind.startswith(_OF_NON_COMPETE)
    return (
        of_non_compete if file is FileKind.NON_COMPETE else not (of_non_compete and FileKind.NON_COMPETE in also_kept)
    )


def restrict(case: Case, now: datetime) -> Change:
    """Nothing is left to look after: from here on the file is only stored."""
    found, plan = aftercare.of(case), _plan(case)
    before = {file.kind: file for file in found.files}
    files = tuple(
        before[kind] if kind in before and before[kind].erased_at else KeptFile(kind, until)
        for kind, until in (_times(case, plan) if plan else ())
    )
    data: dict[str, FactValue] = {
        "kept": tuple(f"{file.kind.value}:{file.until.isoformat()}" for file in files),
        "rule": "PIP-04",
    }
    changed = replace(found, restricted_at=now, files=files)
    return Change(replace(case, aftercare=changed), (Fact("FileRestricted", now, data=data),))


def over(case: Case, now: datetime) -> bool:
    """True if nothing is kept any more, or nobody knows for how long: nothing is left to wait for."""
    found = aftercare.lives(case)
    return found is not None and found.restricted_at is not None and all(file.erased_at for file in found.files)


def instants(case: Case) -> Iterator[datetime]:
    """When `advance` has something to do."""
    for file in _waiting(case):
        yield _announcement(case, file) if file.announced_at is None else _erasure(case, file)


def advance(case: Case, now: datetime) -> Change:
    """Announces an erasure, or orders it: the first that is due; nothing, if none is."""
    for file in _waiting(case):
        if file.announced_at is None and now >= _announcement(case, file):
            return _announced(case, file, now)
        if file.announced_at is not None and now >= _erasure(case, file):
            ordered = replace(file, ordered_at=now)
            data: dict[str, FactValue] = {"file": file.kind.value, "until": file.until.isoformat(), "rule": "RET-01"}
            return Change(_with(case, ordered), (Fact("ErasureOrdered", now, data=data),))
    return Change(case)


def due(case: Case) -> FileKind | None:
    """The file that has to be erased now; none under a legal hold."""
    found = aftercare.lives(case)
    if found is None or found.restricted_at is None or case.hold is not None:
        return None
    ordered = (file.kind for file in found.files if file.ordered_at is not None and file.erased_at is None)
    return next(ordered, None)


def kept(case: Case) -> tuple[FileKind, ...]:
    """What is still stored."""
    return tuple(file.kind for file in (case.aftercare.files if case.aftercare else ()) if file.erased_at is None)


def erased(case: Case, kind: FileKind, certificate: str, now: datetime) -> Change:
    """The file is gone, and its certificate lies ready; the case forgets what was in it."""
    file = next((file for file in aftercare.of(case).files if file.kind is kind and file.erased_at is None), None)
    if file is None:
        return Change(case)
    told = alarmed(case)
    done = _with(case, replace(file, erased_at=now, certificate=certificate))
    fact = Fact("ErasureDone", now, data={"file": kind.value, "certificate": certificate, "rule": "PIP-04"})
    note = Notification("file_erased", told, (kind.value,))
    return Change(done if kind is FileKind.CONTRACT else _forgotten(done), (fact,), (note,))


def failed(case: Case, kind: FileKind, problem: str, now: datetime) -> Change:
    """It could not be erased: HR and counsel are alarmed, and it is tried on without end."""
    fact = Fact("ErasureFailed", now, data={"file": kind.value, "because": problem, "rule": "PIP-04"})
    return Change(case, (fact,), (Notification("erasure_failed", alarmed(case), (kind.value, problem)),))


def case_file_erased(case: Case) -> bool:
    """True once the case remembers nothing of a person."""
    files = case.aftercare.files if case.aftercare else ()
    return any(file.kind is FileKind.CASE_FILE and file.erased_at is not None for file in files)


def held(case: Case) -> Case:
    """A legal hold came: what was announced is not erased, and is announced anew when the hold is lifted."""
    found = case.aftercare
    if found is None:
        return case
    files = tuple(
        replace(file, announced_at=None, ordered_at=None) if file.erased_at is None else file for file in found.files
    )
    return replace(case, aftercare=replace(found, files=files))


def _times(case: Case, plan: RetentionPlan) -> Iterator[tuple[FileKind, date]]:
    """What is kept, and until which day. A non-compete that is over sooner than the case's file is part of that."""
    case_file = add_years(case.final_day, plan.case_file_years)
    yield FileKind.CONTRACT, add_years(case.final_day, plan.contract_years)
    yield FileKind.CASE_FILE, case_file
    found = aftercare.of(case)
    months = found.compensations or ()
    if months:
        ended = found.non_compete_ended_on or max(month.due for month in months)
        restraint = add_years(ended, plan.non_compete_years)
        if restraint > case_file:
            yield FileKind.NON_COMPETE, restraint


def _waiting(case: Case) -> tuple[KeptFile, ...]:
    """Files whose erasure nobody has ordered yet; none while the file is in use, or under a legal hold."""
    found = aftercare.lives(case)
    if found is None or found.restricted_at is None or case.hold is not None:
        return ()
    return tuple(file for file in found.files if file.ordered_at is None)


def _announcement(case: Case, file: KeptFile) -> datetime:
    calendar = case.agreed.calendar
    return at_local(file.until - ANNOUNCED_BEFORE, calendar.opens_at, calendar.zone)


def _erasure(case: Case, file: KeptFile) -> datetime:
    over = end_of(file.until, case.agreed.calendar.zone)
    return max(over, file.announced_at + ANNOUNCED_BEFORE) if file.announced_at else over


def _announced(case: Case, file: KeptFile, now: datetime) -> Change:
    """Counsel and HR hear of it, and of what can still be claimed then (LIM-02, LIM-03)."""
    changed = replace(file, announced_at=now)
    on, plan = _erasure(case, changed), _plan(case)
    ends = ((rule, add_years(case.final_day, years)) for rule, years in (plan.claims if plan else ()))
    claims = tuple(f"{rule}:{end.isoformat()}" for rule, end in ends if end_of(end, case.agreed.calendar.zone) > on)
    data: dict[str, FactValue] = {"file": file.kind.value, "on": on.isoformat(), "claims": claims, "rule": "PIP-04"}
    fact = Fact("ErasureAnnounced", now, data=data)
    day = local_date(on, case.agreed.calendar.zone).isoformat()
    note = Notification("erasure_announced", alarmed(case), (file.kind.value, day))
    return Change(_with(case, changed), (fact,), (note,))


def _with(case: Case, changed: KeptFile) -> Case:
    found = aftercare.of(case)
    files = tuple(changed if file.kind is changed.kind else file for file in found.files)
    return replace(case, aftercare=replace(found, files=files))


def _forgotten(case: Case) -> Case:
    """The case without anything of a person: when it was, how it ended, and what became of its files."""
    found = aftercare.of(case)
    more = any(file.erased_at is None for file in found.files)
    return Case(
        case_id=case.case_id,
        employee_id="",
        arrived_at=case.arrived_at,
        stage=case.stage,
        plan=_bare(case.agreed, keep_people=more),
        last_day=case.last_day,
        closed_at=case.closed_at,
        aftercare=_without_people(found, keep_months=more),
        payments=tuple(replace(paid, paid_by="", reference="", dismissed_because="") for paid in case.payments),
    )


def _bare(plan: Plan, *, keep_people: bool) -> Plan:
    """`keep_people`: those who hear of what is left to erase."""
    nobody: tuple[str, ...] = ()
    return replace(
        plan,
        leaver="",
        witness="",
        receiver="",
        security=nobody,
        hr=plan.hr if keep_people else "",
        counsel=plan.counsel if keep_people else nobody,
        law=(),
        systems=(),
        items=(),
        clearances=(),
        freeze=FreezeAnswer(),
        non_compete=None,
    )


def _without_people(found: Aftercare, *, keep_months: bool) -> Aftercare:
    duties = tuple(replace(duty, done_by="", reference="") for duty in found.duties)
    return replace(found, duties=duties, compensations=found.compensations if keep_months else ())


def _plan(case: Case) -> RetentionPlan | None:
    plan = case.agreed.aftercare
    return plan.retention if plan else None
