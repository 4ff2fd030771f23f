"""The API's own page works in a closed network: whatever it loads comes from the API itself."""

import re

import pytest

from api.docs import FILES
from tests.api.house import Api, problem

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_the_page_names_no_address_outside_and_everything_it_loads_is_there(api: Api) -> None:
    page = await api.http.get("/docs")
    assert page.status_code == 200
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", re.sub(r"<!--.*?-->", "", page.text, flags=re.DOTALL)) == []
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert sorted(loaded) == sorted(f"/docs/{name}" for name in FILES)
    for address in loaded:
        found = await api.http.get(address)
        assert (found.status_code, bool(found.content)) == (200, True)
    assert 'validatorUrl": null' in page.text


async def test_swagger_ui_knows_the_version_of_openapi_that_the_api_speaks(api: Api) -> None:
    assert (await api.http.get("/openapi.json")).json()["openapi"].startswith("3.1")
    script = (await api.http.get("/docs/swagger-ui-bundle.js")).text
    assert re.search(r'PACKAGE_VERSION:"5\.\d+\.\d+"', script), "before 5 it knows 3.0 only"


@pytest.mark.parametrize("name", ["core.py", "redoc.standalone.js", "..%2Fcore.py"])
async def test_no_other_file_is_served(api: Api, name: str) -> None:
    problem(await api.http.get(f"/docs/{name}"), 404)
