"""An evidence bundle from its first byte to its last: every check there is, in an order that people can follow.

Nothing is believed before it is proved: the container is one way of writing files, the manifest names all of them and
is sealed and stamped, and what the files say is proved by the chain, the log and the stamps. Trust begins with the
fingerprint of the company's root certificate, which whoever verifies got elsewhere.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from cryptography import x509

from verifier import certificates, chain, container, heads, manifest, papers, proofs, stamps, strict_json
from verifier.chain import Fact
from verifier.heads import Head
from verifier.manifest import Manifest
from verifier.report import Check, Report

CLOCKS_DIFFER = timedelta(minutes=5)
"""At most, between the company's clock and the time-stamping authority's."""


@dataclass(frozen=True)
class Trust:
    """What whoever verifies believes beforehand, each as SHA-256 of a certificate in hexadecimal digits."""

    root: str
    stamp_roots: Collection[str] = ()
    """Roots of time-stamping authorities outside the company."""

    @property
    def of_stamps(self) -> frozenset[str]:
        return frozenset({self.root, *self.stamp_roots})


class Missing(ValueError):
    """Something that this check stands on is not in the bundle, or is broken itself."""


@dataclass
class _Opened:
    """The bundle as far as it could be read; what is asked of it and can't be given raises Missing."""

    files: Mapping[str, memoryview]
    trust: Trust
    sealed_at: datetime | None = None
    """By the stamp over the seal's signature."""
    head: Head | None = None
    earlier: list[Head] = field(default_factory=list)

    def file(self, name: str) -> memoryview:
        if name not in self.files:
            raise Missing(f"{name} is missing")
        return self.files[name]

    @cached_property
    def manifest(self) -> Manifest:
        return manifest.from_file(self.file(manifest.MANIFEST))

    @cached_property
    def known(self) -> list[x509.Certificate]:
        """Every certificate that came along."""
        of_certificates = (name for name in self.files if name.startswith(manifest.CERTIFICATES))
        return [found for name in of_certificates for found in certificates.from_pem(self.files[name])]

    @cached_property
    def facts(self) -> list[Fact]:
        case, facts = chain.parse(strict_json.load(self.file(manifest.FACTS)))
        if case != self.manifest.case:
            raise Missing(f"the facts are of case {case}, the manifest of case {self.manifest.case}")
        return facts


def verify(bundle: bytes, trust: Trust) -> Report:
    """Every check of the bundle. Never raises on account of what the bundle holds."""
    report = Report()
    files: dict[str, memoryview] = {}

    def opened() -> Iterator[Check]:
        files.update(container.unpack(bundle))
        yield Check("证据包完整，未夹带其他内容", "The container is whole and holds nothing else", True, _count(files))

    report.add(_guarded("证据包完整，未夹带其他内容", "The container is whole and holds nothing else", opened))
    if not files:
        return report
    whole = _Opened(files, trust)
    for zh, en, step in _STEPS:
        report.add(_guarded(zh, en, lambda step=step: step(whole)))  # type: ignore[misc]  # a lambda in a loop
    report.about = _about(whole)
    return report


def _guarded(zh: str, en: str, step: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """The step's checks; if it can't go on, a check that failed and says why."""
    try:
        yield from step()
    except ValueError as error:  # all of ours, and JSON's, ASN.1's and X.509's
        yield Check(zh, en, False, str(error))
    except MemoryError:
        raise
    except Exception as error:  # whatever else a hostile file brings a library to: it proves nothing
        yield Check(zh, en, False, f"{type(error).__name__}: {error}")


def _files(whole: _Opened) -> Iterator[Check]:
    listed = whole.manifest.files
    surplus = sorted(set(whole.files) - set(listed) - manifest.UNLISTED)
    lacking = sorted({*listed, *manifest.UNLISTED} - set(whole.files))
    found = [f"{name} is not in the manifest" for name in surplus] + [f"{name} is missing" for name in lacking]
    yield Check(
        "清单覆盖且仅覆盖全部文件", "The manifest lists all files and no other", not found, "; ".join(found[:5])
    )
    for name in sorted(set(listed) & set(whole.files)):
        same = manifest.listed(whole.files[name]) == listed[name]
        yield Check(f"文件 {name}", f"File {name}", same, "" if same else "not the file that was sealed")


def _seal(whole: _Opened) -> Iterator[Check]:
    signature = bytes(whole.file(manifest.SIGNATURE))
    stamp = stamps.verify(whole.file(manifest.STAMP), signature, whole.known, whole.trust.of_stamps)
    late = whole.manifest.made_at - stamp.at <= CLOCKS_DIFFER
    told = f"{stamp.at.isoformat()} {stamp.authority}"
    yield Check("清单签章的可信时间戳", "Time stamp over the seal's signature", late, told)
    whole.sealed_at = stamp.at


def _seal_chain(whole: _Opened) -> Iterator[Check]:
    if whole.sealed_at is None:
        raise Missing("without its time stamp nobody knows when it was sealed")
    leaf, *others = certificates.from_pem(whole.file(manifest.SEAL_CHAIN))
    way = certificates.chain(leaf, others, {whole.trust.root}, whole.sealed_at, certificates.for_sealing)
    told = f"{certificates.shown(leaf)} ← {certificates.shown(way[-1])}"
    yield Check("公司印章证书可追溯至给定根证书", "The seal's certificate leads to the given root", True, told)
    certificates.verify_signature(leaf, bytes(whole.file(manifest.SIGNATURE)), bytes(whole.file(manifest.MANIFEST)))
    yield Check("公司印章对清单的签名", "The company's seal over the manifest", True)


def _head(whole: _Opened) -> Iterator[Check]:
    found, told = _stamped_head(whole, manifest.HEAD, manifest.HEAD_STAMP)
    if found.size != whole.manifest.log_size:
        raise Missing(f"the manifest speaks of a log of {whole.manifest.log_size} entries, the head of {found.size}")
    whole.head = found
    yield Check("日志树头的签名与时间戳", "The log's tree head, signed and stamped", True, told)


def _stamped_head(whole: _Opened, name: str, stamp_name: str) -> tuple[Head, str]:
    content = whole.file(name)
    found = heads.from_file(content, whole.manifest.log_keys)
    stamp = stamps.verify(whole.file(stamp_name), bytes(content), whole.known, whole.trust.of_stamps)
    if found.at - stamp.at > CLOCKS_DIFFER:
        raise Missing(f"{name} says it was made after it was stamped")
    return found, f"{found.size} entries, {stamp.at.isoformat()} {stamp.authority}"


def _earlier_heads(whole: _Opened) -> Iterator[Check]:
    names = [name for name in whole.files if name.startswith(manifest.EARLIER_HEADS) and name.endswith(".json")]
    stamped = {f"{name.removesuffix('.json')}.tst" for name in names}
    if strange := sorted(
        n for n in whole.files if n.startswith(manifest.EARLIER_HEADS) and n not in stamped and n not in names
    ):
        raise Missing(f"{strange[0]} belongs to no tree head")
    for name in names:
        found, told = _stamped_head(whole, name, f"{name.removesuffix('.json')}.tst")
        whole.earlier.append(found)
        yield Check(f"较早的树头 {name}", f"Earlier tree head {name}", True, told)


def _chain(whole: _Opened) -> Iterator[Check]:
    yield from chain.checks(whole.manifest.case, whole.facts)


def _proofs(whole: _Opened) -> Iterator[Check]:
    if whole.head is None:
        raise Missing("there is no tree head to prove it by")
    found = proofs.parse(strict_json.load(whole.file(manifest.PROOFS)))
    yield from proofs.checks(found, whole.facts, whole.head, whole.earlier)


def _papers(whole: _Opened) -> Iterator[Check]:
    found = papers.parse(strict_json.load(whole.file(manifest.PAPERS)))
    yield from papers.checks(found, whole.files, whole.manifest.files, whole.facts)
    yield from papers.record_checks(whole.manifest.case, found, whole.files, whole.facts, _root(whole))


def _readable(whole: _Opened) -> Iterator[Check]:
    for name in (manifest.ORDERS, manifest.COMMUNICATIONS, manifest.LEGAL_BASES):
        strict_json.load(whole.file(name))
    yield Check("往来、订单与法律依据可读", "Orders, conversations and legal bases can be read", True)


def _root(whole: _Opened) -> x509.Certificate:
    for found in whole.known:
        if certificates.fingerprint(found) == whole.trust.root:
            return found
    raise Missing("no certificate in the bundle has the fingerprint that was given for the root")


def _has_root(whole: _Opened) -> Iterator[Check]:
    yield Check("根证书与给定指纹一致", "The root has the given fingerprint", True, certificates.shown(_root(whole)))


_Step = tuple[str, str, Callable[[_Opened], Iterable[Check]]]
_STEPS: Sequence[_Step] = (
    ("清单与文件", "The manifest and the files", _files),
    ("根证书与给定指纹一致", "The root has the given fingerprint", _has_root),
    ("清单签章的可信时间戳", "Time stamp over the seal's signature", _seal),
    ("公司印章", "The company's seal", _seal_chain),
    ("日志树头的签名与时间戳", "The log's tree head, signed and stamped", _head),
    ("较早的树头", "Earlier tree heads", _earlier_heads),
    ("事实链", "The chain of facts", _chain),
    ("日志包含与一致性证明", "Proofs of inclusion and consistency", _proofs),
    ("文书", "Papers", _papers),
    ("往来、订单与法律依据可读", "Orders, conversations and legal bases can be read", _readable),
)


def _about(whole: _Opened) -> dict[str, str | int]:
    try:
        said = whole.manifest
    except ValueError:
        return {}
    return {
        "case": said.case,
        "company": said.company,
        "made_at": said.made_at.isoformat(),
        "made_by": said.made_by,
        "purpose": said.purpose,
        "log_size": said.log_size,
    }


def _count(files: Mapping[str, memoryview]) -> str:
    return f"{len(files)} files, {sum(len(content) for content in files.values())} bytes"
