"""Industry packs: what there is, what choosing one would change, choosing it, and who chose what when."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.deps import AdministratorDep, EngineDep, HrOrAdministratorDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import Cursor, Limit
from models.database import reading, utc_now
from models.decision_bodies import Body
from models.fields import Key, RequiredReason
from models.idempotency import once, request_digest
from models.industries import choices
from models.industries.difference import IndustryDifference
from models.industries.packs import shipped
from models.industries.shapes import IndustryPack
from models.views import Page

router = APIRouter(tags=["company"])


class IndustryView(BaseModel):
    """A pack, whether it is in force, and what choosing it now would change."""

    in_force: bool
    version_in_force: int | None
    pack: IndustryPack
    difference: IndustryDifference


class ChooseIndustry(Body):
    """Puts a pack in force."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"industry": "logistics", "reason": "公司主营业务为国际货运。"}]}
    )

    industry: Key
    reason: RequiredReason
    replace: Annotated[tuple[Key, ...], Field(max_length=100)] = ()
    """Checklists that the company has changed itself, and that the pack's are to take the place of."""


class IndustryChosen(BaseModel):
    """What is in force now, and what that changed."""

    industry: str
    version: int
    changed: IndustryDifference


class ChoiceLine(IndustryChosen):
    """A choice that was made. Nobody is named if it was made at set-up."""

    id: str
    at: datetime
    by: str
    by_name: str | None
    reason: str


@router.get("/industries", summary="Industry packs", responses=documented(401, 403))
def industries(caller: HrOrAdministratorDep, engine: EngineDep) -> list[IndustryView]:
    """Checklists, fields, jobs, and which rights a freeze takes; with the difference to what is in force."""
    with reading(engine) as session:
        chosen = choices.in_force(session)
        return [
            IndustryView(
                in_force=chosen is not None and chosen.industry == pack.industry,
                version_in_force=chosen.version if chosen and chosen.industry == pack.industry else None,
                pack=pack,
                difference=choices.would_change(session, pack),
            )
            for pack in shipped().values()
        ]


@router.get("/industries/choices", summary="Which industry was chosen when", responses=documented(401, 403, 422))
def list_choices(
    caller: HrOrAdministratorDep, engine: EngineDep, limit: Limit = 50, cursor: Cursor = None
) -> Page[ChoiceLine]:
    """By whom, why, and what that changed; the newest first. No entry is ever changed."""
    with reading(engine) as session:
        rows, after = choices.history(session, limit, cursor)
        return Page(items=[ChoiceLine(**row.model_dump(), by_name=name) for row, name in rows], next=after)


@router.post("/industries/choices", summary="Choose the industry", responses=documented(400, 401, 403, 404, 413, 422))
def choose(body: ChooseIndustry, caller: AdministratorDep, engine: EngineDep, key: IdempotencyKey) -> IndustryChosen:
    """Publishes the pack's checklists as new versions and adjusts what a freeze takes. Open cases keep theirs.

    A checklist that the company has changed itself stays in force, unless it is named. Those of the industry before are
    no longer given to new cases; general ones are. Choosing it again after new systems were connected, or after an
    upgrade, brings what has come since.
    """
    pack = choices.pack(body.industry)

    def act(session: Session) -> tuple[int, Any]:
        changed = choices.choose(session, pack, caller.account, utc_now(), body.reason, body.replace)
        return 200, {"industry": pack.industry, "version": pack.version, "changed": changed.model_dump(mode="json")}

    digest = request_digest("POST /industries/choices", body.model_dump(mode="json"))
    (_, answer), _ = once(engine, caller.account, key, digest, act)
    return IndustryChosen.model_validate(answer)
