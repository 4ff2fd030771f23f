"""What a verification found: one check a line, in Chinese and English, and the verdict that follows from them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `detail` says what was found, and if it is not `ok`, where it is broken."""

    zh: str
    en: str
    ok: bool
    detail: str = ""

    def line(self) -> str:
        """As one line of text, whatever the detail holds."""
        verdict = "通过 PASS" if self.ok else "失败 FAIL"
        detail = " ".join(printable(self.detail).split())
        return f"{verdict}  {self.zh} / {self.en}" + (f"  [{detail}]" if detail else "")


@dataclass
class Report:
    """All checks in the order in which they were made; valid only if there are some and every one passed."""

    checks: list[Check] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    """What the bundle says it is: case, company, when it was made. To be believed only if the report is valid."""

    @property
    def valid(self) -> bool:
        return bool(self.checks) and all(check.ok for check in self.checks)

    @property
    def broken(self) -> list[Check]:
        return [check for check in self.checks if not check.ok]

    def add(self, checks: Iterable[Check]) -> None:
        self.checks.extend(checks)

    def lines(self) -> Iterator[str]:
        yield from (check.line() for check in self.checks)
        if self.valid:
            yield f"结论：有效，{len(self.checks)} 项全部通过 / VALID: all {len(self.checks)} checks passed"
        else:
            yield f"结论：不成立，{len(self.broken)} 项未通过 / NOT VALID: {len(self.broken)} checks failed"

    def to_json(self) -> dict[str, Any]:
        checks = [{"zh": c.zh, "en": c.en, "ok": c.ok, "detail": printable(c.detail)} for c in self.checks]
        return {"valid": self.valid, "about": self.about, "checks": checks}


def printable(text: str, longest: int = 300) -> str:
    """A text from a file that nobody vouches for, fit to be shown: no control or direction marks, not endless."""
    shown = "".join(c if c.isprintable() else " " for c in text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[:longest]}…"
