"""The papers of a case: each is the one that the chain names by its hash, the signed record the one that was archived.

What was signed within the record itself (a PDF with its signatures) is looked at by `verifier.pdf`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from verifier import manifest
from verifier.chain import Fact, standing
from verifier.manifest import Listed
from verifier.report import Check

RECORD, PDF = "signed_record", "application/pdf"
CLOSED, SEALED, ARCHIVED = "CaseClosed", "RecordSealed", "CaseArchived"
_TEXTS = ("id", "kind", "media_type", "sha256", "file", "withheld_because")
_FIELDS = {*_TEXTS, "at", "delivered"}


class BadPapers(ValueError):
    """Not what `notices.json` has to be; the text says what is wrong."""


@dataclass(frozen=True)
class Paper:
    id: str
    kind: str
    media_type: str
    sha256: str
    file: str
    """Where it lies in the bundle; empty if it was not given out or is erased."""
    withheld_because: str


@dataclass(frozen=True)
class ExpectedRecord:
    """What the chain says of the handover record that lies in the bundle."""

    case: str
    document: str
    sha256: str
    facts: tuple[Fact, ...]
    """All facts that stand; those about signing among them."""


def parse(found: Any) -> list[Paper]:
    """Raises BadPapers if anything is missing, surplus or of another type."""
    if not isinstance(found, dict) or set(found) != {"papers"} or not isinstance(found["papers"], list):
        raise BadPapers("notices.json does not hold papers")
    for row in found["papers"]:
        if not isinstance(row, dict) or set(row) != _FIELDS or not all(isinstance(row[name], str) for name in _TEXTS):
            raise BadPapers("a paper lacks something, or has something of another type")
        if bool(row["file"]) == bool(row["withheld_because"]):
            raise BadPapers(f"paper {row['id']} is neither there nor said to be missing for a reason")
    return [Paper(*(row[name] for name in _TEXTS)) for row in found["papers"]]


def checks(
    papers: Sequence[Paper], files: Iterable[str], listed: Mapping[str, Listed], facts: Sequence[Fact]
) -> Iterator[Check]:
    """Each paper in the bundle is a file of it, and named by the chain with its hash."""
    there = {paper.file for paper in papers if paper.file}
    given = {name for name in files if name.startswith(manifest.DOCUMENTS)}
    problems = [f"{name} is in no list" for name in sorted(given - there)]
    problems += [f"{name} is missing" for name in sorted(there - given)]
    yield Check("文书齐全", "The papers are all there", not problems, "; ".join(problems[:5]))
    named = {value for fact in standing(facts) for value in _texts(fact.data)}
    for paper in papers:
        if paper.file:
            same = paper.file in listed and listed[paper.file].sha256 == paper.sha256
            proved = same and paper.sha256 in named
            told = "" if proved else "the chain names no paper with this hash"
            yield Check(f"文书 {paper.id} 由证据链载明", f"Paper {paper.id} is named by the chain", proved, told)


def record_checks(
    case: str,
    papers: Sequence[Paper],
    files: Mapping[str, memoryview],
    facts: Sequence[Fact],
    root: x509.Certificate,
) -> Iterator[Check]:
    """The handover record that was sealed last, and what closed the case for good."""
    held = standing(facts)
    sealed = _last(held, SEALED)
    archived = _last(held, ARCHIVED)
    records = {paper.sha256: paper for paper in papers if paper.kind == RECORD}
    if archived is not None:
        same = archived.data.get("sha256") in records
        told = "" if same else "the record that was archived is another one"
        yield Check("归档事实锁定交接书", "The archived record is the one in the bundle", same, told)
    if sealed is None:
        return
    digest = str((archived or sealed).data.get("sha256", ""))
    record = records.get(digest)
    if record is None or record.media_type != PDF:
        return
    if _last(held, CLOSED) is not None and archived is None:
        yield Check("结案后已归档", "The closed case was archived", False, "the last fact, CaseArchived, is missing")
    if record.file:
        expected = ExpectedRecord(case, record.id, record.sha256, tuple(held))
        from verifier.pdf import check_record  # noqa: PLC0415  # its library is needed for nothing else

        yield from check_record(bytes(files[record.file]), root.public_bytes(Encoding.DER), expected)


def _last(facts: Sequence[Fact], kind: str) -> Fact | None:
    return next((fact for fact in reversed(facts) if fact.kind == kind), None)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)
