"""What an engineer sees of a case in the Temporal UI: current details in plain words, search attributes. Ids only."""

from datetime import UTC, datetime, time
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

from domain import access, agenda
from domain.case import CLOSED_STAGES, Case
from workflows import ids


class Showcase:
    def __init__(self) -> None:
        self.case: Case | None = None
        """The case as it was shown last."""
        self._shown: tuple[object, ...] = ()

    def show(self, case: Case, at: datetime) -> None:
        """Details cost no history event; attributes are upserted only when one has changed."""
        self.case = case
        workflow.set_current_details(details(case))
        if case.plan is None:
            return
        wanted = (case.stage.value, case.last_day, _pending(case), agenda.overdue(case, at))
        if wanted == self._shown:
            return
        updates: list[SearchAttributeUpdate[Any]] = []
        if wanted[0] != (self._shown[0] if self._shown else None):
            updates.append(ids.STAGE.value_set(wanted[0]))
        if not self._shown or wanted[1] != self._shown[1]:
            noon = datetime.combine(case.final_day, time(12, 0), tzinfo=UTC)
            updates.append(ids.LAST_DAY.value_set(noon))
        if not self._shown or wanted[2] != self._shown[2]:
            updates.append(ids.PENDING.value_set(wanted[2]))
        if not self._shown or wanted[3] != self._shown[3]:
            updates.append(ids.OVERDUE.value_set(wanted[3]))
        workflow.upsert_search_attributes(updates)
        self._shown = wanted


def _pending(case: Case) -> tuple[str, ...]:
    if case.stage in CLOSED_STAGES:
        return ()
    return tuple(task.subject for task in agenda.tasks(case) if task.key.startswith("clearance:"))


def details(case: Case) -> str:
    """Markdown: stage, last day, what waits for whom, which systems follow."""
    lines = [f"**Stage**: {case.stage.value}"]
    if case.plan is None:
        waits = "Waiting for the plan: template, approvers, systems, law."
        return "\n".join([*lines, waits, *([f"**Missing**: {case.plan_problem}"] if case.plan_problem else [])])
    lines.append(f"**Last day**: {case.final_day.isoformat()} ({case.agreed.calendar.zone})")
    if case.hold is not None:
        lines.append("**Legal hold**: the case may not close.")
    tasks = agenda.tasks(case)
    lines.append(f"\n**Waiting for people** ({len(tasks)})")
    lines += [f"- {task.kind} `{task.subject}`: {', '.join(task.accounts) or 'nobody'}" for task in tasks]
    lines.append("\n**Systems**")
    for system in case.systems:
        state = "read back" if system.verified else "NOT verified"
        lines.append(
            f"- {'[x]' if system.verified else '[ ]'} {system.system}: {system.operation.value}, {state}"
            + (f" ({system.last_problem})" if system.last_problem else "")
        )
    if case.gaps:
        lines.append("\n**Gaps**")
        lines += [f"- {gap.kind} {gap.subject}: {gap.detail}" for gap in case.gaps]
    lines += _payments(case)
    lines += _afterwards(case)
    unverified = access.unverified(case)
    if unverified:
        lines.append(f"\n{len(unverified)} system(s) still retried without limit.")
    return "\n".join(lines)


def _payments(case: Case) -> list[str]:
    lines = ["\n**Payments at the end**"] if case.payments else []
    for payment in case.payments:
        if payment.paid_on:
            state = f"paid {payment.paid_on.isoformat()}"
        elif payment.settled:
            state = "not owed"
        else:
            state = f"due {payment.due.isoformat()}" + (", OVERDUE" if payment.overdue_at else "")
        lines.append(f"- {'[x]' if payment.settled else '[ ]'} {payment.kind.value}: {state}")
    lines += [f"- deduction {one.id}: {one.status.value}" for one in case.deductions]
    return lines


def _afterwards(case: Case) -> list[str]:
    found = case.aftercare
    if found is None:
        return []
    lines = [f"\n**After the last day** (claims until {found.arbitration_until.isoformat()})"]
    for duty in found.duties:
        done = f"done {duty.done_on.isoformat()}" if duty.done_on else f"due {duty.due.isoformat()}"
        lines.append(f"- {'[x]' if duty.done_on else '[ ]'} {duty.kind.value}: {done}")
    owed = [month for month in found.compensations or () if not month.settled]
    if owed:
        lines.append(f"- [ ] non-compete: {len(owed)} month(s) left, the next due {owed[0].due.isoformat()}")
    if found.restricted_at is not None:
        lines.append(f"- only stored since {found.restricted_at.date().isoformat()}")
    for file in found.files:
        state = "erased" if file.erased_at else f"kept until {file.until.isoformat()}"
        lines.append(f"- {'[x]' if file.erased_at else '[ ]'} {file.kind.value}: {state}")
    return lines
