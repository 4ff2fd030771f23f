"""The tree is that of RFC 6962: its published roots, and proofs of every leaf and every earlier size."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.log import tree
from verifier import merkle

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of Certificate Transparency's reference tests."""


def plain_root(leaves: list[bytes]) -> bytes:
    """As RFC 6962 defines it, word by word."""
    if len(leaves) < 2:
        return merkle.leaf_hash(leaves[0]) if leaves else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(plain_root(leaves[:split]), plain_root(leaves[split:]))


def kept(leaves: list[bytes]) -> tree.Hashes:
    return dict(tree.grown(0, [], leaves))


def root(nodes: tree.Hashes, size: int) -> bytes:
    return tree.combined([nodes[part] for part in tree.subtrees(0, size)])


def some(size: int) -> list[bytes]:
    return [hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_the_published_ones(size: int) -> None:
    leaves = [bytes.fromhex(text) for text in INPUTS]
    assert root(kept(leaves), size).hex() == ROOTS[size - 1]


def test_a_tree_without_leaves_has_the_root_of_nothing() -> None:
    assert tree.combined([]) == merkle.EMPTY == hashlib.sha256(b"").digest()


def test_every_leaf_of_every_small_tree_is_proved_and_no_other_leaf_is() -> None:
    leaves = some(40)
    nodes = kept(leaves)
    for size in range(1, 41):
        whole = plain_root(leaves[:size])
        assert root(nodes, size) == whole
        for index in range(size):
            proof = tree.hashed(tree.inclusion(index, size), nodes)
            leaf = merkle.leaf_hash(leaves[index])
            assert merkle.includes(index, size, leaf, proof, whole)
            assert not merkle.includes(index, size, merkle.leaf_hash(b"other"), proof, whole)
            assert not merkle.includes(index, size, leaf, [*proof, whole], whole)
            assert not proof or not merkle.includes(index, size, leaf, proof[:-1], whole)
            assert size == 1 or not merkle.includes((index + 1) % size, size, leaf, proof, whole)


def test_every_small_tree_is_proved_to_continue_every_smaller_one() -> None:
    leaves = some(40)
    nodes = kept(leaves)
    for second in range(1, 41):
        for first in range(1, second + 1):
            proof = tree.hashed(tree.consistency(first, second), nodes)
            old, new = root(nodes, first), root(nodes, second)
            assert merkle.consistent(first, second, old, new, proof)
            assert first == second or not merkle.consistent(first, second, new, old, proof)
            assert not merkle.consistent(first, second, old, new, [*proof, old])
            assert not proof or not merkle.consistent(first, second, old, new, proof[1:])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_proof_with_one_bit_changed_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 300))
    leaves = some(size)
    nodes = kept(leaves)
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    inclusion = tree.hashed(tree.inclusion(index, size), nodes)
    consistency = tree.hashed(tree.consistency(first, size), nodes)
    whole, old, leaf = root(nodes, size), root(nodes, first), merkle.leaf_hash(leaves[index])
    assert merkle.includes(index, size, leaf, inclusion, whole)
    assert merkle.consistent(first, size, old, whole, consistency)
    assert not merkle.includes(index, size, leaf, flipped(inclusion, data), whole)
    assert not merkle.consistent(first, size, old, whole, flipped(consistency, data))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 70), max_size=6))
def test_a_tree_grows_alike_in_one_go_and_in_many(parts: list[int]) -> None:
    leaves = some(sum(parts))
    grown: dict[tree.Subtree, bytes] = {}
    at = 0
    for count in parts:
        frontier = [grown[part] for part in tree.subtrees(0, at)]
        grown |= dict(tree.grown(at, frontier, leaves[at : at + count]))
        at += count
    assert grown == kept(leaves)


@pytest.mark.parametrize("size", [1, 2, 3, 1000, 1_000_000, 10**9])
def test_a_proof_takes_no_more_hashes_than_the_tree_has_levels_twice(size: int) -> None:
    levels = size.bit_length() + 1
    for index in (0, size // 3, size - 1):
        assert len(tree.needed(tree.inclusion(index, size))) <= 2 * levels
    assert len(tree.needed(tree.consistency(max(1, size // 3), size))) <= 2 * levels


@pytest.mark.parametrize(
    ("index", "size", "leaf"), [(1, 1, bytes(32)), (-1, 3, bytes(32)), (0, 0, bytes(32)), (0, 1, b"short")]
)
def test_a_leaf_that_can_not_be_there_is_not_there(index: int, size: int, leaf: bytes) -> None:
    assert not merkle.includes(index, size, leaf, [], leaf)


@pytest.mark.parametrize(("first", "second"), [(3, 2), (-1, 2)])
def test_no_tree_continues_a_larger_one(first: int, second: int) -> None:
    assert not merkle.consistent(first, second, bytes(32), bytes(32), [])


def test_everything_continues_the_empty_tree_and_nothing_else_has_its_root() -> None:
    assert merkle.consistent(0, 5, merkle.EMPTY, bytes(32), [])
    assert not merkle.consistent(0, 5, bytes(32), bytes(32), [])


def flipped(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    place = data.draw(st.integers(0, len(proof) * 256 - 1))
    changed = bytearray(proof[place // 256])
    changed[place % 256 // 8] ^= 1 << (place % 8)
    return [bytes(changed) if n == place // 256 else part for n, part in enumerate(proof)]
