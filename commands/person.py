"""A person at the HTTP API, for the demo and for tests: signs in once, and gives every write a key of its own."""

import uuid
from pathlib import Path
from typing import Any

import httpx

from commands.answers import answered
from commands.signing_key import code_in, sign_record


class Person:
    """Signed in at `url`. Writes are repeated with the same key while the API or the engine is away."""

    def __init__(self, url: str, login: str, password: str, *, timeout: float = 30.0) -> None:
        self.login = login
        self._password = password
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=timeout)
        token = self._checked(self._http.post("/sign-in", json={"login": login, "password": password}), 200)["token"]
        self._http.headers["authorization"] = f"Bearer {token}"
        self.account: str = self.get("/me")["id"]

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON answer. Raises Unexpected if it is not 200."""
        return self._checked(self._http.get(path, params=parameters), 200)

    def post(self, path: str, body: Any, *, expect: int = 200, key: str | None = None) -> Any:
        """The JSON answer of a write. Raises Unexpected if the status is another one."""
        headers = {"idempotency-key": key or str(uuid.uuid4())}
        return self._checked(self._http.post(path, json=body, headers=headers), expect)

    def patch(self, path: str, body: Any, *, expect: int = 200) -> Any:
        """As `post`, for changes."""
        headers = {"idempotency-key": str(uuid.uuid4())}
        return self._checked(self._http.patch(path, json=body, headers=headers), expect)

    def try_post(self, path: str, body: Any, key: str) -> httpx.Response:
        """The plain response of one attempt. Raises httpx.HTTPError if nobody answers."""
        return self._http.post(path, json=body, headers={"idempotency-key": key})

    def decide(self, case_id: str, decision: str, *, expect: int = 200, **body: Any) -> Any:
        """Carries a decision to a case; the password is added where the API asks for it."""
        if decision in ("witness_refusal", "approve_seal"):
            body["password"] = self._password
        return self.post(f"/cases/{case_id}/{decision.replace('_', '-')}", body, expect=expect)

    def sign_record(self, case_id: str, letters: Path) -> dict[str, Any]:
        """Signs the case's record, confirmed by the code that a demo leaves in `letters`. Raises Unexpected."""
        return sign_record(
            self._http, case_id, password=self._password, read_code=lambda intent: code_in(letters, intent)
        )

    def download(self, path: str) -> bytes:
        """A file, byte for byte. Raises Unexpected if the answer is not 200."""
        return answered(self._http.get(path), 200, self.login).content

    def close(self) -> None:
        self._http.close()

    def _checked(self, response: httpx.Response, expected: int) -> Any:
        content = answered(response, expected, self.login).content
        return response.json() if content else None
