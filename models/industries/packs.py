"""Industry packs: versioned TOML beside this file. A pack that is wrong is refused, with the line that is wrong."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from domain.desk.records import PORTFOLIO
from models.industries.pack_lines import Place, line_of
from models.industries.shapes import Common, IndustryPack, PackFile, PackTemplate, Template
from models.templates import TemplateBody

DATA = Path(__file__).parent / "data"
COMMON = "common"
GENERAL = "general"
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
    common = _shaped(Common, COMMON, text)
    departments = {clearance.department for clearance in common.clearances}
    _require_known(COMMON, text, ("always_items",), common.always_items, {item.id for item in common.items})
    _require_known(COMMON, text, ("always_clearances",), common.always_clearances, departments)
    return common


def parse(name: str, text: str, common: Common) -> IndustryPack:
    """A pack from its TOML text. Raises BadPack."""
    file = _shaped(PackFile, name, text)
    if file.industry != name:
        raise _bad(name, text, ("industry",), f"the file is called {name}")
    _require_named_once(name, text, file, common)
    _require_a_checklist_for_each_job(name, text, file)
    own = {template.key for template in file.templates}
    templates = [_whole(name, text, file, place, common) for place in range(len(file.templates))]
    templates += [_made(COMMON, template, common) for template in common.templates if template.key not in own]
    return IndustryPack(
        industry=file.industry,
        version=file.version,
        name=file.name,
        jobs=file.jobs,
        fields=file.fields,
        rights=(*common.rights, *file.rights),
        templates=tuple(templates),
    )


def _whole(name: str, text: str, file: PackFile, place: int, common: Common) -> Template:
    template = file.templates[place]
    at: Place = ("templates", place)
    jobs = {job.key: job for job in file.jobs}
    for job in template.jobs:
        if job not in jobs:
            raise _bad(name, text, (*at, "jobs"), f"no job {job!r} in this pack")
    _require_known(name, text, (*at, "common_items"), template.common_items, {item.id for item in common.items})
    departments = {clearance.department for clearance in common.clearances}
    _require_known(name, text, (*at, "common_clearances"), template.common_clearances, departments)
    try:
        made = _made(file.industry, template, common)
    except ValidationError as error:
        raise _bad(name, text, (*at, "key"), error.errors(include_url=False)[0]["msg"]) from error
    if any(jobs[job].sells for job in template.jobs):
        looked_after = {kind for clearance in made.body.clearances for kind in clearance.portfolio}
        if missing := [kind.value for kind in PORTFOLIO if kind not in looked_after]:
            said = f"its jobs sell, and no clearance looks after every {', '.join(missing)}"
            raise _bad(name, text, (*at, "common_clearances"), said)
    return made


def _made(industry: str, template: PackTemplate, common: Common) -> Template:
    items = {item.id: item for item in common.items}
    clearances = {clearance.department: clearance for clearance in common.clearances}
    body = TemplateBody(
        jobs=template.jobs,
        departments=template.departments,
        items=(
            *(items[key] for key in template.common_items),
            *template.items,
            *(items[key] for key in common.always_items),
        ),
        clearances=(
            *(clearances[key] for key in template.common_clearances),
            *template.clearances,
            *(clearances[key] for key in common.always_clearances),
        ),
        policy=template.policy,
    )
    return Template(key=template.key, industry=GENERAL if template.general else industry, body=body)


def _require_known(name: str, text: str, place: Place, named: Sequence[str], known: set[str]) -> None:
    for key in named:
        if key not in known:
            raise _bad(name, text, place, f"{key!r} is not in {COMMON}.toml")


def _require_named_once(name: str, text: str, file: PackFile, common: Common) -> None:
    shared = {(right.system, right.right) for right in common.rights}
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
            if group == "rights" and one in shared:
                raise _bad(name, text, (group, place), f"stands in {COMMON}.toml, too")


def _require_a_checklist_for_each_job(name: str, text: str, file: PackFile) -> None:
    """A checklist that names no jobs is for all of them."""
    if any(not template.jobs for template in file.templates):
        return
    used = {job for template in file.templates for job in template.jobs}
    for place, job in enumerate(file.jobs):
        if job.key not in used:
            raise _bad(name, text, ("jobs", place), "no checklist is for this job")


def _shaped(shape: type[M], name: str, text: str) -> M:
    try:
        return shape.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = _SYNTAX.search(str(error))
        raise BadPack(f"{name}.toml, line {line[1] if line else len(text.splitlines())}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _bad(name, text, first["loc"], first["msg"]) from error


def _bad(name: str, text: str, place: Place, problem: str) -> BadPack:
    said = ".".join(str(part) for part in place)
    return BadPack(f"{name}.toml, line {line_of(text, place)}: {said}: {problem}")
