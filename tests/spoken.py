"""Reads out of the source which keys of the catalogues the product can say. Nothing is imported, only parsed."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = ("domain", "models", "workflows", "activities", "api", "commands")
_REFUSALS = {
    "invalid": 0,
    "forbidden": 0,
    "not_found": 0,
    "conflict": 0,
    "too_often": 0,
    "BadProof": 0,
    "Refusal": 1,
    "Problem": 1,
}
"""Calls that refuse, and where each takes its code."""
_API_CODE = re.compile(r"api\.[a-z_]+")
_IN_TEMPLATE = re.compile(r"""text\(\s*["']([\w.]+)["']""")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules(*folders: str) -> tuple[ast.Module, ...]:
    """The syntax trees of all modules in these folders and of the root modules."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(
        ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in (*paths, *sorted(ROOT.glob("*.py")))
    )


def refusals() -> dict[str, list[set[str]]]:
    """Every refusal code, with the names of the values that each place in the code gives with it."""
    found: dict[str, list[set[str]]] = {}
    for tree in modules(*SOURCES):
        for call, function in _calls(tree):
            place = _REFUSALS.get(_name(call), -1)
            if 0 <= place < len(call.args):
                given = {keyword.arg for keyword in call.keywords if keyword.arg}
                for code in _constants(call.args[place], function, tree):
                    found.setdefault(code, []).append(given)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _API_CODE.fullmatch(node.value):
                found.setdefault(node.value, [])
    return found


def first_arguments(callee: str, place: int = 0) -> set[str]:
    """All texts that the domain hands to `callee` at that place, followed through names and parameters."""
    found: set[str] = set()
    for tree in modules("domain"):
        for call, function in _calls(tree):
            if _name(call) == callee:
                kinds = _constants(call.args[place], function, tree)
                assert kinds, f"line {call.lineno}: can't tell which text {callee}(…) is given"
                found |= kinds
    return found


def reasons() -> set[str]:
    """Every sentence with which the law's answers say why: `reason=…` of `RuleBook.answer`."""
    return {
        reason
        for tree in modules("domain")
        for call, function in _calls(tree)
        for keyword in call.keywords
        if _name(call) == "answer" and keyword.arg == "reason"
        for reason in _constants(keyword.value, function, tree)
    }


def literal_keys() -> set[str]:
    """Keys that code or a mail template asks for by name."""
    found: set[str] = set()
    for tree in modules(*SOURCES):
        for call, function in _calls(tree):
            if _name(call) == "text" and call.args:
                found |= _constants(call.args[0], function, tree)
    for template in sorted((ROOT / "activities").rglob("*.j2")):
        found |= set(_IN_TEMPLATE.findall(template.read_text(encoding="utf-8")))
    return found


def words(folder: str, beside: str) -> set[str]:
    """All texts of a folder's source, but for those that stand in the definition of the name `beside`."""
    found: set[str] = set()
    for tree in modules(folder):
        for statement in tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)]) if name == beside:
                    continue
            found |= {n.value for n in ast.walk(statement) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return found


def custom_errors() -> set[str]:
    """Types of errors that validators of our own raise."""
    return {
        kind
        for tree in modules("models", "domain", "api")
        for call, function in _calls(tree)
        if _name(call) == "PydanticCustomError"
        for kind in _constants(call.args[0], function, tree)
    }


def http_statuses() -> set[str]:
    """Every failure status that the API names."""
    return {
        str(node.value)
        for tree in modules("api")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and 400 <= node.value < 600
    }


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, Function | None]]:
    """Every call, with the innermost function around it."""

    def inside(node: ast.AST, function: Function | None) -> Iterator[tuple[ast.Call, Function | None]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield child, function
            yield from inside(child, child if isinstance(child, Function) else function)

    return inside(tree, None)


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _constants(expression: ast.expr, function: Function | None, tree: ast.Module) -> set[str]:
    """The texts that an expression can be; none if it comes from elsewhere (another refusal, a message)."""
    match expression:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return _constants(one, function, tree) | _constants(other, function, tree)
        case ast.Name(id=name) if function is not None:
            return _assigned(name, function, tree) or _handed_in(name, function, tree) or _constant(name, tree)
        case ast.Subscript(value=ast.Name(id=name)):
            return _values(name, tree)
    return set()


def _values(table: str, tree: ast.Module) -> set[str]:
    """The texts in a dictionary of the module."""
    return {
        value.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Dict)
        if any(isinstance(target, ast.Name) and target.id == table for target in statement.targets)
        for value in statement.value.values
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def _constant(name: str, tree: ast.Module) -> set[str]:
    """The text that the module calls by this name."""
    return {
        statement.value.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        if any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
        if isinstance(statement.value.value, str)
    }


def _assigned(name: str, function: Function, tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                found |= _constants(node.value, function, tree)
            elif isinstance(target, ast.Tuple):
                names = [part.id for part in target.elts if isinstance(part, ast.Name)]
                if name in names:
                    for value in _branches(node.value):
                        found |= _constants(value.elts[names.index(name)], function, tree)
    return found


def _branches(value: ast.expr) -> list[ast.Tuple]:
    both = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    return [branch for branch in both if isinstance(branch, ast.Tuple)]


def _handed_in(name: str, function: Function, tree: ast.Module) -> set[str]:
    parameters = [argument.arg for argument in function.args.args]
    if name not in parameters:
        return set()
    place, found = parameters.index(name), set[str]()
    for call, caller in _calls(tree):
        if _name(call) == function.name and place < len(call.args):
            found |= _constants(call.args[place], caller, tree)
    return found
