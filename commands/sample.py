"""The sample company: 完璧示例有限公司, of the industry that the settings name, with three years of trade behind it.

Loaded the way a customer's own files are.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import select

from commands import sample_life
from config import DEMO_COMPANY
from domain.errors import Refusal
from models import imports
from models.database import reading, utc_now, writing
from models.industries import choices
from models.tables import Account, Department

FOLDER = Path(__file__).parent.parent / "sample"
COMPANY = DEMO_COMPANY
INDUSTRY = "logistics"
"""Unless the settings name another one."""
PASSWORD = "come-back-whole"  # noqa: S105  # known to everybody: only ever loaded in a demo
HR, SECURITY, ADMINISTRATOR, SEAL_KEEPER = "zhang.xiaoyan", "ma.junjie", "dong.haoran", "sun.liping"
"""Logins."""
SALESPERSON = "S1512"
"""Employee number of 林晓, whose departure the demo tells; a clause of the contract carries the freeze."""
WITHOUT_BASIS = "S1514"
"""Employee number of 何俊: no clause, no acknowledged policy, so nothing carries a freeze."""


class BadSample(RuntimeError):
    """The files that ship with the product do not fit it."""


def load(engine: Engine, industry: str = INDUSTRY) -> bool:
    """Loads the sample company, wholly or not at all; False if there is a company already. Raises BadSample.

    Its people are the same in every industry; what they do, in what systems, and what they sell is not.
    """
    with reading(engine) as session:
        if session.exec(select(Department.key).limit(1)).first() is not None:
            return False
    pack = choices.pack(industry)
    files = [(kind, imports.parse(kind, content)) for kind, content in company_files(industry)]
    for kind, parsed in files:
        _require_sound(kind, parsed.problems)
    hashes = {login: made for _, parsed in files for login, made in imports.new_hashes(engine, parsed).items()}
    with writing(engine) as session:
        if session.exec(select(Department.key).limit(1)).first() is not None:
            return False
        for kind, parsed in files:
            _require_sound(kind, imports.load(session, kind, parsed, hashes=hashes).problems)
        by = session.exec(select(Account.id).where(Account.login == ADMINISTRATOR)).one()
        choices.choose(session, pack, choices.AT_SET_UP, utc_now())
        try:
            sample_life.load(session, FOLDER, pack, SALESPERSON, by, utc_now())
        except (ValueError, Refusal) as problem:
            raise BadSample(f"the life of the sample company ({industry}): {problem}") from problem
    return True


def company_files(industry: str) -> Iterator[tuple[str, bytes]]:
    """Kind by kind, what all industries share before what only this one has."""
    for kind in imports.KINDS:
        for folder in (FOLDER, FOLDER / industry):
            file = folder / (f"{kind}.json" if kind == "templates" else f"{kind}.csv")
            if file.exists():
                yield kind, _content(kind, file)


def _content(kind: str, file: Path) -> bytes:
    content = file.read_text(encoding="utf-8")
    if kind == "accounts":  # the file names no password: imported again, it changes nobody's
        header, *rows = content.splitlines()
        content = "\n".join([header, *(row + PASSWORD for row in rows)])
    return content.encode()


def _require_sound(kind: str, problems: object) -> None:
    if problems:
        raise BadSample(f"sample file {kind}: {problems}")
