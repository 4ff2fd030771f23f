"""A bare HTTP/1.1 connection that is kept open: the caller's own cost must not pass for the API's."""

import asyncio
import json
import uuid
from typing import Any
from urllib.parse import urlsplit


class Unexpected(RuntimeError):
    """The API answered something else than the story needs; the message shows what."""


class Caller:
    """One caller with one connection, used by one request at a time; each request names its own token."""

    def __init__(self, url: str) -> None:
        self._where = urlsplit(url)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, token: str) -> Any:
        """The JSON answer. Raises Unexpected if it is not a success."""
        return await self._checked("GET", path, token, b"", {})

    async def post(self, path: str, token: str, body: Any, key: str | None = None) -> Any:
        """The JSON answer of a write, asked again with the same key for as long as it is not decided yet."""
        headers = {"content-type": "application/json", "idempotency-key": key or uuid.uuid4().hex}
        content = json.dumps(body).encode()
        while True:
            answer = await self._checked("POST", path, token, content, headers)
            if answer.get("status") != "pending":
                return answer
            await asyncio.sleep(0.1)

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None

    async def _checked(self, method: str, path: str, token: str, body: bytes, headers: dict[str, str]) -> Any:
        try:
            status, content = await self._ask(method, path, token, body, headers)
        except (asyncio.IncompleteReadError, ConnectionError):  # an idle connection was closed; the key says it's once
            self.close()
            status, content = await self._ask(method, path, token, body, headers)
        if not 200 <= status < 300:
            raise Unexpected(f"{method} {path}: {status}: {content[:500].decode(errors='replace')}")
        return json.loads(content) if content else None

    async def _ask(self, method: str, path: str, token: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._where.hostname, self._where.port)
        reader, writer = self._streams
        lines = [f"{method} /api/v1{path} HTTP/1.1", f"host: {self._where.netloc}", f"authorization: Bearer {token}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"content-length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        answered = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        return int(head[0].split(" ")[1]), await reader.readexactly(int(answered.get("content-length", 0)))
