"""What choosing an industry would change: checklist by checklist, right by right."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from pydantic import BaseModel, Field
from sqlmodel import Session, col, func, select

from models.industries.packs import GENERAL
from models.industries.shapes import FreezeRight, IndustryPack
from models.industries.tables import IndustryChoice
from models.tables import CaseView, ConnectedSystem, Department, SystemRight, Template


class Effect(StrEnum):
    """What becomes of a checklist. Open cases keep the version that they began with, whatever it is."""

    PUBLISHED = "published"
    """It is new here."""
    NEW_VERSION = "new_version"
    """The version before is no longer given to new cases."""
    KEPT = "kept"
    """The company has a version of its own, which stays in force."""
    IN_USE_AGAIN = "in_use_again"
    """It was there, for an industry that was not in force."""
    RETIRED = "retired"
    """It belongs to another industry, and is no longer given to new cases."""


class TemplateChange(BaseModel):
    key: str
    effect: Effect
    version: int = Field(description="In force then; of a retired one, its last")


class Freeze(BaseModel):
    """What a freeze does about a right."""

    frozen_on_notice: bool
    protects_data: bool


class RightChange(BaseModel):
    system: str
    right: str
    before: Freeze | None = Field(description="Nothing, if the right is new here")
    after: Freeze


class IndustryDifference(BaseModel):
    """What is not yet as the pack has it."""

    templates: list[TemplateChange] = Field(description="What becomes of checklists; those that stay are left out")
    rights: list[RightChange] = Field(description="What a freeze takes from then on, in cases that are opened then")
    missing_systems: list[str] = Field(description="Systems of its rights that are not connected here: left out")
    missing_departments: list[str] = Field(
        description="Departments that its checklists ask and that are not here: what they would confirm goes to HR"
    )
    open_cases: int = Field(description="So many are under way. None of them is changed")

    @property
    def changes_something(self) -> bool:
        return bool(self.rights) or any(change.effect is not Effect.KEPT for change in self.templates)


def difference(
    session: Session, wanted: IndustryPack, before: str | None, replace: Collection[str] = ()
) -> IndustryDifference:
    """What choosing the pack would change, the industry `before` being in force.

    Checklists that the company has changed itself stay, unless `replace` names them.
    """
    systems = set(session.exec(select(ConnectedSystem.key)).all())
    asked = {clearance.department for one in wanted.templates for clearance in one.body.clearances}
    asked |= {department for one in wanted.templates for department in one.body.departments}
    return IndustryDifference(
        templates=_templates(session, wanted, before, replace),
        rights=[change for right in wanted.rights if right.system in systems and (change := _right(session, right))],
        missing_systems=sorted({right.system for right in wanted.rights} - systems),
        missing_departments=sorted(asked - set(session.exec(select(Department.key)).all())),
        open_cases=session.exec(select(func.count()).select_from(CaseView).where(CaseView.open)).one(),
    )


def _templates(
    session: Session, wanted: IndustryPack, before: str | None, replace: Collection[str]
) -> list[TemplateChange]:
    rows = session.exec(select(Template).order_by(col(Template.key), col(Template.version))).all()
    newest = {row.key: row for row in rows}
    own, packs = {template.key for template in wanted.templates}, _published(session)
    changes = []
    for template in wanted.templates:
        found = newest.get(template.key)
        if found is None:
            changes.append(TemplateChange(key=template.key, effect=Effect.PUBLISHED, version=1))
        elif (found.body, found.industry) == (template.body.model_dump(mode="json"), template.industry):
            if _is_idle(found.industry, before):
                changes.append(TemplateChange(key=found.key, effect=Effect.IN_USE_AGAIN, version=found.version))
        elif found.version in packs.get(found.key, ()) or found.key in replace:
            changes.append(TemplateChange(key=found.key, effect=Effect.NEW_VERSION, version=found.version + 1))
        else:
            changes.append(TemplateChange(key=found.key, effect=Effect.KEPT, version=found.version))
    for row in newest.values():
        goes = row.industry not in (GENERAL, wanted.industry) and row.key not in own
        if goes and not _is_idle(row.industry, before):
            changes.append(TemplateChange(key=row.key, effect=Effect.RETIRED, version=row.version))
    return changes


def _is_idle(industry: str, before: str | None) -> bool:
    """True if new cases do not get checklists of this industry as things are."""
    return before is not None and industry not in (GENERAL, before)


def _published(session: Session) -> Mapping[str, set[int]]:
    """Versions that were published by choosing an industry, by checklist: any other is the company's own."""
    found: dict[str, set[int]] = {}
    for changed in session.exec(select(IndustryChoice.changed)).all():
        for change in IndustryDifference.model_validate(changed).templates:
            if change.effect in (Effect.PUBLISHED, Effect.NEW_VERSION):
                found.setdefault(change.key, set()).add(change.version)
    return found


def _right(session: Session, wanted: FreezeRight) -> RightChange | None:
    found = session.get(SystemRight, (wanted.system, wanted.right))
    before = Freeze(**found.model_dump(include=set(Freeze.model_fields))) if found else None
    after = Freeze(**wanted.model_dump(include=set(Freeze.model_fields)))
    if before == after:
        return None
    return RightChange(system=wanted.system, right=wanted.right, before=before, after=after)
