"""Reads the rule packs that ship with the product."""

from functools import cache
from importlib.resources import files

from domain.law.packs import RulePack, parse


@cache
def current_pack() -> RulePack:
    """The pack for mainland China. Raises BadPack if the shipped file is damaged."""
    return parse(files("domain.law").joinpath("china.toml").read_text(encoding="utf-8"))
