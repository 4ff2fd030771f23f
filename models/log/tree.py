"""The shape of the log's tree (RFC 6962, section 2): which complete subtrees a root or a proof is made of. No SQL.

A subtree is named by its level and its place: it covers 2^level leaves from place·2^level on. Every complete one is
kept, so a root, a proof and an addition take about as many hashes as the tree has levels. What proofs prove is decided
by `verifier.merkle`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from verifier.merkle import EMPTY, leaf_hash, node_hash

Subtree = tuple[int, int]
Range = tuple[int, int]
"""Leaves from the first to before the second."""
Hashes = Mapping[Subtree, bytes]


def subtrees(begin: int, end: int) -> list[Subtree]:
    """The complete subtrees that the leaves from `begin` to before `end` are made of, the largest first.

    `begin` is a multiple of the largest one's size, as wherever RFC 6962 splits a tree.
    """
    found: list[Subtree] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def combined(parts: Sequence[bytes]) -> bytes:
    """The hash over subtrees that follow one another, the largest first."""
    if not parts:
        return EMPTY
    *rest, found = parts
    for left in reversed(rest):
        found = node_hash(left, found)
    return found


def inclusion(index: int, size: int) -> list[Range]:
    """Whose hashes prove that the leaf at `index` is in the tree of that size (RFC 6962, 2.1.1)."""
    return list(_inclusion(index, 0, size))


def consistency(first: int, second: int) -> list[Range]:
    """Whose hashes prove that the tree of size `second` begins with that of size `first` (RFC 6962, 2.1.2)."""
    return list(_consistency(first, 0, second, known=True)) if 0 < first < second else []


def needed(ranges: Iterable[Range]) -> list[Subtree]:
    """Every subtree whose hash it takes to hash these ranges."""
    return [part for begin, end in ranges for part in subtrees(begin, end)]


def hashed(ranges: Iterable[Range], hashes: Hashes) -> list[bytes]:
    """The hash of each range."""
    return [combined([hashes[part] for part in subtrees(begin, end)]) for begin, end in ranges]


def grown(size: int, frontier: Sequence[bytes], leaves: Iterable[bytes]) -> Iterator[tuple[Subtree, bytes]]:
    """Every subtree that is completed by adding these leaves to a tree of that size.

    `frontier`: the hashes of the subtrees it is made of so far, the largest first; `leaves`: what becomes its leaves.
    """
    stack = list(frontier)
    for place, data in enumerate(leaves, size):
        level, found = 0, leaf_hash(data)
        yield (level, place), found
        while place >> level & 1:
            found = node_hash(stack.pop(), found)
            level += 1
            yield (level, place >> level), found
        stack.append(found)


def _inclusion(index: int, begin: int, end: int) -> Iterator[Range]:
    if end - begin == 1:
        return
    middle = begin + _split(end - begin)
    if index < middle:
        yield from _inclusion(index, begin, middle)
        yield middle, end
    else:
        yield from _inclusion(index, middle, end)
        yield begin, middle


def _consistency(first: int, begin: int, end: int, *, known: bool) -> Iterator[Range]:
    if first == end:
        if not known:
            yield begin, end
        return
    middle = begin + _split(end - begin)
    if first <= middle:
        yield from _consistency(first, begin, middle, known=known)
        yield middle, end
    else:
        yield from _consistency(first, middle, end, known=False)
        yield begin, middle


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)
