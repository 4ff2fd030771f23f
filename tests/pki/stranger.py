"""A stranger's HTTP server for tests: answers as the test says, and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    media_type: str = "application/octet-stream"
    location: str = ""
    released: threading.Event | None = None
    """The answer waits until this is set."""


@dataclass
class Stranger:
    url: str
    asked: list[Asked] = field(default_factory=list)


Behaviour = Callable[[Asked], Answer]


@contextmanager
def stranger(behaviour: Behaviour) -> Iterator[Stranger]:
    """Runs one on a port of its own while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked = Asked({name.lower(): value for name, value in self.headers.items()}, body)
            known.asked.append(asked)
            answer = behaviour(asked)
            if answer.released:
                answer.released.wait(30)
            self.send_response(answer.status)
            self.send_header("content-type", answer.media_type)
            self.send_header("content-length", str(len(answer.body)))
            if answer.location:
                self.send_header("location", answer.location)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Tests say what they need to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    known = Stranger(f"http://127.0.0.1:{server.server_address[1]}/")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
