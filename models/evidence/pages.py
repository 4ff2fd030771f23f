"""What people read in a bundle: one page in Chinese and English that loads nothing, and how to verify the whole."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlmodel import Session

from models.evidence.packing import About
from models.evidence.proofs import Proved
from models.facts import VOIDED, is_erased, standing
from models.tables import CaseView, Employee

TEMPLATES = Path(__file__).parent / "templates"


def index(
    session: Session,
    view: CaseView,
    about: About,
    proved: Proved,
    papers: list[dict[str, Any]],
    law: list[dict[str, Any]],
) -> bytes:
    """The page. Of people it names the leaver alone; everybody else is an account."""
    leaver = session.get(Employee, view.employee_id)
    stand = {fact.seq for fact in standing(proved.rows)}
    values = {
        "about": about,
        "view": view,
        "leaver": leaver,
        "facts": [(row, row.seq in stand or row.kind == VOIDED, is_erased(row)) for row in proved.rows],
        "head": proved.head,
        "papers": papers,
        "law": law,
    }
    return _templates().get_template("index.html.j2").render(values).encode()


def readme(about: About) -> bytes:
    """How to verify the bundle, with the verifier and without it."""
    return _templates().get_template("readme.txt.j2").render({"about": about}).encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
