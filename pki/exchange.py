"""One HTTP exchange with a stranger: a limit to its whole length and to its size, and no way to be sent elsewhere."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

LARGEST_ANSWER = 1_000_000


class NoAnswer(Exception):
    """There was no complete answer; the message says why."""


@dataclass(frozen=True)
class Answered:
    status: int
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Answered:
    """The answer, whatever its status. Raises NoAnswer. Not for a thread that runs an event loop."""
    sent = {"accept-encoding": "identity", "user-agent": "Wanbi", **headers}
    try:
        return asyncio.run(_exchange(url, body, sent, seconds))
    except TimeoutError as error:
        raise NoAnswer(f"no complete answer within {seconds:.0f} seconds") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NoAnswer(f"{type(error).__name__}: {printable(str(error))}") from error


def printable(text: str) -> str:
    """What a stranger sent, on one line and fit to be kept."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))[:200]


async def _exchange(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Answered:
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(timeout=None, follow_redirects=False) as client,  # noqa: S113  # the whole call has a limit
        client.stream("POST", url, content=body, headers=headers) as response,
    ):
        received = bytearray()
        async for chunk in response.aiter_raw():
            received += chunk
            if len(received) > LARGEST_ANSWER:
                raise ValueError(f"the answer is larger than {LARGEST_ANSWER} bytes")
        return Answered(response.status_code, bytes(received))
