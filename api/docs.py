"""The page `/docs`: Swagger UI over the OpenAPI text, its files from a package, so that a closed network has it too."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi import Path as PathParameter
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse

FILES = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")
_PACKAGE = "fastapi_offline"
"""Its code is never imported; it is Swagger UI as a package, of which only the files are used."""


def docs(app: FastAPI) -> APIRouter:
    """The page and its files. Raises RuntimeError if the package with the files is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {_PACKAGE} is missing: install requirements/runtime.lock")
    folder = Path(spec.origin).parent / "static"
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def page(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        script, style, icon = (f"{root}/docs/{name}" for name in FILES)
        return get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=app.title,
            swagger_js_url=script,
            swagger_css_url=style,
            swagger_favicon_url=icon,
            swagger_ui_parameters={"validatorUrl": None},  # it would send the OpenAPI text to a server elsewhere
        )

    @router.get("/docs/{name}")
    async def file(name: Annotated[str, PathParameter(max_length=40)]) -> FileResponse:
        if name not in FILES:
            raise HTTPException(404)
        return FileResponse(folder / name)

    return router
