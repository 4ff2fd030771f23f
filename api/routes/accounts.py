"""Accounts and roles, for administrators."""

import secrets
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.deps import AdministratorDep, EngineDep, GatewayDep, HrOrAdministratorDep, IdempotencyKey
from api.errors import documented
from api.gateway import Gateway
from domain.errors import conflict, invalid, not_found
from domain.people import Role
from domain.timezones import zone
from models import queries
from models.accounts import end_all_tokens, hash_password, set_password
from models.database import reading
from models.fields import Key
from models.forms import TEXT
from models.idempotency import once, request_digest, veiled
from models.import_rows import Email, Login, Name
from models.nominations import is_leaving
from models.passwords import NewPassword
from models.tables import Account, Employee
from models.views import AccountLine, Page

router = APIRouter(prefix="/accounts", tags=["accounts"])
Language = Literal["zh", "en"]


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

    login: Login
    name: Name
    email: Email | Literal[""] = ""
    employee_number: Key | None = None
    roles: Annotated[tuple[Role, ...], Field(max_length=len(Role))] = ()
    language: Language = "zh"
    time_zone: Annotated[str, Field(max_length=64, pattern=TEXT)] = "Asia/Shanghai"
    password: NewPassword


class AccountChange(BaseModel):
    """Only what is given changes. Closing an account, new roles or a new password end all of its tokens;
    a new password also ends a pause of its sign-in.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"active": False}]})

    name: Name | None = None
    email: Email | Literal[""] | None = None
    roles: Annotated[tuple[Role, ...], Field(max_length=len(Role))] | None = None
    language: Language | None = None
    time_zone: Annotated[str, Field(max_length=64, pattern=TEXT)] | None = None
    active: bool | None = None
    password: NewPassword | None = None


@router.get("", summary="All accounts", responses=documented(401, 403, 422))
def list_accounts(
    caller: HrOrAdministratorDep,
    engine: EngineDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Page[AccountLine]:
    """By login, closed ones among them."""
    with reading(engine) as session:
        rows, after = queries.accounts(session, limit, cursor)
    return Page(items=[AccountLine.model_validate(row, from_attributes=True) for row in rows], next=after)


@router.post("", status_code=201, summary="Open an account", responses=documented(400, 401, 403, 404, 409, 413, 422))
def open_account(body: NewAccount, caller: AdministratorDep, engine: EngineDep, key: IdempotencyKey) -> AccountLine:
    """One account an employee; people from outside, such as counsel, have one without an employee number."""
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

    digest = request_digest("POST /accounts", _content(body, key))
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
    """Cases in which a closed account was asked for something go to the next person at once.

    Somebody who has given notice gets no further role (409 `account.is_leaving`).
    """
    if body.time_zone is not None:
        _require_zone(body.time_zone)
    if account_id == caller.account and (body.active is False or body.roles is not None):
        raise conflict("account.own")

    def act(session: Session) -> tuple[int, Any]:
        account = session.get(Account, account_id, with_for_update=True)
        if account is None:
            raise not_found("account.unknown", account=account_id)
        if set(body.roles or ()) - set(account.roles) and is_leaving(session, account.employee_id):
            raise conflict("account.is_leaving", account=account_id)
        _apply(account, body)
        session.add(account)
        if body.active is False or body.roles is not None or body.password is not None:
            end_all_tokens(session, account.id)
        return 200, AccountLine.model_validate(account, from_attributes=True).model_dump()

    digest = request_digest(f"PATCH /accounts/{account_id}", await run_in_threadpool(_content, body, key))
    (_, answer), _ = await run_in_threadpool(once, engine, caller.account, key, digest, act)
    if body.active is False:
        await people_left(engine, gateway, (account_id,))
    return AccountLine.model_validate(answer)


async def people_left(engine: Engine, gateway: Gateway, accounts: Sequence[str]) -> None:
    """Lets every case that may still ask one of these closed accounts ask somebody else."""

    def concerned() -> tuple[list[str], list[str]]:
        with reading(engine) as session:
            return queries.open_cases_of(session, accounts), queries.closed_cases_asking(session, accounts)

    await gateway.recheck_people(*await run_in_threadpool(concerned))


def _content(body: NewAccount | AccountChange, key: str) -> dict[str, Any]:
    """The request for its digest, the password veiled."""
    content = body.model_dump(mode="json", exclude_unset=True)
    if body.password is not None:
        content["password"] = veiled(body.password.get_secret_value(), key)
    return content


def _apply(account: Account, body: AccountChange) -> None:
    for field in ("name", "email", "language", "time_zone", "active"):
        value = getattr(body, field)
        if value is not None:
            setattr(account, field, value)
    if body.roles is not None:
        account.roles = [role.value for role in body.roles]
    if body.password is not None:
        set_password(account, hash_password(body.password.get_secret_value()))


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
