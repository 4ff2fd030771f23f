"""What the API answered, if it is what the story needs."""

import httpx


class Unexpected(RuntimeError):
    """The API answered something else than the story needs; the message shows what."""


def answered(response: httpx.Response, expected: int, who: str = "") -> httpx.Response:
    """The response. Raises Unexpected if its status is another one."""
    if response.status_code != expected:
        where = f"{who}: {response.request.method} {response.request.url.path}".removeprefix(": ")
        raise Unexpected(f"{where}: {response.status_code}, not {expected}: {response.text[:500]}")
    return response
