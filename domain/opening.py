"""How a case opens: with a plan, to which it is pinned from then on."""

from dataclasses import replace
from datetime import datetime

from domain import checklist, clearances, freezing, non_compete
from domain.case import Case, Stage
from domain.change import Change, Fact, Notification
from domain.plan import Plan
from domain.rights import Freeze, SystemAccess


def plan_missing(case: Case, problem: str, hr: str, now: datetime) -> Change:
    """No plan can be made of the company's data as it stands: a person has to mend it. Nothing is frozen meanwhile."""
    fact = Fact("PlanMissing", now, data={"because": problem})
    return Change(replace(case, plan_problem=problem), (fact,), (Notification("plan_missing", (hr,), (problem,)),))


def open_case(case: Case, plan: Plan, now: datetime) -> Change:
    """Pins the plan: from here on templates, policies and legal answers no longer change for this case."""
    opened = replace(
        case,
        plan=plan,
        plan_problem="",
        non_compete=non_compete.from_plan(plan.non_compete, plan.calendar.opening_after(now, plan.policy.remind_every)),
        freeze=Freeze(plan.freeze.scope, plan.freeze.basis, plan.freeze.waits_for_counsel),
        last_day=plan.last_day,
        stage=Stage.FREEZING,
        systems=tuple(
            SystemAccess(s.system, held=s.held, frozen=s.frozen, limited=s.limited, desired=s.held, observed=None)
            for s in plan.systems
        ),
        items=checklist.from_plan(plan, now),
        clearances=clearances.from_plan(plan),
    )
    facts = [
        Fact(
            "CaseOpened",
            now,
            plan.hr,
            data={
                "arrived_at": case.arrived_at.isoformat(),
                "last_day": plan.last_day.isoformat(),
                "earliest_last_day": plan.earliest_last_day.isoformat(),
                "template": plan.template,
                "template_version": plan.template_version,
                "systems": tuple(s.system for s in plan.systems),
                "items": tuple(item.id for item in plan.items),
                # Absent where the plan has none: a case from before tells the same fact when it is replayed.
                **({"notice_sha256": plan.notice_sha256} if plan.notice_sha256 else {}),
            },
        )
    ]
    facts += [
        Fact(
            "LawAsked",
            now,
            data={
                "rule": law.rule_id,
                "citation": law.citation,
                "answer": law.answer,
                "pack": law.pack,
                "pack_version": law.pack_version,
                "action": law.action,
                "reason": law.reason,
            },
        )
        for law in (*plan.law, *plan.freeze.law, *(plan.non_compete.law if plan.non_compete else ()))
    ]
    told = tuple(dict.fromkeys(a for a in (plan.leaver, plan.witness, plan.receiver) if a))
    asked = clearances.open_all(opened, now)
    change = Change(opened, tuple(facts), (Notification("case_opened", told),))
    return change.then(freezing.announce(opened, now)).then(asked)
