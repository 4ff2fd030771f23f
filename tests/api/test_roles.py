"""Which role may call which operation: the matrix is complete, because it is made from the OpenAPI document."""

import pytest

from domain.people import Role
from tests.api import contract
from tests.api.contract import Operation
from tests.api.house import Api, Person, problem

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PEOPLE = {"hr", "sec", "counsel", "admin", "auditor", "engineer", "finance", "service", "machine", "keeper", "stranger"}
"""One person for each role, and one without any."""
PUBLIC = {"POST /sign-in", "GET /health/live", "GET /health/ready"}
RESTRICTED = {
    "POST /cases": {"hr"},
    "GET /cases/{case_id}/chain": {"hr", "counsel", "auditor"},
    "GET /employees": {"hr", "admin"},
    "GET /employees/{number}/entitlements": {"hr", "admin"},
    "GET /employees/{number}/commission": {"finance", "hr", "counsel"},
    "POST /employees/{number}/commission/entries": {"finance", "hr"},
    "POST /commission/agreements": {"hr", "counsel"},
    "POST /commission/agreements/{agreement_id}/confirm": {"counsel"},
    "POST /cases/{case_id}/commission/assessment": {"hr", "counsel"},
    "GET /figures": {"hr", "counsel", "auditor", "admin"},
    "GET /templates": {"hr", "admin"},
    "GET /industries": {"hr", "admin"},
    "GET /industries/choices": {"hr", "admin"},
    "POST /industries/choices": {"admin"},
    "POST /templates/{template}": {"hr", "admin"},
    "POST /imports/{kind}": {"hr", "admin"},
    "GET /accounts": {"hr", "admin"},
    "POST /accounts": {"admin"},
    "PATCH /accounts/{account_id}": {"admin"},
}
"""Everything else is open to everybody who has signed in; what a person sees there, the case decides."""
DESK = "/api/v1/desk/"
"""What is done there takes reach and rights as well: tests/api/desk/test_matrix.py."""
WITH_PASSWORD = {"PUT /me/password", "POST /passkeys"}
"""The password in the example is nobody's: 403 for everybody."""
BY_REACH = {
    "GET /employees/{number}/departure-preview",
    "GET /cases/{case_id}/after",
    "GET /cases/{case_id}/after/customers",
}
"""As at the desk: whoever neither reaches the person nor has a role for it finds nobody there."""
FOR_ADMINISTRATORS = {"accounts", "systems", "rights", "entitlements"}


async def call(person: Person, operation: Operation, **values: str) -> int:
    path = operation.address(**values).removeprefix("/api/v1")
    if operation.open_to_all and not path.startswith("/sign-in"):
        return (await person.http.get(operation.path)).status_code
    answer = await person.write(operation.method, path, operation.example)
    if answer.status_code == 403:
        problem(answer, 403, "api.role_needed" if "role" in answer.json()["code"] else "")
    return answer.status_code


async def test_nothing_but_signing_in_and_health_is_open_to_whoever_comes(api: Api) -> None:
    nobody = api.nobody()
    for operation in contract.operations():
        assert operation.open_to_all == (operation.name in PUBLIC), operation.name
        if operation.name not in PUBLIC:
            path = operation.address().removeprefix("/api/v1")
            problem(await nobody.write(operation.method, path, operation.example), 401, "api.sign_in_first")


async def test_every_operation_lets_exactly_these_roles_pass(api: Api) -> None:
    assert len(PEOPLE) == len(Role) + 1
    assert PUBLIC | set(RESTRICTED) <= {operation.name for operation in contract.operations()}
    for operation in contract.operations():
        allowed = RESTRICTED.get(operation.name, PEOPLE)
        if (
            operation.name in PUBLIC
            or operation.name == "POST /sign-out"
            or operation.path.startswith(DESK)
            or operation.name in BY_REACH
        ):
            continue
        for name in sorted(PEOPLE):
            status = await call(api.person(name), operation)
            assert status not in (401, 500), (operation.name, name)
            assert (status == 403) == (name not in allowed) or operation.name in WITH_PASSWORD, (
                operation.name,
                name,
                status,
            )


async def test_files_that_give_access_are_for_administrators(api: Api) -> None:
    load = contract.operation("POST /imports/{kind}")
    kinds = next(p for p in load.says["parameters"] if p["name"] == "kind")["schema"]
    for kind in contract.resolved(kinds)["enum"]:
        assert await call(api.person("admin"), load, kind=kind) == 422, "let pass, and then not read: it is no file"
        assert await call(api.person("hr"), load, kind=kind) == (403 if kind in FOR_ADMINISTRATORS else 422)


async def test_a_role_that_is_taken_away_is_gone_with_the_next_request(api: Api) -> None:
    before = api.person("hr")
    assert (await before.get("/employees")).status_code == 200
    assert (await api.person("admin").patch("/accounts/a-hr", {"roles": []})).status_code == 200
    assert (await before.get("/employees")).status_code == 401


async def test_nobody_changes_the_own_roles_or_closes_the_own_account(api: Api) -> None:
    admin = api.person("admin")
    problem(await admin.patch("/accounts/a-admin", {"roles": ["hr"]}), 409, "account.own")
    problem(await admin.patch("/accounts/a-admin", {"active": False}), 409, "account.own")
    assert (await admin.patch("/accounts/a-admin", {"language": "en"})).json()["language"] == "en"


async def test_somebody_who_has_given_notice_gets_no_further_role(api: Api) -> None:
    admin = api.person("admin")
    assert (await admin.patch("/accounts/a-lin", {"roles": ["finance"]})).status_code == 200
    assert (await api.person("hr").register()).status_code == 201
    problem(await admin.patch("/accounts/a-lin", {"roles": ["finance", "customer_service"]}), 409, "account.is_leaving")
    assert (await admin.patch("/accounts/a-lin", {"roles": []})).status_code == 200
