"""The facts of one case: each carries the SHA-256 of its content and of its predecessor's hash.

The hash is over the canonical JSON (RFC 8785) of `{case_id, seq, number, kind, at, by, data, previous}`. Content that
the law made the company erase is gone and its hash stays; a later fact says so. A fact that never took effect stays,
and a later one voids it.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from verifier.report import Check

GENESIS = "0" * 64
ERASED = {"erased": True}
VOIDED, FILE_ERASED = "FactVoided", "FileErased"
_HASHED = ("seq", "number", "kind", "at", "by", "data", "previous")
_HEX = re.compile(r"[0-9a-f]{64}")


class BadFacts(ValueError):
    """Not a list of facts; the text says what is wrong."""


@dataclass(frozen=True)
class Fact:
    seq: int
    number: int | None
    kind: str
    at: str
    by: str
    data: dict[str, Any]
    previous: str
    hash: str

    @property
    def erased(self) -> bool:
        return self.data == ERASED and not self.by


def parse(found: Any) -> tuple[str, list[Fact]]:
    """The case and its facts out of `facts.json`. Raises BadFacts if anything is missing, surplus or mistyped."""
    if not isinstance(found, dict) or set(found) != {"case", "facts"} or not isinstance(found["facts"], list):
        raise BadFacts("facts.json does not hold a case and its facts")
    return str(found["case"]), [_fact(row) for row in found["facts"]]


def _fact(row: Any) -> Fact:
    if not isinstance(row, dict) or set(row) != {*_HASHED, "hash"}:
        raise BadFacts("a fact lacks something, or has something else")
    whole = type(row["seq"]) is int and (row["number"] is None or type(row["number"]) is int)
    texts = all(isinstance(row[name], str) for name in ("kind", "at", "by", "previous", "hash"))
    if not whole or not texts or not isinstance(row["data"], dict):
        raise BadFacts(f"fact {row['seq']!r} holds something of another type")
    if not _HEX.fullmatch(row["previous"]) or not _HEX.fullmatch(row["hash"]) or not _instant(row["at"]):
        raise BadFacts(f"fact {row['seq']} has a hash or an instant that is none")
    return Fact(**row)


def _instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat() == text
    except (ValueError, OverflowError):
        return False


def hash_of(case_id: str, fact: Fact) -> str:
    """The hash that a fact with this content has in this place of the case's chain."""
    content: dict[str, Any] = {name: getattr(fact, name) for name in _HASHED}
    return hashlib.sha256(rfc8785.dumps({"case_id": case_id, **content})).hexdigest()


def standing(facts: Sequence[Fact]) -> list[Fact]:
    """The facts that hold: those that no later fact voids, without the voiding ones."""
    gone = _voided(facts)
    return [fact for fact in facts if fact.seq not in gone and fact.kind != VOIDED]


def checks(case_id: str, facts: Sequence[Fact]) -> Iterator[Check]:
    """Every check of the chain; the details name the facts at which it is broken."""
    yield _check("证据链无缺号、首尾相接", "The chain has no gap, and each fact follows its predecessor", _links(facts))
    changed = [f"fact {f.seq} was changed" for f in facts if not f.erased and hash_of(case_id, f) != f.hash]
    yield _check(f"{len(facts)} 条事实的哈希逐条重算一致", f"The hashes of {len(facts)} facts, recomputed", changed)
    erased = [fact.seq for fact in facts if fact.erased]
    through = max((fact.seq for fact in facts if fact.kind == FILE_ERASED and not fact.erased), default=0)
    unexplained = [f"fact {seq} was erased, and no later fact says why" for seq in erased if seq > through]
    told = f"{len(erased)} erased" if erased else ""
    yield _check("依法删除的内容均有记录", "Content that was erased is accounted for", unexplained, told)
    gone = _voided(facts)
    places = {fact.seq: fact for fact in facts}
    wrong = [f"fact {by} voids fact {seq}, which is not before it" for seq, by in gone.items() if not 0 < seq < by]
    wrong += [f"fact {by} voids fact {seq}, which is not there" for seq, by in gone.items() if seq not in places]
    told = f"void: {sorted(gone)}" if gone else ""
    yield _check("作废的事实均有记录", "Facts that are void are named by a later one", wrong, told)


def _links(facts: Sequence[Fact]) -> list[str]:
    previous, problems = GENESIS, [] if facts else ["there is no fact"]
    for place, fact in enumerate(facts, 1):
        if fact.seq != place:
            problems.append(f"fact {place} is missing; found {fact.seq}")
        if fact.previous != previous:
            problems.append(f"fact {fact.seq} does not follow its predecessor")
        previous = fact.hash
    return problems


def _voided(facts: Sequence[Fact]) -> dict[int, int]:
    """Which fact is void, by which later one."""
    return {fact.data["seq"]: fact.seq for fact in facts if fact.kind == VOIDED and type(fact.data.get("seq")) is int}


def _check(zh: str, en: str, problems: Sequence[str], told: str = "") -> Check:
    more = f" (and {len(problems) - 3} more)" if len(problems) > 3 else ""
    return Check(zh, en, not problems, "; ".join(problems[:3]) + more if problems else told)
