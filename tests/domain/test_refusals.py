"""Every "no" of the rules is provoked by some test here, so that none is said by mistake or never."""

import ast
from pathlib import Path

import domain
from domain.errors import Refusal, RefusalKind, conflict, forbidden, invalid, not_found, too_often

MAKERS = {"conflict", "forbidden", "invalid", "not_found"}


def refusals(folder: Path) -> set[tuple[str, str]]:
    """Kind and code of every refusal that the modules of a folder make or expect."""
    found = set()
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(code := node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in MAKERS:
                    found.add((name, str(code.value)))
    return found


def test_every_refusal_is_provoked() -> None:
    made = refusals(Path(str(domain.__file__)).parent)
    assert made
    assert made <= refusals(Path(__file__).parent)


def test_a_refusal_tells_its_kind_its_code_and_what_its_text_needs() -> None:
    made = {make.__name__: make("some.code", hours=3) for make in (conflict, forbidden, invalid, not_found)}
    assert {name: refusal.kind.value for name, refusal in made.items()} == {name: name for name in MAKERS}
    assert {(refusal.code, refusal.params["hours"]) for refusal in made.values()} == {("some.code", 3)}
    later = too_often("some.code", 60, hours=3)
    assert (later.kind.value, later.params) == ("too_often", {"seconds": 60, "hours": 3})
    assert str(made["invalid"]) == "some.code {'hours': 3}"
    assert str(Refusal(RefusalKind.INVALID, "some.code")) == "some.code"
