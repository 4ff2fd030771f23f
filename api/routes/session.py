"""Signing in and out, and one's own account."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from api import codec
from api.deps import CallerDep, EngineDep, SettingsDep, TokenDep
from api.errors import Problem, documented
from domain.errors import Refusal, invalid
from models import accounts
from models.accounts import hash_password
from models.database import reading, writing
from models.forms import TEXT
from models.passwords import GivenPassword, NewPassword
from models.tables import Account
from models.views import AccountLine

router = APIRouter(tags=["session"])


class SignIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"login": "hr.chen", "password": "wanbi-demo-2026"}]}
    )

    login: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=TEXT)]
    password: GivenPassword


class SignedIn(BaseModel):
    token: str
    """Send it as `Authorization: Bearer …`. It is shown once and stored only as a hash."""
    expires_at: datetime


class PasswordChange(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"present": "wanbi-demo-2026", "new": "a much better one"}]}
    )

    present: GivenPassword
    new: NewPassword


@router.post("/sign-in", summary="Get a token", responses=documented(400, 401, 413, 422, 429))
def sign_in(body: SignIn, engine: EngineDep, settings: SettingsDep, response: Response) -> SignedIn:
    """Five wrong passwords in a row pause the account's sign-in for 15 minutes (429, `Retry-After` in seconds).

    An administrator who sets a new password ends the pause.

    The answer also sets a cookie for the codec server alone: it lets an engineer read payloads in the Temporal UI.
    """
    lifetime = timedelta(hours=settings.session_hours)
    try:
        token, expires = accounts.sign_in(engine, body.login, body.password.get_secret_value(), lifetime)
    except Refusal as refusal:
        if refusal.code == "sign_in.failed":
            raise Problem(401, refusal.code, headers={"www-authenticate": "Bearer"}) from refusal
        raise
    codec.remember(response, token, expires, secure=settings.public_url.startswith("https"))
    return SignedIn(token=token, expires_at=expires)


@router.post("/sign-out", status_code=204, summary="End this token", responses=documented(401))
def sign_out(engine: EngineDep, token: TokenDep, caller: CallerDep, response: Response) -> None:
    """Other tokens of the same account stay valid."""
    accounts.sign_out(engine, token)
    codec.forget(response)


@router.get("/me", summary="Who am I", responses=documented(401))
def me(caller: CallerDep, engine: EngineDep) -> AccountLine:
    """The account that the token belongs to, with its roles."""
    with reading(engine) as session:
        account = session.get_one(Account, caller.account)
        return AccountLine.model_validate(account, from_attributes=True)


@router.put(
    "/me/password", status_code=204, summary="Change my password", responses=documented(400, 401, 403, 413, 422, 429)
)
def change_password(body: PasswordChange, caller: CallerDep, engine: EngineDep) -> None:
    """Ends every token of the account: sign in again afterwards."""
    accounts.confirm_password(engine, caller.account, body.present.get_secret_value())
    if body.new.get_secret_value() == body.present.get_secret_value():
        raise invalid("sign_in.same_password")
    with writing(engine) as session:
        account = session.get_one(Account, caller.account)
        accounts.set_password(account, hash_password(body.new.get_secret_value()))
        session.add(account)
        accounts.end_all_tokens(session, account.id)
