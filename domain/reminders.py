"""When each thing that people were reminded of is reminded of next; `domain/agenda.py` says what waits for whom."""

from collections.abc import Set
from dataclasses import replace
from datetime import datetime

from domain.case import Case
from domain.obligations import Aftercare


def sent(case: Case, keys: Set[str], now: datetime) -> Case:
    """The case after reminders of the tasks with these keys."""
    calendar = case.agreed.calendar
    usual = calendar.opening_after(now, case.agreed.policy.remind_every)
    items = tuple(
        replace(i, remind_at=usual, reminders=i.reminders + 1) if f"item:{i.id}" in keys else i for i in case.items
    )
    clearances = tuple(
        replace(c, remind_at=calendar.opening_after(now, c.remind_every), reminders=c.reminders + 1)
        if f"clearance:{c.department}" in keys
        else c
        for c in case.clearances
    )
    grants = tuple(
        replace(g, remind_at=calendar.opening_after(now, 1), reminders=g.reminders + 1)
        if f"grant:{g.id}" in keys
        else g
        for g in case.grants
    )
    record = case.record
    if record is not None and any(key == "seal" or key.startswith("signature:") for key in keys):
        record = replace(record, remind_at=usual, reminders=record.reminders + 1)
    restraint = case.non_compete
    if restraint is not None and "non_compete" in keys:
        restraint = replace(restraint, remind_at=usual, reminders=restraint.reminders + 1)
    payments = tuple(
        replace(p, remind_at=usual, reminders=p.reminders + 1) if f"payment:{p.kind.value}" in keys else p
        for p in case.payments
    )
    claims = tuple(
        replace(d, remind_at=usual, reminders=d.reminders + 1) if f"deduction:{d.id}" in keys else d
        for d in case.deductions
    )
    left = case.aftercare and _left(case.aftercare, keys, usual)
    return replace(
        case,
        items=items,
        clearances=clearances,
        grants=grants,
        record=record,
        non_compete=restraint,
        payments=payments,
        deductions=claims,
        aftercare=left,
    )


def _left(found: Aftercare, keys: Set[str], usual: datetime) -> Aftercare:
    duties = tuple(
        replace(d, remind_at=usual, reminders=d.reminders + 1) if f"duty:{d.kind.value}" in keys else d
        for d in found.duties
    )
    months = found.compensations and tuple(
        replace(m, remind_at=usual, reminders=m.reminders + 1) if f"compensation:{m.month}" in keys else m
        for m in found.compensations
    )
    return replace(found, duties=duties, compensations=months)
