"""What the law answered, and from which books: kept with the case and with every figure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PinnedBook:
    """Which versions a case was opened under; it is judged by them to its end, whatever the law becomes."""

    pack: str = "cn"
    version: str = "2026-11"
    region: str = ""
    region_version: str = ""


@dataclass(frozen=True)
class LegalAnswer:
    """A legal question that was asked once: which rule answered, from which version of which pack."""

    rule_id: str
    citation: str
    answer: str
    pack: str
    pack_version: str
    action: str = "record"
    """What the software did about it: block, warn or record."""
    reason: str = ""
    """Key of the sentence that says why, in the catalogue under `law.`; empty: the rule itself says it."""
    values: tuple[tuple[str, str], ...] = ()
    """What fills the sentence."""
