"""Bundles for the verifier's tests, made without the product's database: a small log, a case in it, papers, seals."""

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785

from models.evidence.packing import About, Seals, write
from models.log import tree
from models.log.keys import RingSigner
from tests.authority import Authority
from verifier import chain, container, heads, manifest
from verifier.chain import Fact

SEED = base64.b64encode(b"t" * 32).decode()
SIGNER = RingSigner({"k1": SEED}, "k1")
AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CASE = "5b0d6c0c5a2b5f6f9e0c8d7e6f5a4b3c"
RECORD = b'{"record": "signed by everybody"}'
PAPER = b"<p>certificate</p>"
NOISE = 20
"""Facts of other cases between two of ours."""


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def chained(case: str, told: list[tuple[str, dict[str, Any]]]) -> list[Fact]:
    """Facts as the ledger writes them; `erased` in place of data: content that is gone."""
    facts: list[Fact] = []
    previous = chain.GENESIS
    for seq, (kind, data) in enumerate(told, 1):
        at = (AT + timedelta(minutes=seq)).isoformat()
        fact = Fact(seq, seq, kind, at, "a-hr", data, previous, "")
        fact = Fact(**{**vars(fact), "hash": chain.hash_of(case, fact)})
        if data.get("gone"):
            fact = Fact(**{**vars(fact), "by": "", "data": chain.ERASED})
        facts.append(fact)
        previous = fact.hash
    return facts


HAPPENED: list[tuple[str, dict[str, Any]]] = [
    ("CaseOpened", {"systems": ["crm", "erp"]}),
    ("ItemsHandedOver", {"items": ["customer_files"], "gone": True}),
    ("RecordPresented", {"document": "d-record", "sha256": sha(RECORD)}),
    ("StageEntered", {"stage": "leaving"}),
    ("FactVoided", {"seq": 4, "because": "the step that wrote it was never confirmed"}),
    ("PaperIssued", {"paper": "certificate", "document": "d-paper", "sha256": sha(PAPER)}),
    ("RecordSealed", {"document": "d-record", "sha256": sha(RECORD)}),
    ("FileErased", {"file": "case_file"}),
    ("CaseClosed", {"outcome": "completed"}),
    ("CaseArchived", {"document": "d-record", "sha256": sha(RECORD)}),
]


@dataclass
class Made:
    """A case in a log, and the files of its bundle; a test changes what it likes before it is packed."""

    authority: Authority
    case: str = CASE
    facts: list[Fact] = field(default_factory=list)
    nodes: dict[tree.Subtree, bytes] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    size: int = 0
    early: int = 0

    def head_file(self, size: int, at: datetime) -> bytes:
        root = tree.combined([self.nodes[part] for part in tree.subtrees(0, size)])
        said = heads.statement(size, root, at, heads.key_id(SIGNER.public_key))
        return heads.to_file(said, SIGNER.public_key, SIGNER.sign(said))

    def stamped(self, content: bytes) -> bytes:
        return self.authority.stamp(hashlib.sha256(content).digest())

    def packed(self, seals: Seals | None = None) -> bytes:
        """The bundle of these files, sealed anew."""
        about = About(
            self.case, "测试贸易有限公司", AT + timedelta(hours=3), "a-hr", "仲裁", self.size, sorted(SIGNER.known)
        )
        target = io.BytesIO()
        files = [(name, lambda name=name: self.files[name]) for name in self.files]
        write(target, about, files, seals or Seals(self.authority, self.authority))
        return target.getvalue()


def made(
    authority: Authority, case: str = CASE, happened: list[tuple[str, dict[str, Any]]] | None = None, noise: int = NOISE
) -> Made:
    """A whole bundle of a case; `noise`: how much of others stands in the log between its facts."""
    of = Made(authority, case, chained(case, HAPPENED if happened is None else happened))
    leaves: list[bytes] = []
    for fact in of.facts:
        leaves += [hashlib.sha256(f"{case}{len(leaves) + n}".encode()).digest() for n in range(noise)]
        of.places.append(len(leaves))
        leaves.append(bytes.fromhex(fact.hash))
    of.nodes = dict(tree.grown(0, [], leaves))
    of.size, of.early = len(leaves), max(1, len(leaves) // 2)
    head, early = of.head_file(of.size, AT + timedelta(hours=2)), of.head_file(of.early, AT + timedelta(hours=1))
    of.files = {
        manifest.FACTS: rfc8785.dumps({"case": case, "facts": [vars(fact) for fact in of.facts]}),
        manifest.PROOFS: rfc8785.dumps(_proofs(of)),
        manifest.HEAD: head,
        manifest.HEAD_STAMP: of.stamped(head),
        f"heads/{of.early}.json": early,
        f"heads/{of.early}.tst": of.stamped(early),
        manifest.PAPERS: rfc8785.dumps({"papers": _papers()}),
        "documents/d-record.json": RECORD,
        "documents/d-paper.html": PAPER,
        manifest.ORDERS: b'{"orders":[]}',
        manifest.COMMUNICATIONS: b'{"communications":[]}',
        manifest.LEGAL_BASES: b'{"answers":[]}',
        manifest.PAGE: "<p>证据包</p>".encode(),
        container.README: "说明".encode(),
    }
    return of


def _proofs(of: Made) -> Any:
    included = [
        {"seq": f.seq, "index": i, "proof": [h.hex() for h in tree.hashed(tree.inclusion(i, of.size), of.nodes)]}
        for f, i in zip(of.facts, of.places, strict=True)
    ]
    grown = [h.hex() for h in tree.hashed(tree.consistency(of.early, of.size), of.nodes)]
    return {"facts": included, "heads": [{"size": of.early, "consistency": grown}]}


def _papers() -> list[dict[str, Any]]:
    usual = {"at": AT.isoformat(), "delivered": [], "withheld_because": ""}
    return [
        {**usual, "id": "d-record", "kind": "signed_record", "media_type": "application/json",
         "sha256": sha(RECORD), "file": "documents/d-record.json"},
        {**usual, "id": "d-paper", "kind": "paper:certificate", "media_type": "text/html",
         "sha256": sha(PAPER), "file": "documents/d-paper.html"},
        {**usual, "id": "d-other", "kind": "paper:freeze_agreement", "media_type": "text/html",
         "sha256": sha(b"other"), "file": "", "withheld_because": "erased"},
    ]  # fmt: skip


def repacked(files: Mapping[str, bytes | memoryview]) -> bytes:
    """These very files as a container, whatever they are: what somebody makes who has no seal."""
    target = io.BytesIO()
    container.pack({name: bytes(content) for name, content in files.items()}, target)
    return target.getvalue()


def opened(bundle: bytes) -> dict[str, bytes]:
    return {name: bytes(content) for name, content in container.unpack(bundle).items()}


def changed(content: bytes, change: Any) -> bytes:
    """The JSON file after `change` was done to what it says."""
    found = json.loads(content)
    change(found)
    return rfc8785.dumps(found)
