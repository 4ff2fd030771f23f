"""Evidence bundles: everything a case can be proved by in one file that anybody verifies without Wanbi (S4.5)."""

import hashlib
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, StringConstraints

from activities.assembly import tree_signer
from api.deps import CallerDep, EngineDep, IdempotencyKey, SealsDep, SettingsDep
from api.errors import Problem, documented
from api.routes.cases import CaseId
from api.routes.evidence import repr_digest
from api.routes.log import alarmed
from domain.errors import conflict
from models.database import reading
from models.evidence import bundles
from models.evidence.bundles import Bundler
from models.evidence.tables import EvidenceBundle
from models.forms import LINE
from models.idempotency import remember, request_digest, reserve

router = APIRouter(prefix="/cases/{case_id}", tags=["evidence"])
_ID = r"^[0-9a-f]{32}$"


class BundleOrder(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"purpose": "劳动仲裁 (2026) 第 118 号，举证"}]}
    )

    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=LINE)]
    """What it is needed for; it stands in the bundle and in the case's chain."""


class BundleLine(BaseModel):
    """A bundle that was made."""

    id: str
    at: datetime
    by: str
    purpose: str
    sha256: str
    size: int
    log_size: int
    """How many entries the log had whose tree head proves it."""


@router.post(
    "/bundle",
    status_code=201,
    summary="Make an evidence bundle",
    responses=documented(400, 401, 403, 404, 409, 413, 422, 503),
)
def make_bundle(
    case_id: CaseId,
    body: BundleOrder,
    caller: CallerDep,
    engine: EngineDep,
    settings: SettingsDep,
    seals: SealsDep,
    key: IdempotencyKey,
) -> BundleLine:
    """For HR, counsel and auditors. Signs the log as it is, and proves every fact of the case by it.

    The file is read with `GET /cases/{case_id}/bundles/{bundle_id}`, and verified with `python -m verifier` or at
    `/verify`. That it was made, by whom and for what is a fact of the case. Papers that the person asking may not read
    are named by their hash, and other people's personal data are masked.
    """
    if seals is None:
        raise conflict("bundle.no_seal")
    before = reserve(engine, caller.account, key, request_digest(f"POST /cases/{case_id}/bundle", body.purpose))
    if before is not None:
        return BundleLine.model_validate(before[1])
    bundler = Bundler(engine, settings.employer, tree_signer(settings), seals)
    named = hashlib.sha256(f"{caller.account}\n{key}".encode()).hexdigest()[:32]
    try:
        with alarmed(engine):
            made = bundler.export(named, case_id, caller, body.purpose)
    except OSError as error:
        raise Problem(503, "bundle.nobody_stamps") from error
    line = _line(made)
    remember(engine, caller.account, key, (201, line.model_dump(mode="json")))
    return line


@router.get("/bundles", summary="Evidence bundles of a case", responses=documented(401, 403, 404, 422))
def list_bundles(case_id: CaseId, caller: CallerDep, engine: EngineDep) -> list[BundleLine]:
    """Who took the evidence of the case out of the house, when and for what; the newest first."""
    with reading(engine) as session:
        return [_line(row) for row in bundles.listed(session, case_id, caller)]


@router.get(
    "/bundles/{bundle_id}",
    summary="An evidence bundle",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/zip": {}}, "description": "The bundle, byte for byte"},
        **documented(401, 403, 404, 422),
    },
)
def read_bundle(
    case_id: CaseId, bundle_id: Annotated[str, Path(pattern=_ID)], caller: CallerDep, engine: EngineDep
) -> StreamingResponse:
    """As it was made, however often it is read; `Repr-Digest` carries its SHA-256."""
    with reading(engine) as session:
        found = bundles.kept(session, case_id, bundle_id, caller)
    name = quote(f"证据包-{case_id}.zip", safe="")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
        "content-length": str(found.size),
        "repr-digest": repr_digest(found.sha256),
    }
    return StreamingResponse(bundles.stored(engine, bundle_id), media_type="application/zip", headers=headers)


def _line(row: EvidenceBundle) -> BundleLine:
    return BundleLine.model_validate(row, from_attributes=True)
