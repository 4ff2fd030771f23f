"""Accounts and roles, for administrators."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from sqlmodel import Session, select

from api.deps import AdministratorDep, EngineDep, GatewayDep, IdempotencyKey
from api.errors import documented
from domain.errors import conflict, invalid, not_found
from domain.people import Role
from domain.timezones import zone
from models import queries
from models.accounts import SHORTEST_PASSWORD, end_all_tokens, hash_password
from models.database import reading
from models.decisions import Key
from models.idempotency import once, request_digest
from models.tables import Account, Employee
from models.views import AccountLine, Page

router = APIRouter(prefix="/accounts", tags=["accounts"])
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Email = Annotated[str, StringConstraints(pattern=r"^([^@\s<>]{1,64}@[A-Za-z0-9.-]{1,190})?$")]
Password = Annotated[SecretStr, Field(min_length=SHORTEST_PASSWORD, max_length=200)]
Language = Annotated[str, StringConstraints(pattern=r"^(zh|en)$")]


class NewAccount(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "login": "zhao.min",
                    "name": "赵敏",
                    "email": "zhao.min@example.com",
                    "employee_number": "S1020",
                    "roles": [],
                    "password": "a long pass phrase",
                }
            ]
        },
    )

    login: Key
    name: Name
    email: Email = ""
    employee_number: Key | None = None
    roles: Annotated[tuple[Role, ...], Field(max_length=len(Role))] = ()
    language: Language = "zh"
    time_zone: Annotated[str, Field(max_length=64)] = "Asia/Shanghai"
    password: Password


class AccountChange(BaseModel):
    """Only what is given changes. Closing an account, new roles or a new password end all of its tokens."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"active": False}]})

    name: Name | None = None
    email: Email | None = None
    roles: Annotated[tuple[Role, ...], Field(max_length=len(Role))] | None = None
    language: Language | None = None
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    active: bool | None = None
    password: Password | None = None


@router.get("", summary="All accounts", responses=documented(401, 403, 422))
def list_accounts(
    caller: AdministratorDep,
    engine: EngineDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Page[AccountLine]:
    with reading(engine) as session:
        rows, after = queries.accounts(session, limit, cursor)
    return Page(items=[AccountLine.model_validate(row, from_attributes=True) for row in rows], next=after)


@router.post("", status_code=201, summary="Open an account", responses=documented(400, 401, 403, 404, 409, 413, 422))
def open_account(body: NewAccount, caller: AdministratorDep, engine: EngineDep, key: IdempotencyKey) -> AccountLine:
    _require_zone(body.time_zone)
    password_hash = hash_password(body.password.get_secret_value())

    def act(session: Session) -> tuple[int, Any]:
        if session.exec(select(Account.id).where(Account.login == body.login)).first():
            raise conflict("account.login_taken", login=body.login)
        account = Account(
            id=f"a_{secrets.token_hex(6)}",
            login=body.login,
            name=body.name,
            email=body.email,
            employee_id=_employee(session, body.employee_number),
            roles=[role.value for role in body.roles],
            language=body.language,
            time_zone=body.time_zone,
            password_hash=password_hash,
        )
        session.add(account)
        return 201, AccountLine.model_validate(account, from_attributes=True).model_dump()

    digest = request_digest("POST /accounts", body.model_dump(mode="json", exclude={"password"}))
    (_, answer), _ = once(engine, caller.account, key, digest, act)
    return AccountLine.model_validate(answer)


@router.patch(
    "/{account_id}", summary="Change or close an account", responses=documented(400, 401, 403, 404, 409, 413, 422)
)
async def change_account(
    account_id: Annotated[Key, Path()],
    body: AccountChange,
    caller: AdministratorDep,
    engine: EngineDep,
    gateway: GatewayDep,
    key: IdempotencyKey,
) -> AccountLine:
    """Cases in which a closed account was asked for something go to the next person at once."""
    if body.time_zone is not None:
        _require_zone(body.time_zone)
    if account_id == caller.account and (body.active is False or body.roles is not None):
        raise conflict("account.own")

    def act(session: Session) -> tuple[int, Any]:
        account = session.get(Account, account_id, with_for_update=True)
        if account is None:
            raise not_found("account.unknown", account=account_id)
        _apply(account, body)
        session.add(account)
        if body.active is False or body.roles is not None or body.password is not None:
            end_all_tokens(session, account.id)
        return 200, AccountLine.model_validate(account, from_attributes=True).model_dump()

    content = body.model_dump(mode="json", exclude={"password"}, exclude_unset=True)
    digest = request_digest(f"PATCH /accounts/{account_id}", content)
    (_, answer), _ = await run_in_threadpool(once, engine, caller.account, key, digest, act)
    if body.active is False:
        with reading(engine) as session:
            concerned = queries.open_cases_of(session, account_id)
        await gateway.recheck_people(concerned)
    return AccountLine.model_validate(answer)


def _apply(account: Account, body: AccountChange) -> None:
    for field in ("name", "email", "language", "time_zone", "active"):
        value = getattr(body, field)
        if value is not None:
            setattr(account, field, value)
    if body.roles is not None:
        account.roles = [role.value for role in body.roles]
    if body.password is not None:
        account.password_hash = hash_password(body.password.get_secret_value())


def _employee(session: Session, number: str | None) -> str | None:
    if number is None:
        return None
    employee = session.exec(select(Employee).where(Employee.number == number)).one_or_none()
    if employee is None:
        raise not_found("employee.unknown", number=number)
    if session.exec(select(Account.id).where(Account.employee_id == employee.id)).first():
        raise conflict("account.employee_has_one", number=number)
    return employee.id


def _require_zone(name: str) -> None:
    try:
        zone(name)
    except ValueError as error:
        raise invalid("account.unknown_time_zone", name=name[:64]) from error
