"""Industry packs: versioned TOML beside this file. A pack that is wrong is refused, with the line that is wrong."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.industries.shapes import Common, IndustryPack, PackFile, PackTemplate, Template
from models.templates import TemplateBody

DATA = Path(__file__).parent / "data"
COMMON = "common"
GENERAL = "general"
_TABLE = re.compile(r"\s*\[\[?\s*([\w.]+)\s*\]\]?")
_SYNTAX = re.compile(r"\(at line (\d+)")
M = TypeVar("M", bound=BaseModel)


class BadPack(ValueError):
    """The pack can't be used; the message names pack and line, and says what is wrong."""


@cache
def shipped() -> Mapping[str, IndustryPack]:
    """The packs that come with the product, by industry. Raises BadPack."""
    common = parse_common((DATA / f"{COMMON}.toml").read_text(encoding="utf-8"))
    files = sorted(path for path in DATA.glob("*.toml") if path.stem != COMMON)
    packs = [parse(path.stem, path.read_text(encoding="utf-8"), common) for path in files]
    return {pack.industry: pack for pack in packs}


def parse_common(text: str) -> Common:
    """What all packs share. Raises BadPack."""
    return _shaped(Common, COMMON, text)


def parse(name: str, text: str, common: Common) -> IndustryPack:
    """A pack from its TOML text. Raises BadPack."""
    file = _shaped(PackFile, name, text)
    if file.industry != name:
        raise _bad(name, text, ("industry",), f"the file is called {name}")
    _require_named_once(name, text, file)
    general = tuple(template for template in common.templates if template.key not in {t.key for t in file.templates})
    templates = [_whole(name, text, file, place, common) for place in range(len(file.templates))]
    templates += [_made(COMMON, template, common) for template in general]
    given = file.model_dump(exclude={"templates", "jobs", "fields", "rights"})
    return IndustryPack(**given, jobs=file.jobs, fields=file.fields, rights=file.rights, templates=tuple(templates))


def _whole(name: str, text: str, file: PackFile, place: int, common: Common) -> Template:
    template = file.templates[place]
    jobs = {job.key for job in file.jobs}
    for job in template.jobs:
        if job not in jobs:
            raise _bad(name, text, ("templates", place, "jobs"), f"no job {job!r} in this pack")
    for part, there in (("common_items", common.items), ("common_clearances", common.clearances)):
        known = {getattr(one, "id", None) or getattr(one, "department", None) for one in there}
        for key in getattr(template, part):
            if key not in known:
                raise _bad(name, text, ("templates", place, part), f"{key!r} is not in common.toml")
    try:
        return _made(file.industry, template, common)
    except ValidationError as error:
        raise _bad(name, text, ("templates", place, "key"), error.errors(include_url=False)[0]["msg"]) from error


def _made(industry: str, template: PackTemplate, common: Common) -> Template:
    items = {item.id: item for item in common.items}
    clearances = {clearance.department: clearance for clearance in common.clearances}
    body = TemplateBody(
        jobs=template.jobs,
        departments=template.departments,
        items=(*template.items, *(items[key] for key in template.common_items)),
        clearances=(*template.clearances, *(clearances[key] for key in template.common_clearances)),
        policy=template.policy,
    )
    return Template(key=template.key, industry=GENERAL if template.general else industry, body=body)


def _require_named_once(name: str, text: str, file: PackFile) -> None:
    groups: Mapping[str, Sequence[Any]] = {
        "jobs": [job.key for job in file.jobs],
        "fields": [(field.of, field.key) for field in file.fields],
        "rights": [(right.system, right.right) for right in file.rights],
        "templates": [template.key for template in file.templates],
    }
    for group, names in groups.items():
        for place, one in enumerate(names):
            if names.index(one) != place:
                raise _bad(name, text, (group, place), "stands there more than once")


def _shaped(shape: type[M], name: str, text: str) -> M:
    try:
        return shape.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = _SYNTAX.search(str(error))
        raise BadPack(f"{name}.toml, line {line[1] if line else len(text.splitlines())}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _bad(name, text, first["loc"], first["msg"]) from error


def _bad(name: str, text: str, place: tuple[int | str, ...], problem: str) -> BadPack:
    said = ".".join(str(part) for part in place)
    return BadPack(f"{name}.toml, line {_line(text, place)}: {said}: {problem}")


def _line(text: str, place: tuple[int | str, ...]) -> int:
    """The line of a value: the table that holds it, by its number among its like, and the key in it if it is there."""
    lines, wanted, found = text.splitlines(), list(place), 1
    seen: Counter[str] = Counter()
    table: list[int | str] = []
    for number, line in enumerate(lines, 1):
        if head := _TABLE.match(line):
            table = _position(head[1], seen)
            if wanted[: len(table)] == table:
                found = number
        elif wanted[: len(table)] == table and len(wanted) > len(table):
            key = wanted[len(table)]
            if re.match(rf"\s*{re.escape(str(key))}\s*=", line):
                return number
    return found


def _position(name: str, seen: "Counter[str]") -> list[int | str]:
    """`[[templates.items]]` as pydantic counts it: ["templates", 2, "items", 0]."""
    parts, path, whole = name.split("."), list[int | str](), ""
    for depth, part in enumerate(parts):
        whole = f"{whole}.{part}" if whole else part
        if depth == len(parts) - 1:
            key = f"{'.'.join(str(p) for p in path)}.{part}"
            path += [part, seen[key]]
            seen[key] += 1
        else:
            above = f"{'.'.join(str(p) for p in path)}.{part}"
            path += [part, max(seen[above] - 1, 0)]
    return path
