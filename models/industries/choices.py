"""Which industry is in force, and what choosing another one changes. Running cases keep what they began with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from domain.errors import not_found
from models.industries.packs import GENERAL, shipped
from models.industries.shapes import ExtraField, FieldOf, FreezeRight, IndustryPack
from models.industries.shapes import Template as PackTemplate
from models.industries.tables import IndustryChoice
from models.tables import ConnectedSystem, Department, SystemRight, Template

AT_SET_UP = "set-up"


class IndustryDifference(BaseModel):
    """What is not yet as the pack has it."""

    templates: list[str] = Field(description="Checklists of which choosing it publishes a new version")
    rights: list[str] = Field(
        description="Rights that are added, or frozen differently on notice, from the next case on"
    )
    missing_systems: list[str] = Field(description="Systems of its rights that are not connected here; left out")
    missing_departments: list[str] = Field(description="Departments that its checklists ask, and that are not here")
    retired_templates: list[str] = Field(description="Checklists of the industry before, which new cases no longer get")


def pack(industry: str) -> IndustryPack:
    """The pack of an industry. Raises Refusal if there is none."""
    found = shipped().get(industry)
    if found is None:
        raise not_found("industry.unknown", industry=industry, known=", ".join(shipped()))
    return found


def in_force(session: Session) -> IndustryChoice | None:
    """The last choice, if there was any."""
    query = select(IndustryChoice).order_by(col(IndustryChoice.at).desc(), col(IndustryChoice.id).desc())
    return session.exec(query.limit(1)).first()


def fields(session: Session, of: FieldOf) -> Sequence[ExtraField]:
    """The fields that records of this kind have now."""
    chosen = in_force(session)
    return [field for field in pack(chosen.industry).fields if field.of is of] if chosen else []


def difference(session: Session, wanted: IndustryPack) -> IndustryDifference:
    """What choosing the pack would change."""
    newest, systems = _newest(session), set(session.exec(select(ConnectedSystem.key)).all())
    departments = set(session.exec(select(Department.key)).all())
    own = {template.key for template in wanted.templates}
    asked = {
        department
        for template in wanted.templates
        for department in (*template.body.departments, *(c.department for c in template.body.clearances))
    }
    return IndustryDifference(
        templates=[template.key for template in wanted.templates if not _is_newest(template, newest)],
        rights=[f"{right.system}:{right.right}" for right in wanted.rights if _differs(session, right, systems)],
        missing_systems=sorted({right.system for right in wanted.rights} - systems),
        missing_departments=sorted(asked - departments),
        retired_templates=sorted(
            row.key for row in newest.values() if row.industry not in (GENERAL, wanted.industry) and row.key not in own
        ),
    )


def choose(session: Session, wanted: IndustryPack, by: str, now: datetime) -> IndustryDifference:
    """Puts the pack in force: publishes its checklists, adjusts what a freeze takes; tells what that changed.

    Chosen again, it changes nothing that is as the pack has it.
    """
    changes = difference(session, wanted)
    newest, systems = _newest(session), set(session.exec(select(ConnectedSystem.key)).all())
    for template in wanted.templates:
        if not _is_newest(template, newest):
            before = newest.get(template.key)
            session.add(
                Template(
                    key=template.key,
                    version=before.version + 1 if before else 1,
                    industry=template.industry,
                    body=template.body.model_dump(mode="json"),
                    published_at=now,
                )
            )
    for right in wanted.rights:
        if _differs(session, right, systems):
            _put(session, right)
    last = in_force(session)
    if last is None or (last.industry, last.version) != (wanted.industry, wanted.version):
        session.add(IndustryChoice(industry=wanted.industry, version=wanted.version, at=now, by=by))
    session.flush()
    return changes


def _newest(session: Session) -> dict[str, Template]:
    rows = session.exec(select(Template).order_by(col(Template.key), col(Template.version))).all()
    return {row.key: row for row in rows}


def _is_newest(template: PackTemplate, newest: dict[str, Template]) -> bool:
    found = newest.get(template.key)
    wanted: Any = (template.body.model_dump(mode="json"), template.industry)
    return found is not None and (found.body, found.industry) == wanted


def _differs(session: Session, right: FreezeRight, systems: set[str]) -> bool:
    if right.system not in systems:
        return False
    found = session.get(SystemRight, (right.system, right.right))
    return found is None or (found.frozen_on_notice, found.protects_data) != (
        right.frozen_on_notice,
        right.protects_data,
    )


def _put(session: Session, right: FreezeRight) -> None:
    found = session.get(SystemRight, (right.system, right.right))
    if found is None:
        found = SystemRight(system=right.system, right=right.right, name_zh=right.name[0], name_en=right.name[1])
    found.frozen_on_notice, found.protects_data = right.frozen_on_notice, right.protects_data
    session.add(found)
