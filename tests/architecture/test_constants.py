"""Numbers in upper case outside settings: their share of the code may fall and not rise."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "adgan"
UPPER = re.compile(r"_?[A-Z][A-Z0-9_]+")
BOUND = 3.0
"""Per thousand lines of the package. A number that changes a result is a field of a frozen group,
with its unit and its reason: :mod:`adgan.recipe.groups`, ``instances/votes.py``,
``builtin/settings.py``, ``survey/settings.py``.
"""


def is_numeric(value: ast.expr | None) -> bool:
    """Whether a value is made of numbers alone."""
    match value:
        case ast.Constant(value=number):
            return isinstance(number, int | float) and not isinstance(number, bool)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            return bool(parts) and all(map(is_numeric, parts))
        case ast.UnaryOp(operand=part):
            return is_numeric(part)
        case ast.BinOp(left=left, right=right):
            return is_numeric(left) and is_numeric(right)
        case ast.Attribute(attr=name):
            return name in ("inf", "pi")
    return False


def numbers(text: str) -> Iterator[str]:
    """Yield the names of a module's numbers."""
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = list(zip(names, values, strict=True))
            case ast.Assign(targets=[name], value=value):
                pairs = [(name, value)]
            case ast.AnnAssign(target=name, value=value):
                pairs = [(name, value)]
            case _:
                continue
        for name, value in pairs:
            if isinstance(name, ast.Name) and UPPER.fullmatch(name.id) and is_numeric(value):
                yield name.id


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A1, B1 = 1, (2.0, -3)", ["A1", "B1"]),
        ("SIDE = {2: 2**9, 3: 64}\nlower = 3\nNAME = 'x'\nCALL = f(3)\nTRUE = True", ["SIDE"]),
        ("LARGEST: float = math.inf", ["LARGEST"]),
    ],
)
def test_numbers_are_told_from_the_rest(text, names):
    assert list(numbers(text)) == names


def test_numbers_become_settings_and_not_more():
    texts = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    lines = sum(text.count("\n") for text in texts)
    found = sum(len(list(numbers(text))) for text in texts)
    assert 1000 * found / lines <= BOUND


def groups(text: str) -> Iterator[tuple[str, set[str], str]]:
    """Yield name, fields and docstring of each dataclass whose fields all default to numbers."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and any(
            "dataclass" in ast.unparse(d) for d in node.decorator_list
        ):
            fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
            if fields and all(is_numeric(field.value) for field in fields):
                named = {ast.unparse(field.target) for field in fields}
                yield node.name, named, ast.get_docstring(node) or ""


def test_each_number_of_a_group_is_explained():
    texts = [path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")]
    found = [group for text in texts for group in groups(text)]
    assert len(found) >= 30
    bare = {
        name: named - set(re.findall(r"\w+", doc.partition("Parameters")[2]))
        for name, named, doc in found
    }
    assert {name: missing for name, missing in bare.items() if missing} == {}
