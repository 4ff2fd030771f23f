"""Liveness, readiness, metrics: for supervisors, load balancers and Prometheus."""

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from api.deps import EngineDep, GatewayDep

router = APIRouter(tags=["health"])


class Readiness(BaseModel):
    """Pages and lists need the database only; decisions need the engine as well."""

    database: bool
    engine: bool


@router.get("/health/live", summary="The process answers")
def live() -> dict[str, str]:
    """Nothing else is looked at: restart the process if this does not answer."""
    return {"status": "alive"}


@router.get(
    "/health/ready",
    summary="The parts it needs answer",
    responses={503: {"model": Readiness, "description": "The database does not answer"}},
)
async def ready(engine: EngineDep, gateway: GatewayDep, response: Response) -> Readiness:
    """503 if the database is away. An absent engine is said, and is no reason to take the API out of service."""
    found = Readiness(database=await run_in_threadpool(_answers, engine), engine=await gateway.reachable())
    if not found.database:
        response.status_code = 503
    return found


@router.get("/metrics", summary="Prometheus metrics", include_in_schema=False)
def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _answers(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
