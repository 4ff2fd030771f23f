"""Industry packs: what there is, what choosing one would change, and choosing it."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from api.deps import AdministratorDep, EngineDep, HrOrAdministratorDep, IdempotencyKey
from api.errors import documented
from models.database import reading, utc_now
from models.decision_bodies import Body, Key
from models.idempotency import once, request_digest
from models.industries import choices
from models.industries.choices import IndustryDifference
from models.industries.packs import shipped
from models.industries.shapes import IndustryPack

router = APIRouter(tags=["company"])


class IndustryView(BaseModel):
    """A pack, whether it is in force, and what choosing it now would change."""

    in_force: bool
    version_in_force: int | None
    pack: IndustryPack
    difference: IndustryDifference


class ChooseIndustry(Body):
    """Puts a pack in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"industry": "logistics"}]})

    industry: Key


class IndustryChosen(BaseModel):
    """What is in force now, and what that changed."""

    industry: str
    version: int
    changed: IndustryDifference


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
                difference=choices.difference(session, pack),
            )
            for pack in shipped().values()
        ]


@router.post("/industry", summary="Choose the industry", responses=documented(400, 401, 403, 404, 413, 422))
def choose(body: ChooseIndustry, caller: AdministratorDep, engine: EngineDep, key: IdempotencyKey) -> IndustryChosen:
    """Publishes the pack's checklists as new versions and adjusts what a freeze takes. Running cases keep theirs.

    Checklists of the industry before are no longer given to new cases; general ones are. Choosing it again after new
    systems were connected, or after an upgrade, brings what has come since.
    """
    pack = choices.pack(body.industry)

    def act(session: Session) -> tuple[int, Any]:
        changed = choices.choose(session, pack, caller.account, utc_now())
        return 200, {"industry": pack.industry, "version": pack.version, "changed": changed.model_dump(mode="json")}

    digest = request_digest("POST /industry", body.model_dump(mode="json"))
    (_, answer), _ = once(engine, caller.account, key, digest, act)
    return IndustryChosen.model_validate(answer)
