"""The HTTP API: wiring only. `uvicorn --factory api.main:create_app`, or `api.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine
from temporalio.client import Client

import logs
from activities.assembly import plain, proofs
from activities.sealing import seals
from activities.trust import trust_if_founded
from api import errors
from api.codec import codec_server
from api.docs import docs
from api.gateway import Gateway
from api.middleware import RequestContext
from api.openapi import DescribedApp
from api.routes import (
    accounts,
    bundles,
    cases,
    company,
    decisions,
    evidence,
    health,
    inbox,
    industries,
    law,
    log,
    passkeys,
    session,
    signing,
    verification,
)
from api.routes.desk import (
    after,
    audit,
    capacities,
    carriers,
    commission,
    contacts,
    customers,
    exports,
    fields,
    files,
    imports,
    insight,
    orders,
    ownership,
    portfolio,
    preview,
    receivables,
    trail,
)
from api.trust import trust_routes
from config import Settings, settings
from models.codec import EncryptionCodec, ring
from models.database import connect
from temporal_client import connect_temporal

DESCRIPTION = """\
Wanbi (完璧) runs the departure of somebody who holds customers, orders, money or secrets as one durable case.

**Start**: `POST /api/v1/sign-in`, then send the token as `Authorization: Bearer …`.
**Every request that changes something** carries an `Idempotency-Key` that you choose: repeat it with the same key after
a lost answer, and it acts once. Only signing in and out, changing one's own password, and asking for a proof take none.
**Every failure** is a problem document (RFC 9457) with a stable `code` and texts in two languages.
**Decisions** answer at once. 202 means: not confirmed yet; repeat the request with the same key until it is answered,
or it may not have been carried out.
**Texts**: names, titles, reasons and notes hold no control characters, no zero-width characters and no marks that
change the direction of writing (422). Logins are kept and compared in lower case.
**The desk** (`/api/v1/desk`): you reach your own records and those of everybody below you, or all by role. What is out
of reach is not there (404); what your rights don't allow now is refused (403) and noted. Reads are logged, with a
`purpose`.
**Questions to the law** (`/api/v1/law`) change nothing and take no key.
**Lists** are paged by `cursor`.
"""


def create_app(
    config: Settings | None = None,
    engine: Engine | None = None,
    client: Client | None = None,
) -> FastAPI:
    """The application. Tests hand in engine and client; otherwise both are made from the settings."""
    chosen = config or settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        logs.configure(chosen.log_level)
        app.state.settings = chosen
        app.state.engine = engine or connect(chosen.url)
        app.state.trust = await run_in_threadpool(trust_if_founded, chosen, app.state.engine)
        connected = client or await connect_temporal(chosen, lazy=True)
        app.state.gateway = Gateway(connected, proofs(chosen))
        app.state.seals = seals(app.state.trust)
        yield

    app = DescribedApp(
        title="Wanbi 完璧",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,  # these pages of FastAPI load their scripts from servers elsewhere
        redoc_url=None,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.add_middleware(RequestContext)
    errors.install(app)
    v1 = APIRouter(prefix="/api/v1")
    desk: tuple[Any, ...] = (ownership, customers, contacts, orders, trail, files, receivables, carriers, audit)
    sheets: tuple[Any, ...] = (imports, exports, fields)
    handover: tuple[Any, ...] = (portfolio, capacities)
    figures: tuple[Any, ...] = (preview, insight, commission, after)
    case: tuple[Any, ...] = (session, passkeys, inbox, cases, evidence, bundles, log, decisions, signing)
    parts = (*case, *desk, *sheets, *handover, *figures, company, industries, law, accounts)
    for part in parts:
        v1.include_router(part.router)
    app.include_router(v1)
    app.include_router(health.router)
    app.include_router(verification.router)
    app.include_router(docs(app))
    codec = EncryptionCodec(ring(plain(chosen.payload_keys)), chosen.payload_key)
    app.routes.append(codec_server(codec, chosen.temporal_ui_url))
    app.routes.extend(trust_routes())
    return app


def __getattr__(name: str) -> FastAPI:
    """`api.main:app` for servers that want a module attribute; made on first use, so that imports have no effect."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
