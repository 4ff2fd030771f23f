"""Who and what documents name, in the shapes that several of them share."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The same said in both languages; empty English says that there is none."""

    zh: str
    en: str = ""


@dataclass(frozen=True)
class Person:
    name: str
    number: str
    """The employee number: people may share a name."""
