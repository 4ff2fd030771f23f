"""Rule packs: law as dated, cited data. A pack is TOML text; reading the file is the caller's business.

A pack is a jurisdiction's rules, or a region's that are laid over them. It is refused, with the line that is wrong,
unless every rule is cited, known, complete, and holds without gap or overlap from its first day on.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import TypeVar

from domain.law.parameters import Kind
from domain.law.rules import Action, Anchor, Confidence, LegalRule, Value
from domain.people import Text
from domain.timezones import zone

_RULE_KEYS = {
    "id": True,
    "cite": True,
    "quote_zh": False,
    "says": True,
    "does": True,
    "effective_from": True,
    "effective_to": False,
    "anchor": True,
    "action": True,
    "confidence": True,
    "reviewed_by": False,
    "reviewed_at": False,
    "params": False,
}
"""Keys of a rule; True: it must be there."""
_PACK_KEYS = {"pack", "version", "jurisdiction", "region", "base", "time_zone", "currency", "rule"}
_OPTIONAL = {"region", "base"}
_HEADER = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_SHAPES = {
    "pack": (r"[a-z0-9-]{1,32}", "must be lower-case letters, digits and hyphens"),
    "version": (r"\d{4}-\d{2}(\.\d{1,3})?", "must be year and month, such as 2026-11"),
    "jurisdiction": (r"[A-Z]{2}(-[A-Z]{2})?", "must be a code such as CN or US-CA"),
    "region": (r"[A-Z]{2}(-[A-Z0-9]{2,3}){1,2}", "must be a code such as CN-SH"),
    "base": (r"[a-z0-9-]{1,32}", "must be the name of a pack"),
    "time_zone": (r"[A-Z]\w+(/\w+)*", "must be the name of a time zone"),
    "currency": (r"[A-Z]{3}", "must be a code such as CNY"),
}
E_ = TypeVar("E_", bound=StrEnum)
Parameters = Mapping[str, Mapping[str, Kind]]


class BadPack(ValueError):
    """The pack can't be trusted; the message names pack, line and rule, and says what is wrong."""


@dataclass(frozen=True)
class RulePack:
    name: str
    version: str
    jurisdiction: str
    time_zone: str
    currency: str
    rules: tuple[LegalRule, ...]
    region: str = ""
    base: str = ""
    """Name of the pack that this one is laid over; empty for the rules of a whole jurisdiction."""

    def find(self, rule_id: str, on: date) -> LegalRule | None:
        """The rule as it holds on that day, if it does."""
        return next((rule for rule in self.rules if rule.id == rule_id and rule.holds_on(on)), None)


def parse(text: str, parameters: Parameters) -> RulePack:
    """A pack from its TOML text; `parameters` are the rules that the software knows. Raises BadPack."""
    return _Reader(text, parameters).pack()


class _Reader:
    def __init__(self, text: str, parameters: Parameters) -> None:
        self._lines = text.splitlines()
        self._parameters = parameters
        self._name = "pack"
        try:
            self._raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadPack(f"not TOML: {error}") from error

    def pack(self) -> RulePack:
        head = {key: value for key, value in self._raw.items() if key != "rule"}
        for key, value in head.items():
            if key not in _PACK_KEYS:
                raise self._bad(f"unknown key {key!r}", self._line(key))
            if not isinstance(value, str):
                raise self._bad(f"{key} must be text", self._line(key))
        for key in sorted(_PACK_KEYS - _OPTIONAL - self._raw.keys()):
            raise self._bad(f"{key!r} is missing", 1)
        for key, (shape, problem) in _SHAPES.items():
            if key in head and not re.fullmatch(shape, head[key]):
                raise self._bad(f"{key} {problem}", self._line(key))
        self._name = head["pack"]
        self._require_place(head)
        entries = self._raw["rule"]
        if not isinstance(entries, list):
            raise self._bad("rules must be tables: [[rule]]", self._line("rule"))
        rules = tuple(self._rule(number, entry) for number, entry in enumerate(entries))
        self._require_unbroken(rules)
        return RulePack(
            name=self._name,
            version=head["version"],
            jurisdiction=head["jurisdiction"],
            time_zone=head["time_zone"],
            currency=head["currency"],
            rules=rules,
            region=head.get("region", ""),
            base=head.get("base", ""),
        )

    def _require_place(self, head: Mapping[str, str]) -> None:
        """A known time zone; and a region only over a base, inside the jurisdiction that the pack names."""
        try:
            zone(head["time_zone"])
        except ValueError:
            raise self._bad(f"no time zone {head['time_zone']!r}", self._line("time_zone")) from None
        if ("region" in head) != ("base" in head):
            raise self._bad("region and base belong together", self._line("region" if "region" in head else "base"))
        region, jurisdiction = head.get("region", ""), head["jurisdiction"]
        if region and not region.startswith(f"{jurisdiction}-"):
            raise self._bad(f"{region} is no region of {jurisdiction}", self._line("region"))

    def _rule(self, number: int, entry: object) -> LegalRule:
        if not isinstance(entry, Mapping):
            raise self._bad("a rule must be a table", self._line("", number))
        name = entry.get("id")
        if not isinstance(name, str) or name not in self._parameters:
            raise self._bad(f"{name!r} is no rule that the software knows", self._line("id", number))
        for key in entry:
            if key not in _RULE_KEYS:
                raise self._bad(f"{name}: unknown key {key!r}", self._line(key, number))
        for key, needed in _RULE_KEYS.items():
            if needed and not entry.get(key):
                raise self._bad(f"{name} lacks {key!r}", self._line(key, number))
        starts, ends = self._day(entry, "effective_from", number), self._day(entry, "effective_to", number)
        if starts is None or (ends is not None and ends < starts):
            raise self._bad(f"{name} ends before it begins", self._line("effective_to", number))
        reviewer, reviewed = self._plain(entry, "reviewed_by", number), self._day(entry, "reviewed_at", number)
        if bool(reviewer) != (reviewed is not None):
            raise self._bad(f"{name}: reviewed_by and reviewed_at belong together", self._line("reviewed_by", number))
        return LegalRule(
            id=name,
            cite=self._text(entry, "cite", number),
            quote_zh=self._plain(entry, "quote_zh", number),
            says=self._text(entry, "says", number),
            does=self._text(entry, "does", number),
            effective_from=starts,
            effective_to=ends,
            anchor=self._member(Anchor, entry, "anchor", number),
            action=self._member(Action, entry, "action", number),
            confidence=self._member(Confidence, entry, "confidence", number),
            reviewed_by=reviewer,
            reviewed_at=reviewed,
            params=self._params(name, entry.get("params", {}), number),
        )

    def _params(self, rule: str, given: object, number: int) -> dict[str, Value]:
        known = self._parameters[rule]
        if not isinstance(given, Mapping):
            raise self._bad(f"{rule}: params must be a table", self._line("params", number))
        for key in given:
            if key not in known:
                raise self._bad(f"{rule}: unknown parameter {key!r}", self._line(str(key), number))
        found: dict[str, Value] = {}
        for key, kind in known.items():
            if key not in given:
                raise self._bad(f"{rule} lacks the parameter {key!r}", self._line("params", number))
            try:
                found[key] = kind(given[key])
            except ValueError as error:
                raise self._bad(f"{rule}: {key} {error}", self._line(key, number)) from error
        return found

    def _require_unbroken(self, rules: Iterable[LegalRule]) -> None:
        in_order = sorted(enumerate(rules), key=lambda found: (found[1].id, found[1].effective_from))
        for rule_id, versions in groupby(in_order, key=lambda found: found[1].id):
            for (_, sooner), (number, later) in pairwise(versions):
                line = self._line("effective_from", number)
                if sooner.effective_to is None or sooner.effective_to >= later.effective_from:
                    raise self._bad(f"{rule_id}: two versions hold on {later.effective_from}", line)
                if sooner.effective_to + timedelta(days=1) != later.effective_from:
                    raise self._bad(f"{rule_id}: no version holds on {sooner.effective_to + timedelta(days=1)}", line)

    def _day(self, entry: Mapping[str, object], key: str, number: int) -> date | None:
        value = entry.get(key)
        if value is not None and type(value) is not date:  # a TOML date-time is a date too
            raise self._bad(f"{entry['id']}: {key} must be a date", self._line(key, number))
        return value

    def _plain(self, entry: Mapping[str, object], key: str, number: int) -> str:
        value = entry.get(key, "")
        if not isinstance(value, str):
            raise self._bad(f"{entry['id']}: {key} must be text", self._line(key, number))
        return value

    def _text(self, entry: Mapping[str, object], key: str, number: int) -> Text:
        value = entry[key]
        if not isinstance(value, Mapping) or value.keys() != {"zh", "en"}:
            raise self._bad(f"{entry['id']}: {key} must be {{ zh = …, en = … }}", self._line(key, number))
        for language, part in value.items():
            if not isinstance(part, str) or not part.strip():
                line = max(self._line(key, number), self._line(f"{key}.{language}", number))
                raise self._bad(f"{entry['id']}: {key} is empty in one language", line)
        return Text(value["zh"], value["en"])

    def _member(self, members: type[E_], entry: Mapping[str, object], key: str, number: int) -> E_:
        try:
            return members(str(entry[key]))
        except ValueError:
            allowed = ", ".join(members)
            raise self._bad(f"{entry['id']}: {key} must be one of {allowed}", self._line(key, number)) from None

    def _bad(self, problem: str, line: int) -> BadPack:
        return BadPack(f"{self._name}, line {line}: {problem}")

    def _line(self, key: str, number: int | None = None) -> int:
        """The line (from 1) of a key of the pack, or of its `number`-th rule; the rule's own line if it has none."""
        headers = [at for at, line in enumerate(self._lines, 1) if _HEADER.match(line)]
        if number is None:
            first, last = 1, headers[0] if headers else len(self._lines)
        elif number < len(headers):
            first, last = headers[number], headers[number + 1] - 1 if number + 1 < len(headers) else len(self._lines)
        else:
            return 1
        wanted = re.compile(rf"(^|[\s{{,.]){re.escape(key)}(\.\w+)*\s*=") if key else _HEADER
        return next((at for at in range(first, last + 1) if wanted.search(self._lines[at - 1])), first)
