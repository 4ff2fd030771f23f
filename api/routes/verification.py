"""The public page on which anybody verifies an evidence bundle: no sign-in, no script, nothing stored.

The verifier runs in a process of its own, with limits of time and memory: whatever a file does to it, the API goes on.
"""

import asyncio
import base64
import hashlib
import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import jinja2
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.datastructures import UploadFile

import verifier
from api.deps import SealsDep
from api.errors import Problem
from texts import LANGUAGES, text

router = APIRouter(prefix="/verify", include_in_schema=False)
SECONDS = 60.0
MEMORY = 2048
"""MiB; more than a bundle of the largest size takes."""
AT_ONCE = 2
_HERE = Path(verifier.__path__[0]).parent
_TEMPLATES = Path(__file__).parent.parent / "templates"
_STYLE = """
body { font: 16px/1.6 system-ui, "Microsoft YaHei", sans-serif; margin: 2rem auto; max-width: 56rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #888; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
.pass { color: #046b2f; } .fail { color: #a40000; } code { overflow-wrap: anywhere; } input { max-width: 100%; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
}
_running = 0


@router.get("")
async def page(request: Request, seals: SealsDep) -> Response:
    """The form."""
    root = hashlib.sha256(seals.sealer.chain[-1]).hexdigest() if seals else ""
    return _page(request, 200, root)


@router.post("")
async def verify(request: Request) -> Response:
    """The report: as a page, or as JSON for whoever accepts that."""
    async with request.form(max_files=1, max_fields=4) as form:
        bundle, given = form.get("bundle"), form.get("root")
        root = re.sub(r"[\s:]", "", given).lower() if isinstance(given, str) else ""
        if not isinstance(bundle, UploadFile) or not bundle.size:
            return _refused(request, 422, "verify.no_bundle", root)
        if not re.fullmatch(r"[0-9a-f]{64}", root):
            return _refused(request, 422, "verify.no_root", "")
        if _running >= AT_ONCE:
            return _refused(request, 503, "verify.busy", root)
        report = await _verified(bundle, root)
    if report is None:
        return _refused(request, 422, "verify.gave_up", root)
    if _wants_json(request):
        return JSONResponse(report)
    return _page(request, 200, root, report=report)


async def _verified(bundle: UploadFile, root: str) -> dict[str, Any] | None:
    """What the verifier says; None if it did not come to an end within its limits."""
    global _running  # noqa: PLW0603  # how many run in this process
    _running += 1
    try:
        spooled: Any = bundle.file
        spooled.rollover()
        spooled.seek(0)
        return await _run(spooled, root)
    finally:
        _running -= 1


async def _run(file: BinaryIO, root: str) -> dict[str, Any] | None:
    command = (sys.executable, "-m", "verifier", "-", "--root", root, "--json", "--memory", str(MEMORY))
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=_HERE,
        stdin=file.fileno(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONDONTWRITEBYTECODE": "1"},  # and none of our settings
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), SECONDS)
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode not in (0, 1) or not said:
        return None
    report: dict[str, Any] = json.loads(said)
    report["valid"] = bool(report["valid"] and process.returncode == 0)
    return report


def _refused(request: Request, status: int, code: str, root: str) -> Response:
    if _wants_json(request):
        raise Problem(status, code)
    return _page(request, status, root, problem={lang: text(f"refusal.{code}", lang) for lang in LANGUAGES})


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def _page(request: Request, status: int, root: str, **values: Any) -> HTMLResponse:
    known = {"style": _STYLE, "root": root, "action": _action(request)}
    content = _template().render({"report": None, "problem": None, **known, **values})
    return HTMLResponse(content, status, HEADERS)


def _action(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/verify"


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.get_template("verify.html.j2")
