"""The log across all cases: its signed tree heads, and proofs that whoever holds one can check without us."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel
from sqlalchemy import Engine

from api.deps import CallerDep, EngineDep
from api.errors import Problem, documented
from api.routes.cases import CaseId, Cursor, seen
from domain.errors import invalid
from models.database import reading, utc_now
from models.log import alarms, heads
from models.log.nodes import LogBroken
from models.log.tables import TreeHead
from models.queries import decode_cursor, encode_cursor
from models.tables import FactRow
from models.views import Page

router = APIRouter(tags=["log"])
_MOST = 2**53
Limit = Annotated[int, Query(ge=1, le=200)]
Size = Annotated[int, Path(ge=1, le=_MOST)]
_A_SIZE = Query(ge=1, le=_MOST)


class TreeHeadLine(BaseModel):
    """What the log was at a size, as its key signed it."""

    size: int
    root: str
    """In hexadecimal digits."""
    at: datetime
    key: str
    """SHA-256 of the public key."""
    file: str
    """The head as a file: canonical JSON with statement, key and signature. This is what is stamped."""
    stamp: str | None
    """Time-stamp token (RFC 3161, DER) in base64; empty until an authority has stamped it."""


class Consistency(BaseModel):
    first: int
    second: int
    first_root: str
    second_root: str
    proof: list[str]


class Inclusion(BaseModel):
    case_id: str
    seq: int
    hash: str
    """Of the fact; its 32 bytes are the leaf's data."""
    index: int
    """Place in the log, from 0 on."""
    size: int
    root: str
    proof: list[str]


@contextmanager
def alarmed(engine: Engine) -> Iterator[None]:
    """Whatever finds the log broken raises the alarm, and is answered with 503."""
    try:
        yield
    except LogBroken as broken:
        alarms.raise_alarm(engine, broken.problems, utc_now())
        raise Problem(503, "log.broken") from broken


@router.get("/log/heads", summary="Tree heads of the log", responses=documented(401, 422))
def list_heads(caller: CallerDep, engine: EngineDep, limit: Limit = 50, cursor: Cursor = None) -> Page[TreeHeadLine]:
    """The newest first. They hold nothing personal: keep one, and nobody cuts or rewrites the log behind your back."""
    before = decode_cursor(cursor, int)[0] if cursor else None
    with reading(engine) as session:
        found = heads.listed(session, limit, before)
    page = [_line(head, token) for head, token in found[:limit]]
    return Page(items=page, next=encode_cursor(page[-1].size) if len(found) > limit else None)


@router.get("/log/heads/{size}", summary="A tree head of the log", responses=documented(401, 404, 422))
def read_head(size: Size, caller: CallerDep, engine: EngineDep) -> TreeHeadLine:
    """The one that was signed when the log had so many entries."""
    with reading(engine) as session:
        return _line(*heads.head(session, size))


@router.get("/log/consistency", summary="Proof that the log only grew", responses=documented(401, 404, 422, 503))
def read_consistency(
    caller: CallerDep, engine: EngineDep, first: Annotated[int, _A_SIZE], second: Annotated[int, _A_SIZE]
) -> Consistency:
    """Between two tree heads, by RFC 9162, 2.1.4: the later log begins with the earlier one, entry by entry."""
    if first > second:
        raise invalid("log.sizes_swapped")
    with alarmed(engine), reading(engine) as session:
        old, new = heads.head(session, first)[0], heads.head(session, second)[0]
        proof = heads.consistency(session, old, new)
    told = [part.hex() for part in proof]
    return Consistency(first=first, second=second, first_root=old.root, second_root=new.root, proof=told)


@router.get(
    "/cases/{case_id}/facts/{seq}/inclusion",
    summary="Proof that a fact is in the log",
    responses=documented(401, 403, 404, 422, 503),
)
def read_inclusion(
    case_id: CaseId,
    seq: Annotated[int, Path(ge=1, le=2**31 - 1)],
    caller: CallerDep,
    engine: EngineDep,
    size: Annotated[int | None, _A_SIZE] = None,
) -> Inclusion:
    """By RFC 9162, 2.1.3, for the tree head of that size, or the newest. For whoever sees the facts of the case."""
    with alarmed(engine), reading(engine) as session:
        seen(session, case_id, caller, whole=True)
        place = heads.place_of(session, case_id, seq)
        head = heads.covering(session, place, size)
        fact = session.get_one(FactRow, (case_id, seq))
        proof = heads.inclusion(session, place, head, bytes.fromhex(fact.hash))
    return Inclusion(
        case_id=case_id,
        seq=seq,
        hash=fact.hash,
        index=place,
        size=head.size,
        root=head.root,
        proof=[part.hex() for part in proof],
    )


def _line(head: TreeHead, token: bytes | None) -> TreeHeadLine:
    return TreeHeadLine(
        size=head.size,
        root=head.root,
        at=head.at,
        key=head.key,
        file=bytes(head.content).decode(),
        stamp=b64encode(bytes(token)).decode() if token is not None else None,
    )
