"""A tree head is signed only if the log continues what was signed before; who cuts, rewrites or edits it is found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from domain.errors import Refusal
from models.database import reading
from models.log import checking, heads, integration
from models.log.keys import RingSigner
from models.log.nodes import LogBroken
from models.tables import FactRow
from tests.authority import Authority
from tests.builders import ARRIVAL, KEY
from tests.models.log.facts import add_facts, tamper
from verifier import heads as signed
from verifier import merkle, stamps
from verifier.certificates import Untrusted

LATER = ARRIVAL + timedelta(hours=1)


@pytest.fixture
def log(with_facts: Engine, signer: RingSigner) -> Engine:
    """Two heads, at nine and at fourteen facts; two more facts are not in the log yet."""
    integration.integrate(with_facts)
    heads.sign(with_facts, signer, ARRIVAL)
    add_facts(with_facts, "c4", 5)
    integration.integrate(with_facts)
    heads.sign(with_facts, signer, ARRIVAL + timedelta(minutes=30))
    add_facts(with_facts, "c5", 2)
    return with_facts


def problems(engine: Engine, signer: RingSigner) -> list[str]:
    with reading(engine) as session:
        return list(checking.problems(session, signer.known))


def test_a_head_says_size_root_instant_and_key_and_is_signed(log: Engine, signer: RingSigner) -> None:
    with reading(log) as session:
        head, token = heads.head(session, 14)
        said = signed.from_file(head.content, signer.known)
    assert (said.size, said.root.hex(), said.at, said.key) == (14, head.root, head.at, head.key)
    assert token is None
    with pytest.raises(signed.BadHead, match="not the log's"):
        signed.from_file(head.content, ["0" * 64])


def test_nothing_new_gives_no_new_head(log: Engine, signer: RingSigner) -> None:
    assert heads.sign(log, signer, LATER) == 14
    with reading(log) as session:
        assert [head.size for head, _ in heads.listed(session, 10, None)] == [14, 9]


def test_an_empty_log_is_not_signed(engine: Engine, signer: RingSigner) -> None:
    assert heads.sign(engine, signer, ARRIVAL) == 0
    with reading(engine) as session:
        assert heads.newest(session) is None


def test_heads_are_stamped_later_if_nobody_stamps_now_and_each_once(
    log: Engine, authority: Authority, signer: RingSigner
) -> None:
    class Away:
        def stamp(self, sha256: bytes) -> bytes:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        heads.stamp(log, Away(), LATER)
    assert heads.stamp(log, authority, LATER) == 2
    assert heads.stamp(log, authority, LATER) == 0
    with reading(log) as session:
        head, token = heads.head(session, 9)
    assert token is not None
    assert stamps.verify(token, head.content, [], {authority.fingerprint}).at == authority.now
    with pytest.raises(stamps.BadStamp):
        stamps.verify(token, head.content + b" ", [], {authority.fingerprint})
    with pytest.raises(Untrusted):
        stamps.verify(token, head.content, [], {"0" * 64})


def test_a_new_key_signs_and_the_heads_of_the_old_one_stay_good(log: Engine) -> None:
    new = "bmV3" + KEY[4:]
    both = RingSigner({"k1": KEY, "k2": new}, "k2")
    integration.integrate(log)
    assert heads.sign(log, both, LATER) == 16
    assert problems(log, both) == []
    alone = RingSigner({"k2": new}, "k2")
    assert any("not the log's" in problem for problem in problems(log, alone))


def test_every_fact_is_proved_by_every_head_that_covers_it(log: Engine) -> None:
    with reading(log) as session:
        for head, _ in heads.listed(session, 10, None):
            row = session.get_one(FactRow, ("c2", 3))
            place = heads.place_of(session, "c2", 3)
            proof = heads.inclusion(session, place, head, bytes.fromhex(row.hash))
            leaf = merkle.leaf_hash(bytes.fromhex(row.hash))
            assert merkle.includes(place, head.size, leaf, proof, bytes.fromhex(head.root))
        first, second = heads.head(session, 9)[0], heads.head(session, 14)[0]
        proof = heads.consistency(session, first, second)
        roots = bytes.fromhex(first.root), bytes.fromhex(second.root)
        assert merkle.consistent(9, 14, *roots, proof)


def test_what_is_not_in_the_log_or_was_not_signed_is_not_found(log: Engine) -> None:
    with reading(log) as session:
        for ask in (lambda: heads.place_of(session, "c5", 1), lambda: heads.head(session, 10)):
            with pytest.raises(Refusal):
                ask()


def test_the_first_stamped_head_that_covers_a_fact_dates_it(log: Engine, authority: Authority) -> None:
    heads.stamp(log, authority, LATER)
    with reading(log) as session:
        assert [head.size for head in heads.first_covering(session, [2, 11], 14)] == [9]
        assert [head.size for head in heads.first_covering(session, [2, 11], 99)] == [9, 14]
        assert heads.first_covering(session, [11], 14) == []


def _cut(engine: Engine) -> None:
    tamper(engine, "log_leaf", "DELETE FROM log_leaf WHERE place > 11")
    tamper(engine, "log_node", "DELETE FROM log_node WHERE (place + 1) * (1 << level) > 12")


def _swap(engine: Engine) -> None:
    places = "UPDATE log_leaf SET seq = 9 WHERE place = 0", "UPDATE log_leaf SET seq = 1 WHERE place = 2"
    tamper(engine, "log_leaf", *places, "UPDATE log_leaf SET seq = 3 WHERE place = 0")


def _forge(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        tamper(engine, "tree_head", "UPDATE tree_head SET content = CAST(content || ' ' AS BLOB)")
    else:
        tamper(engine, "tree_head", "UPDATE tree_head SET content = content || ' '::bytea")


def by(table: str, statement: str, **values: str) -> Callable[[Engine], None]:
    return lambda engine: tamper(engine, table, statement, **values)


LIKE_THE_FIRST = "UPDATE log_node SET hash = (SELECT hash FROM log_node WHERE level = 0 AND place = 0) "
OTHER_HASH = "UPDATE fact SET hash = :hash WHERE case_id = :case AND seq = 2"
ATTACKS: dict[str, tuple[Callable[[Engine], None], str]] = {
    "the end is cut off": (_cut, "the log was cut: 12 entries, and 14 were signed"),
    "a leaf that was signed is another one": (
        by("log_node", LIKE_THE_FIRST + "WHERE level = 0 AND place = 13"),
        "13 of the log is not made of the facts",
    ),
    "the top of the tree is another one": (
        by("log_node", LIKE_THE_FIRST + "WHERE level = 3 AND place = 0"),
        "rewritten",
    ),
    "a hash is missing": (by("log_node", "DELETE FROM log_node WHERE level = 3"), "subtree 3/0 is missing"),
    "another fact stands at a place": (_swap, "not made of the facts"),
    "a fact has another hash": (by("fact", OTHER_HASH, hash="ab" * 32, case="c2"), "not made of the facts"),
    "a head has another root": (
        by("tree_head", "UPDATE tree_head SET root = :root WHERE size = 14", root="00" * 32),
        "stored with another size or root than was signed",
    ),
    "a head is forged": (_forge, "not in canonical form"),
    "a fact is taken from the log": (
        by("log_leaf", "DELETE FROM log_leaf WHERE place = 4"),
        "places of the log are missing",
    ),
    "a fact never comes to the log": (
        by("fact_queue", "DELETE FROM fact_queue WHERE case_id = 'c5' AND seq = 2"),
        "fact 2 of case c5 is not in the log",
    ),
}


@pytest.mark.law("EVD-03")
@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_was_done_to_the_log_is_found(log: Engine, signer: RingSigner, attack: str) -> None:
    assert problems(log, signer) == []
    act, said = ATTACKS[attack]
    act(log)
    assert said in "; ".join(problems(log, signer))


@pytest.mark.law("EVD-03")
@pytest.mark.parametrize(
    "attack",
    ["the end is cut off", "the top of the tree is another one", "a hash is missing", "a head has another root"],
)
def test_a_log_that_does_not_continue_what_was_signed_is_not_signed_over(
    log: Engine, signer: RingSigner, attack: str
) -> None:
    ATTACKS[attack][0](log)
    for _ in range(2):
        with pytest.raises(LogBroken):
            _grow_and_sign(log, signer)
    with reading(log) as session:
        newest = heads.newest(session)
    assert newest is not None
    assert newest.size == 14


def _grow_and_sign(log: Engine, signer: RingSigner) -> None:
    integration.integrate(log)
    heads.sign(log, signer, LATER)


@pytest.mark.law("EVD-03")
def test_what_was_added_since_the_last_head_is_recomputed_from_the_facts_before_it_is_signed(
    log: Engine, signer: RingSigner
) -> None:
    integration.integrate(log)
    tamper(log, "fact", OTHER_HASH, hash="ab" * 32, case="c5")
    with pytest.raises(LogBroken, match="not made of the facts"):
        heads.sign(log, signer, LATER)


@pytest.mark.law("EVD-03")
def test_a_log_that_is_rolled_back_with_its_heads_contradicts_the_head_that_somebody_kept(
    log: Engine, signer: RingSigner
) -> None:
    """Inside nothing is wrong; who holds a stamped head sees it. That is why heads leave the house."""
    with reading(log) as session:
        held = signed.from_file(heads.head(session, 14)[0].content, signer.known)
    tamper(log, "tree_head", "DELETE FROM tree_head WHERE size = 14")
    tamper(log, "log_leaf", "DELETE FROM log_leaf WHERE place > 8")
    tamper(log, "log_node", "DELETE FROM log_node WHERE (place + 1) * (1 << level) > 9")
    tamper(log, "fact_queue", "DELETE FROM fact_queue")
    tamper(log, "fact", "DELETE FROM fact WHERE case_id IN ('c4', 'c5')")
    add_facts(log, "c6", 8)
    integration.integrate(log)
    assert heads.sign(log, signer, LATER) == 17
    assert problems(log, signer) == []
    with reading(log) as session, pytest.raises(LogBroken, match="rewritten"):
        checking.require_continues(session, held)
