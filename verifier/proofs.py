"""That every fact of the case is in the log, and that the log only ever grew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from verifier import merkle
from verifier.chain import Fact
from verifier.heads import Head
from verifier.report import Check

MOST_STEPS = 64
"""Of a proof: enough for any log that fits into the world."""


class BadProofs(ValueError):
    """Not what `proofs.json` has to be; the text says what is wrong."""


@dataclass(frozen=True)
class Inclusion:
    seq: int
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class Proofs:
    facts: tuple[Inclusion, ...]
    heads: dict[int, tuple[bytes, ...]]
    """For the size of each earlier head: the proof that the log only grew from there."""


def parse(found: Any) -> Proofs:
    """Raises BadProofs if anything is missing or of another type."""
    try:
        if set(found) != {"facts", "heads"}:
            raise BadProofs("it holds something else than proofs")
        facts = tuple(Inclusion(_whole(f["seq"]), _whole(f["index"]), _path(f["proof"])) for f in found["facts"])
        heads = {_whole(h["size"]): _path(h["consistency"]) for h in found["heads"]}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadProofs(str(error) or "it does not hold proofs") from None
    return Proofs(facts, heads)


def checks(proofs: Proofs, facts: Sequence[Fact], head: Head, earlier: Sequence[Head]) -> Iterator[Check]:
    """One check for all the facts, one for each earlier head; the details name what is not proved."""
    problems = list(_not_included(proofs, facts, head))
    zh, en = f"{len(facts)} 条事实均在日志中", f"All {len(facts)} facts are in the log"
    yield Check(zh, en, not problems, "; ".join(problems[:3]))
    if set(proofs.heads) != {other.size for other in earlier} or len(earlier) != len(proofs.heads):
        yield Check("日志只增不改", "The log only grew", False, "proofs and earlier tree heads do not belong together")
        return
    for other in sorted(earlier, key=lambda known: known.size):
        grew = merkle.consistent(other.size, head.size, other.root, head.root, proofs.heads[other.size])
        told = _covered(proofs, other) if grew else "the log was cut or rewritten after that tree head"
        yield Check(f"日志自 {other.size} 条起只增不改", f"From {other.size} entries on the log only grew", grew, told)


def _not_included(proofs: Proofs, facts: Sequence[Fact], head: Head) -> Iterator[str]:
    if [proof.seq for proof in proofs.facts] != [fact.seq for fact in facts]:
        yield "the proofs are not those of the facts"
        return
    last = -1
    for proof, fact in zip(proofs.facts, facts, strict=True):
        leaf = merkle.leaf_hash(bytes.fromhex(fact.hash))
        if not merkle.includes(proof.index, head.size, leaf, proof.path, head.root):
            yield f"fact {fact.seq} is not in the log at place {proof.index}"
        if proof.index <= last:
            yield f"fact {fact.seq} stands in the log before its predecessor"
        last = proof.index


def _covered(proofs: Proofs, head: Head) -> str:
    """Which facts were there at the time of that head."""
    there = [proof.seq for proof in proofs.facts if proof.index < head.size]
    return f"facts 1 to {there[-1]} existed by then" if there else ""


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise BadProofs("a place or a size is none")
    return value


def _path(value: Any) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > MOST_STEPS:
        raise BadProofs("a proof is no list of hashes")
    path = tuple(bytes.fromhex(part) for part in value)
    if any(len(part) != merkle.HASH_SIZE for part in path):
        raise BadProofs("a proof holds something that is no hash")
    return path
