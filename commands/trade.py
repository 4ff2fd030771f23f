"""What the sample company of an industry trades in: words for its life, from `sample/<industry>/trade.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Annotated

from pydantic import Field

from domain.desk.records import CommunicationKind, Direction, DocumentKind, NoteKind
from models.templates import Strict

Example = bool | int | str | tuple[str, ...]
"""Of a field: a text may carry the record's number ({n}), a number is a day, counted from today."""
Examples = Mapping[str, Annotated[tuple[Example, ...], Field(min_length=1)]]
Texts = Annotated[tuple[str, ...], Field(min_length=1)]


class Product(Strict):
    key: str
    name: str
    price: int
    """In yuan, about."""


class Carrier(Strict):
    name: str
    service: str
    terms: str


class Said(Strict):
    kind: CommunicationKind
    direction: Direction
    summary: str


class Note(Strict):
    kind: NoteKind
    text: str


class Paper(Strict):
    kind: DocumentKind
    title: str
    text: str


class Names(Strict):
    """What names of customers and people are put together from."""

    cities: Annotated[tuple[tuple[str, str], ...], Field(min_length=1)]
    """With their regions."""
    first: Texts
    second: Texts
    forms: Texts
    surnames: Texts
    given: Texts

    def firm(self, made: Random, trade: str) -> tuple[str, str, str]:
        """Name, city and region of a customer."""
        city, region = made.choice(self.cities)
        name = f"{city}{made.choice(self.first)}{made.choice(self.second)}{trade}{made.choice(self.forms)}"
        return name, city, region

    def person(self, made: Random) -> str:
        return made.choice(self.surnames) + made.choice(self.given)


class Trade(Strict):
    trades: Texts
    """Of the customers."""
    sources: Texts
    titles: Texts
    products: Annotated[tuple[Product, ...], Field(min_length=1)]
    carriers: Annotated[tuple[Carrier, ...], Field(min_length=1)]
    said: Annotated[tuple[Said, ...], Field(min_length=1)]
    notes: Annotated[tuple[Note, ...], Field(min_length=1)]
    documents: Annotated[tuple[Paper, ...], Field(min_length=1)]
    customer_fields: Examples
    order_fields: Examples

    @cached_property
    def follow_ups(self) -> tuple[Said, ...]:
        return tuple(said for said in self.said if said.kind is CommunicationKind.FOLLOW_UP)


def names(folder: Path) -> Names:
    """Raises ValidationError or TOMLDecodeError if the file is not as it should be."""
    return Names.model_validate(tomllib.loads((folder / "names.toml").read_text(encoding="utf-8")))


def trade(folder: Path, industry: str) -> Trade:
    """Raises ValidationError or TOMLDecodeError if the file is not as it should be."""
    return Trade.model_validate(tomllib.loads((folder / industry / "trade.toml").read_text(encoding="utf-8")))
