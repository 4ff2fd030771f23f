"""One's own passkeys, for confirming signatures without a mailed code."""

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlmodel import Session
from webauthn.helpers import bytes_to_base64url

from api.deps import CallerDep, EngineDep, IdempotencyKey, SettingsDep
from api.errors import documented
from api.signing.site import Site
from models import accounts
from models.database import reading, utc_now
from models.fields import Sha256
from models.forms import BASE64URL, LINE
from models.idempotency import once, request_digest, veiled
from models.passwords import GivenPassword
from models.signing import passkeys
from models.signing.attempt_tables import Passkey

router = APIRouter(prefix="/passkeys", tags=["passkeys"])
PasskeyId = Annotated[Sha256, Path()]


class PasskeyLine(BaseModel):
    id: str
    name: str
    created_at: datetime
    used_at: datetime | None


class PasskeyOptions(BaseModel):
    """What `navigator.credentials.create` takes, after `PublicKeyCredential.parseCreationOptionsFromJSON`."""

    options: dict[str, Any]


class AttestationResponse(BaseModel):
    clientDataJSON: Annotated[str, StringConstraints(max_length=4000, pattern=BASE64URL)]  # noqa: N815  # WebAuthn's name
    attestationObject: Annotated[str, StringConstraints(max_length=20_000, pattern=BASE64URL)]  # noqa: N815  # likewise


class NewCredential(BaseModel):
    """As `PublicKeyCredential.toJSON()` gives it; whatever else it holds is not looked at."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=1400, pattern=BASE64URL)]
    response: AttestationResponse


class NewPasskey(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "手机",
                    "password": "wanbi-demo-2026",
                    "credential": {"id": "AAAA", "response": {"clientDataJSON": "AAAA", "attestationObject": "AAAA"}},
                }
            ]
        },
    )

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=LINE)]
    """By which its owner knows it."""
    password: GivenPassword
    credential: NewCredential


@router.post("/options", summary="Begin to make a passkey", responses=documented(401, 409, 422))
def passkey_options(caller: CallerDep, engine: EngineDep, settings: SettingsDep, key: IdempotencyKey) -> PasskeyOptions:
    """The challenge is good for ten minutes; a new one takes its place."""
    site = Site.of(settings)

    def act(session: Session) -> tuple[int, Any]:
        challenge = secrets.token_bytes(32)
        passkeys.expect(session, caller.account, challenge, utc_now())
        return 200, site.options(caller, challenge, passkeys.of(session, caller.account))

    digest = request_digest("POST /passkeys/options", None)
    (_, options), _ = once(engine, caller.account, key, digest, act)
    return PasskeyOptions(options=options)


@router.post("", status_code=201, summary="Keep a passkey", responses=documented(400, 401, 403, 409, 413, 422, 429))
def add_passkey(
    body: NewPasskey, caller: CallerDep, engine: EngineDep, settings: SettingsDep, key: IdempotencyKey
) -> PasskeyLine:
    """Asks for the password again: whoever holds the device signs in the account's name from then on."""
    site, now = Site.of(settings), utc_now()
    accounts.confirm_password(engine, caller.account, body.password.get_secret_value())
    credential = {**body.credential.model_dump(), "rawId": body.credential.id, "type": "public-key"}

    def act(session: Session) -> tuple[int, Any]:
        made = site.registered(credential, passkeys.expected(session, caller.account, now))
        row = Passkey(
            id=passkeys.id_of(made.credential_id),
            account=caller.account,
            credential_id=bytes_to_base64url(made.credential_id),
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=body.name,
            created_at=now,
        )
        passkeys.add(session, row)
        return 201, _line(row).model_dump(mode="json")

    content = body.model_dump(mode="json", exclude={"password"})
    content["password"] = veiled(body.password.get_secret_value(), key)
    (_, answer), _ = once(engine, caller.account, key, request_digest("POST /passkeys", content), act)
    return PasskeyLine.model_validate(answer)


@router.get("", summary="My passkeys", responses=documented(401))
def list_passkeys(caller: CallerDep, engine: EngineDep) -> list[PasskeyLine]:
    """The oldest first; there are ten at most."""
    with reading(engine) as session:
        return [_line(row) for row in passkeys.of(session, caller.account)]


@router.delete("/{passkey_id}", status_code=204, summary="Give up a passkey", responses=documented(401, 404, 409, 422))
def delete_passkey(passkey_id: PasskeyId, caller: CallerDep, engine: EngineDep, key: IdempotencyKey) -> None:
    """It confirms nothing any more. What it confirmed before stays provable: the evidence holds its public key."""

    def act(session: Session) -> tuple[int, Any]:
        session.delete(passkeys.own(session, caller.account, passkey_id))
        return 204, None

    once(engine, caller.account, key, request_digest(f"DELETE /passkeys/{passkey_id}", None), act)


def _line(row: Passkey) -> PasskeyLine:
    return PasskeyLine.model_validate(row, from_attributes=True)
