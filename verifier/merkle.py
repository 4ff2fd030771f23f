"""The Merkle tree of RFC 6962 (RFC 9162, section 2): hashes of leaves and nodes, and what its proofs prove.

Standard library only. Who makes proofs, and who signs a tree, checks them with these very functions.
"""

import hashlib
from collections.abc import Sequence

HASH_SIZE = 32
EMPTY = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


class BadProof(ValueError):
    """The proof does not fit the tree's size."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that the proof leads to from the leaf's hash (RFC 9162, 2.1.3.2). Raises BadProof if it does not fit."""
    if not 0 <= index < size or any(len(part) != HASH_SIZE for part in (leaf, *proof)):
        raise BadProof("no such leaf, or hashes of a wrong length")
    place, last, found = index, size - 1, leaf
    for part in proof:
        if last == 0:
            raise BadProof("the proof is too long")
        if place & 1 or place == last:
            found = node_hash(part, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, part)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("the proof is too short")
    return found


def includes(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """True if the tree of this size and root has the leaf's hash at `index`."""
    try:
        return root_of_inclusion(index, size, leaf, proof) == root
    except BadProof:
        return False


def consistent(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """True if the tree of size `second` only added leaves to that of size `first` (RFC 9162, 2.1.4.2)."""
    if not 0 <= first <= second or any(len(part) != HASH_SIZE for part in (first_root, second_root, *proof)):
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(part, old), node_hash(part, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, part)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root
