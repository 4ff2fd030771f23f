"""Writes docs/law.md: what the rule packs say, beside the tests that hold the software to it.

    python -m commands.law_table

A test proves a rule if it carries the marker `law` with the rule's id. Markers are read from the source of the tests.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from domain.law import known
from domain.law.packs import Parameters, RulePack
from domain.law.rules import LegalRule
from models.law import NATIONAL, Library, library

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "law.md"
Proofs = Mapping[str, tuple[str, ...]]
"""Names of tests by the rule that they prove."""

_SECTIONS: tuple[tuple[str, Parameters], ...] = (
    ("Notice and day counting", known.NOTICE),
    ("Handover, certificate, formalities", known.HANDOVER),
    ("Restricting work during the notice", known.FREEZE),
    ("Wages, commission, deductions", known.PAY),
    ("Evidence and electronic signature", known.EVIDENCE),
    ("Personal information and retention", known.PERSONAL_INFORMATION),
    ("Limitation", known.LIMITATION),
    ("Trade secrets and non-compete", known.SECRETS),
)
_INTRODUCTION = """\
# Law in the software

Written by `python -m commands.law_table` from the rule packs in `domain/law/data/` and from the markers of the tests:
change those, not this file.

Every rule that Wanbi knows for mainland China, with its statute, what the software does about it, how sure the law
is, and the tests that hold the software to it. Where no test stands beside a rule, the third column is what the
software is meant to do, not a claim that it does.

This is engineering, not legal advice. The figures live as dated, cited data; a pack that is not complete, cited,
known and free of gaps and overlaps is refused with the line that is wrong. Every case asks once, when it opens, and
the answer (rule, citation, pack and version) is pinned to the case as a `LawAsked` fact. Before a rule may refuse
something in production, a lawyer licensed in the PRC has to have signed it off, or an operator overrides that by name
and with a reason; until then it warns. Where courts differ (case_split), and where nobody has checked the source
(unverified), the software warns and a person decides.

In the last column but one, the first word is the confidence: statute, interpretation (by a court or of a statute by
analogy), guideline, case_split, unverified. The second is the action: block (refused), warn (goes on after a person
has seen the risk), record (goes on and leaves evidence).
"""
_REGIONS = """\
Laid over the national rules where the case is; what a region does not say, the national rule says. Figures that
change every year are data, never code, and unverified until somebody vouches for them.
"""
_TEMPLATES = """\
Templates for a resignation elsewhere. Nobody has verified them: they warn and never refuse.
"""
_HOLIDAYS = """\
## Holidays

Holidays and make-up working days come from the package chinesecalendar. They move reminders and escalations, never a
legal period. A year whose holidays are not published yet counts weekends only; the case's calendar says until when it
knew.
"""
_HEAD = "| rule | statute | what the software does | confidence, action | tests |\n|---|---|---|---|---|"


def proofs(tests: Path) -> Proofs:
    """The tests below that folder by the rule that they say they prove, in the order of their files."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(tests.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for rule in _marked(node):
                    if node.name not in found[rule]:
                        found[rule].append(node.name)
    return {rule: tuple(names) for rule, names in found.items()}


def _marked(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.law":
            for argument in decorator.args:
                yield ast.literal_eval(argument)


def document(packs: Library, proven: Proofs) -> str:
    """The whole of docs/law.md."""
    china = packs.pack(NATIONAL)
    parts = [_INTRODUCTION]
    for title, ids in _SECTIONS:
        rules = sorted((rule for rule in china.rules if rule.id in ids), key=_place)
        parts.append(_section(title, "", (_row(rule, rule.id, proven) for rule in rules)))
    regional = sorted({name for (name, _), pack in packs.packs.items() if pack.base})
    parts.append(_section("Regions", _REGIONS, _rows((packs.pack(name) for name in regional), proven)))
    parts.append(_section("Other jurisdictions", _TEMPLATES, _rows(packs.templates(), proven)))
    return "\n".join([*parts, _HOLIDAYS])


def _section(title: str, words: str, rows: Iterable[str]) -> str:
    return "\n".join([f"## {title}", "", *([words] if words else []), _HEAD, *rows, ""])


def _rows(packs: Iterable[RulePack], proven: Proofs) -> Iterator[str]:
    for pack in packs:
        for rule in sorted(pack.rules, key=_place):
            yield _row(rule, f"{rule.id} ({pack.region or pack.jurisdiction})", proven)


def _row(rule: LegalRule, name: str, proven: Proofs) -> str:
    held = f"from {rule.effective_from}" + (f" to {rule.effective_to}" if rule.effective_to else "")
    trust = f"{rule.confidence}, {rule.action}" + (f"; signed off by {rule.reviewed_by}" if rule.reviewed_by else "")
    tests = ", ".join(f"`{test}`" for test in proven.get(rule.id, ()))
    cells = (name, f"{rule.cite.en} ({rule.cite.zh}), {held}", rule.does.en, trust, tests)
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _place(rule: LegalRule) -> tuple[int, str]:
    return list(known.ALL).index(rule.id), rule.effective_from.isoformat()


if __name__ == "__main__":
    DOCUMENT.write_text(document(library(), proofs(ROOT / "tests")), encoding="utf-8")
    print(f"{DOCUMENT.relative_to(ROOT)} is written")
