"""Does a test notice when the code is changed? Small changes at random, one at a time.

    python benchmarks/mutants.py [io metrics instances] [--number 50] [--seed 0]

A change that no test notices survives: either the line says nothing, or a test is missing. The
share that was noticed is printed for each area. Each change takes as long as the tests of the area.
"""

import argparse
import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
AREAS = {
    "io": ["tests/unit/io", "tests/properties/test_io.py"],
    "metrics": ["tests/unit/metrics", "tests/properties/test_metrics.py"],
    "instances": ["tests/unit/instances", "tests/properties/test_instances.py"],
}
LONGEST = 600
"""Seconds after which tests are taken to hang, which is noticed too."""
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or,
    ast.Or: ast.And, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    module: Path
    line: int
    said: str
    source: str


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what may stand in the place of a node, and how to say it."""
    other = copy.deepcopy(node)
    match other:
        case ast.Compare(ops=[op, *_]) if type(op) in SWAPS:
            other.ops[0] = SWAPS[type(op)]()
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in SWAPS:
            other.op = SWAPS[type(op)]()
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            other = operand
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            other = operand
        case ast.Constant(value=bool(value)):
            other.value = not value
        case ast.Constant(value=int(value) | float(value)):
            other.value = value + 1
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            other.test = ast.UnaryOp(ast.Not(), test)
        case ast.Return(value=ast.expr()):
            other.value = ast.Constant(None)
        case ast.Raise():
            other = ast.Pass()
        case _:
            return
    before, after = ast.unparse(node).splitlines()[0], ast.unparse(other).splitlines()[0]
    yield f"{before} -> {after}", other


def mutants_of(module: Path) -> list[Mutant]:
    """Return all changes of a module; docstrings and type annotations say nothing to change."""
    tree = ast.parse(module.read_text())
    found = []
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        for part in ("annotation", "returns")
        if (outer := getattr(node, part, None)) is not None
        for inner in ast.walk(outer)
    }
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            nodes = value if isinstance(value, list) else [value]
            for place, node in enumerate(nodes):
                if not isinstance(node, ast.AST) or id(node) in skipped:
                    continue
                for said, other in changes(node):
                    _put(parent, name, place, ast.fix_missing_locations(other))
                    found.append(Mutant(module, node.lineno, said, ast.unparse(tree)))
                    _put(parent, name, place, node)
    return found


def _put(parent: ast.AST, name: str, place: int, node: ast.AST) -> None:
    if isinstance(getattr(parent, name), list):
        getattr(parent, name)[place] = node
    else:
        setattr(parent, name, node)


def noticed(mutant: Mutant, tests: list[str], source: Path) -> bool:
    """Run the tests on a copy of the package with the change in it."""
    changed = source / mutant.module.relative_to(ROOT / "src")
    whole = changed.read_text()
    changed.write_text(mutant.source)
    # Tests of the module itself fail first.
    own = [f"{tests[0]}/test_{mutant.module.stem}.py"]
    tests = [path for path in own if (ROOT / path).exists()] + tests
    words = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    env = os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, timeout=LONGEST)
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        changed.write_text(whole)


def start() -> None:
    """Change what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("areas", nargs="*", default=list(AREAS), choices=AREAS)
    parser.add_argument("--number", type=int, default=50, help="changes of each area")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "src"
        shutil.copytree(ROOT / "src", source)
        for area in asked.areas:
            modules = sorted((ROOT / "src" / "adgan" / area).glob("*.py"))
            every = [mutant for module in modules for mutant in mutants_of(module)]
            rng = np.random.default_rng(asked.seed)
            chosen = rng.choice(len(every), min(asked.number, len(every)), replace=False)
            killed = 0
            for number in sorted(chosen):
                mutant = every[number]
                found = noticed(mutant, AREAS[area], source)
                killed += found
                if not found:
                    print(f"survives {mutant.module.name}:{mutant.line}: {mutant.said}", flush=True)
            print(
                f"{area}: {killed} of {len(chosen)} changes noticed ({killed / len(chosen):.0%}), "
                f"of {len(every)} possible",
                flush=True,
            )


if __name__ == "__main__":
    start()
