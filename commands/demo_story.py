"""A story that is told step by step; every step is checked before the next one is told."""

import time
from collections.abc import Iterator
from typing import Any

from commands.cast import Cast
from commands.person import Person

WITHIN = 60.0


class NotAsTold(RuntimeError):
    """The story took a turn that it must not take."""


class Story:
    """One case, as the people in it see it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.case_id = ""
        self._began = time.monotonic()

    def tell(self, zh: str, en: str) -> None:
        print(f"  {time.monotonic() - self._began:5.1f}s  {zh}\n          {en}", flush=True)

    def part(self, zh: str, en: str) -> None:
        print(f"\n── {zh} · {en}", flush=True)

    def check(self, holds: bool, what: str) -> None:
        if not holds:
            raise NotAsTold(what)

    def detail(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cast.hr.get(f"/cases/{self.case_id}")
        return found

    def case(self) -> dict[str, Any]:
        case: dict[str, Any] = self.detail()["case"]
        return case

    def until(self, reached: Any, what: str) -> dict[str, Any]:
        ends = time.monotonic() + WITHIN
        while True:
            detail = self.detail()
            if reached(detail):
                return detail
            if time.monotonic() > ends:
                raise NotAsTold(f"still not {what}: {detail['stage']}")
            time.sleep(0.1)

    def person(self, account: str) -> Person:
        return self.cast.of_account(account)

    def rights(self) -> set[tuple[str, str]]:
        lines = self.cast.hr.get(f"/employees/{self.cast.salesperson}/entitlements")
        return {(line["system"], line["right"]) for line in lines if line["active"]}


def followed(detail: dict[str, Any]) -> bool:
    """Every system shows what is wanted of it."""
    systems = detail["case"]["systems"]
    return bool(systems) and all(s["revision"] == s["verified_revision"] for s in systems)


def entries(person: Person, case_id: str, **wanted: str) -> Iterator[dict[str, Any]]:
    """The portfolio's entries that this person sees and that are as wanted, page by page."""
    cursor: dict[str, str] = {}
    while True:
        page = person.get(f"/cases/{case_id}/portfolio", limit=200, **wanted, **cursor)
        yield from page["items"]
        if page["next"] is None:
            return
        cursor = {"cursor": page["next"]}


def named(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry as a decision names it."""
    return {name: entry[name] for name in ("kind", "record", "version")}
