"""Rule packs: law as dated, cited data. A pack is TOML text; reading the file is the caller's business."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


class BadPack(ValueError):
    """The pack's text can't be trusted; the message names the rule and what is wrong."""


@dataclass(frozen=True)
class LegalRule:
    """One rule: a number or a choice of the law, from when it holds, and where it is written."""

    id: str
    cite: str
    effective_from: date
    effective_to: date | None
    action: str
    confidence: str
    params: Mapping[str, int]


@dataclass(frozen=True)
class RulePack:
    name: str
    version: str
    time_zone: str
    rules: tuple[LegalRule, ...]

    def rule(self, rule_id: str, on: date) -> LegalRule:
        """The rule as it holds on that day. Raises BadPack if none does."""
        for rule in self.rules:
            ends = rule.effective_to
            if rule.id == rule_id and rule.effective_from <= on and (ends is None or on <= ends):
                return rule
        raise BadPack(f"pack {self.name} {self.version} has no {rule_id} for {on.isoformat()}")


def parse(text: str) -> RulePack:
    """A rule pack from its TOML text. Raises BadPack if something is missing or malformed."""
    try:
        raw = tomllib.loads(text)
        entries = raw["rule"]
        if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
            raise BadPack("rules must be tables: [[rule]]")
        rules = tuple(_rule(entry) for entry in entries)
        return RulePack(str(raw["pack"]), str(raw["version"]), str(raw["time_zone"]), rules)
    except tomllib.TOMLDecodeError as error:
        raise BadPack(f"not TOML: {error}") from error
    except KeyError as error:
        raise BadPack(f"the pack lacks {error.args[0]!r}") from error


def _rule(entry: Mapping[str, object]) -> LegalRule:
    name = str(entry.get("id", "a rule without id"))
    for needed in ("id", "cite", "effective_from", "action", "confidence"):
        if not entry.get(needed):
            raise BadPack(f"{name} lacks {needed!r}")
    starts, ends = entry["effective_from"], entry.get("effective_to")
    if type(starts) is not date or (ends is not None and type(ends) is not date):  # a TOML date-time is a date too
        raise BadPack(f"{name}: effective_from and effective_to must be dates")
    params = entry.get("params", {})
    if not isinstance(params, Mapping) or not all(type(v) is int and v >= 0 for v in params.values()):
        raise BadPack(f"{name}: parameters must be whole numbers, not negative")
    return LegalRule(
        id=name,
        cite=str(entry["cite"]),
        effective_from=starts,
        effective_to=ends,
        action=str(entry["action"]),
        confidence=str(entry["confidence"]),
        params={str(key): int(value) for key, value in params.items()},
    )
