"""Which industry is in force, and choosing another one. Running cases keep what they began with."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from domain.errors import invalid, not_found
from models.desk.paging import Paged, page
from models.industries.difference import Effect, IndustryDifference, difference
from models.industries.packs import shipped
from models.industries.shapes import ExtraField, FieldOf, IndustryPack
from models.industries.shapes import Template as PackTemplate
from models.industries.tables import IndustryChoice
from models.tables import Account, SystemRight, Template

AT_SET_UP = "set-up"


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


def history(session: Session, limit: int, cursor: str | None) -> Paged:
    """Rows of (IndustryChoice, name of who made it, if that was a person), the newest first."""
    query = select(IndustryChoice, Account.name).join(Account, col(Account.id) == col(IndustryChoice.by), isouter=True)
    place = (col(IndustryChoice.at), col(IndustryChoice.id))
    return page(session, query, place, (datetime, str), limit, cursor, descending=True)


def would_change(session: Session, wanted: IndustryPack, replace: Collection[str] = ()) -> IndustryDifference:
    """What choosing the pack would change now."""
    chosen = in_force(session)
    return difference(session, wanted, chosen.industry if chosen else None, replace)


def choose(
    session: Session,
    wanted: IndustryPack,
    by: str,
    now: datetime,
    reason: str = AT_SET_UP,
    replace: Collection[str] = (),
) -> IndustryDifference:
    """Puts the pack in force: publishes its checklists, adjusts what a freeze takes; tells what that changed.

    Checklists that the company has changed itself stay, unless `replace` names them. Chosen again, it changes nothing
    that is as the pack has it, and leaves no entry. Raises Refusal if the pack has no checklist that `replace` names.
    """
    bodies = {template.key: template for template in wanted.templates}
    if strange := [key for key in replace if key not in bodies]:
        raise invalid("industry.no_such_checklist", checklist=strange[0], known=", ".join(bodies))
    last = in_force(session)
    changes = would_change(session, wanted, replace)
    _publish(session, bodies, changes, now)
    _mark(session, wanted, changes)
    is_new = last is None or (last.industry, last.version) != (wanted.industry, wanted.version)
    if is_new or changes.changes_something:
        said = changes.model_dump(mode="json")
        session.add(
            IndustryChoice(industry=wanted.industry, version=wanted.version, at=now, by=by, reason=reason, changed=said)
        )
    session.flush()
    return changes


def _publish(session: Session, bodies: Mapping[str, PackTemplate], changes: IndustryDifference, now: datetime) -> None:
    for change in changes.templates:
        if change.effect in (Effect.PUBLISHED, Effect.NEW_VERSION):
            found = bodies[change.key]
            body = found.body.model_dump(mode="json")
            session.add(
                Template(key=found.key, version=change.version, industry=found.industry, body=body, published_at=now)
            )


def _mark(session: Session, wanted: IndustryPack, changes: IndustryDifference) -> None:
    names = {(right.system, right.right): right.name for right in wanted.rights}
    for change in changes.rights:
        right = session.get(SystemRight, (change.system, change.right))
        if right is None:
            zh, en = names[change.system, change.right]
            right = SystemRight(system=change.system, right=change.right, name_zh=zh, name_en=en)
        right.frozen_on_notice, right.protects_data = change.after.frozen_on_notice, change.after.protects_data
        session.add(right)
