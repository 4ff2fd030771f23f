"""The last process of `make run`: makes Temporal's namespace, waits until everything answers, says what to try next.

It then sleeps, because the end of one process ends them all.
"""

import asyncio
import json
import signal
import time

import httpx

from commands import sample
from commands.namespace import prepare
from config import Settings, settings

PATIENCE = 180.0
"""Seconds."""
GUIDE = """
  Wanbi 完璧 is up.

    API, with a page to try it    {api}/docs
    Temporal UI                   {ui}/namespaces/{namespace}/workflows
    Data                          {data}
    Codes for signing, as mails   {data}/mail

  {company}: everybody signs in with the password  {password}
    {hr} (HR)  lin.xiao (salesperson, {leaver})  zhou.min (colleague)  xu.haibo (manager)
    {security} (security)  zheng.xiuying, feng.xuemei (finance)  shen.mingzhe (counsel)  {administrator} (administrator)

  Try next, in another terminal:

{commands}

  and see the case in the Temporal UI. README.md goes on from here. Ctrl-C stops everything; nothing is lost.
"""
COMMANDS = (
    "JSON='content-type: application/json'",
    """TOKEN=$(curl -s {api}/api/v1/sign-in -H "$JSON" -d '{{"login": "{hr}", "password": "{password}"}}' | {pick})""",
    'AUTH="Authorization: Bearer $TOKEN"',
    """curl -s {api}/api/v1/cases -H "$AUTH" -H "$JSON" -H 'Idempotency-Key: register-lin-xiao' -d '{notice}'""",
    'curl -s {api}/api/v1/employees/{leaver}/entitlements -H "$AUTH"',
)
"""One line each: what honcho puts before every line must not stand inside a command that somebody copies."""
_PICK = """python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])'"""


def guide(config: Settings) -> str:
    """What a newcomer does next, with the addresses of this installation."""
    api = config.public_url or f"http://{config.host}:{config.port}"
    people = {"hr": sample.HR, "security": sample.SECURITY, "administrator": sample.ADMINISTRATOR}
    known = {**people, "api": api, "leaver": sample.SALESPERSON, "password": sample.PASSWORD}
    notice = {"employee_number": sample.SALESPERSON, "channel": "email", "text": "本人因个人原因辞职。"}
    filling = {**known, "pick": _PICK, "notice": json.dumps(notice, ensure_ascii=False)}
    return GUIDE.format(
        **known,
        commands="\n".join(f"    {command.format(**filling)}" for command in COMMANDS),
        ui=config.temporal_ui_url,
        namespace=config.temporal_namespace,
        data=config.data.resolve(),
        company=sample.COMPANY,
    )


def wait_ready(config: Settings) -> None:
    """Returns when the API answers, with database and engine. Raises TimeoutError."""
    url, ends = f"http://{config.host}:{config.port}/health/ready", time.monotonic() + PATIENCE
    while not _ready(url):
        if time.monotonic() > ends:
            raise TimeoutError(f"{url} did not say within {PATIENCE:.0f} s that everything is there")
        time.sleep(0.3)


def _ready(url: str) -> bool:
    try:
        answer = httpx.get(url, timeout=10).json()
    except (httpx.HTTPError, ValueError):
        return False
    return bool(answer.get("database") and answer.get("engine"))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(prepare(settings()))
    wait_ready(settings())
    print(guide(settings()), flush=True)
    while True:
        signal.pause()
