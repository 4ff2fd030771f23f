"""What routes ask for: the database, the gateway, the person asking, the idempotency key. Typed aliases, no logic.

Dependencies that don't wait for anything are `async`, so that they cost no thread.
"""

from typing import Annotated, cast

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Engine

from activities.assembly import plain
from activities.trust import Trust
from api.errors import Problem
from api.gateway import Gateway
from api.signing.codes import CodeKeys
from api.signing.room import Room
from config import Settings
from domain.law.rules import Review
from domain.people import Role
from models import accounts, legal_facts
from models.accounts import Caller
from models.database import reading
from models.evidence.packing import Seals
from models.forms import IDEMPOTENCY_KEY
from typesetting.typesetter import Typesetter

_bearer = HTTPBearer(auto_error=False, description="The token that POST /api/v1/sign-in answers with.")


async def _engine(request: Request) -> Engine:
    return cast(Engine, request.app.state.engine)


async def _gateway(request: Request) -> Gateway:
    return cast(Gateway, request.app.state.gateway)


async def _settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


EngineDep = Annotated[Engine, Depends(_engine)]
GatewayDep = Annotated[Gateway, Depends(_gateway)]
SettingsDep = Annotated[Settings, Depends(_settings)]


async def _room(engine: EngineDep, settings: SettingsDep, request: Request) -> Room:
    trust = cast(Trust | None, request.app.state.trust)
    keys = CodeKeys(plain(settings.proof_keys), settings.proof_key)
    return Room(engine, trust, Typesetter(settings.fonts), settings, keys)


RoomDep = Annotated[Room, Depends(_room)]
"""Where documents are signed."""


async def _review(settings: SettingsDep) -> Review:
    return legal_facts.review(settings.environment, settings.law_overrides)


ReviewDep = Annotated[Review, Depends(_review)]
"""How far this installation trusts the rules of law."""


async def _token(credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]) -> str:
    if credentials is None or not credentials.credentials:
        raise Problem(401, "api.sign_in_first", headers={"www-authenticate": "Bearer"})
    return credentials.credentials


TokenDep = Annotated[str, Depends(_token)]


def _caller(engine: EngineDep, token: TokenDep) -> Caller:
    with reading(engine) as session:
        caller = accounts.caller_of(session, token)
    if caller is None:
        raise Problem(401, "api.token_not_valid", headers={"www-authenticate": 'Bearer error="invalid_token"'})
    return caller


CallerDep = Annotated[Caller, Depends(_caller)]


async def _seals(request: Request) -> Seals | None:
    return cast("Seals | None", request.app.state.seals)


SealsDep = Annotated[Seals | None, Depends(_seals)]
"""The company's seal and who stamps; empty if they are not set up."""


class Requires:
    """Lets only people with one of these roles pass."""

    def __init__(self, *roles: Role) -> None:
        self._roles = roles

    async def __call__(self, caller: CallerDep) -> Caller:
        if not caller.has(*self._roles):
            raise Problem(403, "api.role_needed", roles=", ".join(self._roles))
        return caller


HrDep = Annotated[Caller, Depends(Requires(Role.HR))]
AdministratorDep = Annotated[Caller, Depends(Requires(Role.ADMINISTRATOR))]
HrOrAdministratorDep = Annotated[Caller, Depends(Requires(Role.HR, Role.ADMINISTRATOR))]
AuditorDep = Annotated[Caller, Depends(Requires(Role.AUDITOR, Role.HR, Role.COUNSEL))]


_Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=128,
        pattern=IDEMPOTENCY_KEY,
        description="Chosen by the caller, new for each intention (a UUID is good). The same key never acts twice: "
        "repeat a request with it after a time-out or a lost answer.",
        examples=["5f0f6b1e-6a53-4d2e-9a65-0a3c1f1d7b11"],
    ),
]


async def _one_key(request: Request, key: _Key) -> str:
    if len(request.headers.getlist("idempotency-key")) > 1:
        raise Problem(422, "api.one_key_only")
    return key


IdempotencyKey = Annotated[str, Depends(_one_key)]
