"""The rule packs that ship with the product, read once: by name and version, and which is the newest."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from domain.errors import invalid
from domain.law.answers import PinnedBook
from domain.law.known import ALL
from domain.law.packs import BadPack, RulePack, parse
from domain.law.rulebook import RuleBook
from domain.law.rules import Review

NATIONAL = "cn"
"""The jurisdiction whose law the product applies; all others are templates that only warn."""

_TRUSTING = Review()


@dataclass(frozen=True)
class Library:
    packs: Mapping[tuple[str, str], RulePack]
    """By name and version."""

    def pack(self, name: str, version: str = "") -> RulePack:
        """That version, or the newest. Raises KeyError with what is missing."""
        found = [pack for (at, _), pack in self.packs.items() if at == name]
        if not found:
            raise KeyError(f"no rule pack {name!r}")
        if not version:
            return max(found, key=lambda pack: _order(pack.version))
        if (name, version) not in self.packs:
            raise KeyError(f"rule pack {name!r} has no version {version!r}")
        return self.packs[name, version]

    def book(self, region: str = "", review: Review = _TRUSTING, pinned: PinnedBook | None = None) -> RuleBook:
        """The law of a region, such as "CN-SH", or none: mainland China's. The newest, or as a case was pinned to it.

        A region without a pack of its own has the law of its jurisdiction; elsewhere that is an unverified notice
        template. What is pinned decides alone, also about the region.
        Raises Refusal for a jurisdiction of which nothing is known, KeyError if what is pinned does not ship any more.
        """
        if pinned is not None:
            over = self.pack(pinned.region, pinned.region_version) if pinned.region else None
            return RuleBook(self.pack(pinned.pack, pinned.version), over, review)
        names = {pack.name for pack in self.packs.values() if region and pack.region == region}
        over = self.pack(names.pop()) if names else None
        return RuleBook(self._of_jurisdiction(region), over, review)

    def _of_jurisdiction(self, region: str) -> RulePack:
        if not region or region.startswith("CN"):
            return self.pack(NATIONAL)
        of_country = [pack for pack in self.templates() if region.startswith(pack.jurisdiction)]
        if not of_country:
            known = ", ".join(pack.jurisdiction for pack in self.templates())
            raise invalid("law.unknown_jurisdiction", region=region, known=known)
        return of_country[0]

    def templates(self) -> tuple[RulePack, ...]:
        """The newest notice template of every other jurisdiction, by name."""
        names = sorted({pack.name for pack in self.packs.values() if not pack.base and pack.name != NATIONAL})
        return tuple(self.pack(name) for name in names)


@cache
def library() -> Library:
    """Everything that ships. Raises BadPack if a file is damaged or lies over a pack that is not there."""
    return read(files("domain.law").joinpath("data"))


def read(data: Traversable) -> Library:
    """The packs of a folder, one folder a pack and one file a version: `cn-sh/2026-11.toml`. Raises BadPack."""
    packs: dict[tuple[str, str], RulePack] = {}
    for folder in data.iterdir():
        for file in folder.iterdir() if folder.is_dir() else ():
            if file.name.endswith(".toml"):
                packs[folder.name, file.name.removesuffix(".toml")] = _read(folder.name, file)
    for pack in packs.values():
        if pack.base:
            _require_bases(pack, packs)
    return Library(packs)


def _read(name: str, file: Traversable) -> RulePack:
    try:
        pack = parse(file.read_text(encoding="utf-8"), ALL)
    except ValueError as error:  # also what is not UTF-8
        raise BadPack(f"{name}/{file.name}: {error}") from error
    if (name, file.name) != (pack.name, f"{pack.version}.toml"):
        raise BadPack(f"{name}/{file.name} says that it is {pack.name} {pack.version}")
    return pack


def _require_bases(over: RulePack, packs: Mapping[tuple[str, str], RulePack]) -> None:
    under = [pack for pack in packs.values() if pack.name == over.base]
    if not under:
        raise BadPack(f"{over.name} lies over {over.base!r}, which does not ship")
    for pack in under:
        RuleBook(pack, over)


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.replace(".", "-").split("-"))
