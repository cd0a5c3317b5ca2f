"""Mutation testing: change the code at random places, one at a time, and see if a test fails.

    python benchmarks/mutants.py [io metrics instances] [--number 50] [--seed 0]

If no test notices a change, either the line is useless or a test is missing. The fraction of
noticed changes is printed for each area. The tests of an area first run on the unchanged code, to
see that they pass and which lines each of them runs. A change inside a function then needs only the
tests that run its line; any other change needs all tests, those of its own module first.
"""

import argparse
import ast
import compileall
import copy
import importlib.util
import multiprocessing
import os
import py_compile
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import coverage
import numpy as np

ROOT = Path(__file__).parents[1]
AREAS = {
    "io": ["tests/unit/io", "tests/properties/test_io.py"],
    "metrics": ["tests/unit/metrics", "tests/properties/test_metrics.py"],
    "instances": ["tests/unit/instances", "tests/properties/test_instances.py"],
}
VALUE_TESTS = "tests/architecture/test_values.py"
"""Tests of value types, which are declared outside functions."""
TIME_LIMIT_SECONDS = 100
"""Time after which the tests of a change count as hanging, and the change as noticed, in
seconds."""
LIBRARIES = [
    "numpy", "scipy.ndimage", "scipy.spatial", "skimage.segmentation", "skimage.morphology",
    "skimage.measure", "torch", "cc3d", "edt", "tifffile", "imagecodecs", "PIL.Image", "zarr",
    "pytest", "hypothesis.extra.numpy", "pydantic.warnings",
]  # fmt: skip
"""Libraries that are imported once; each run of tests is a fork that shares them."""
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or,
    ast.Or: ast.And, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A module with one changed node.

    ``lines`` are the lines of the changed statement in a function, or of the function whose
    defaults are changed; None for a change outside functions, which runs at import.
    """

    module: Path
    tree: ast.Module
    parent: ast.AST
    name: str
    place: int
    other: ast.AST
    said: str
    line: int
    lines: range | None

    def source(self) -> str:
        """Return the source of the module with the change."""
        now = getattr(self.parent, self.name)
        values = now if isinstance(now, list) else [now]
        changed = [*values[: self.place], self.other, *values[self.place + 1 :]]
        setattr(self.parent, self.name, changed if isinstance(now, list) else changed[0])
        text = ast.unparse(ast.fix_missing_locations(self.tree))
        setattr(self.parent, self.name, now)
        return text


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield the possible replacements of a node, each with a description."""
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
        case ast.Return(value=ast.Constant(None)):
            return  # the replacement would be the same
        case ast.Return(value=ast.expr()):
            other.value = ast.Constant(None)
        case ast.Raise():
            other = ast.Pass()
        case _:
            return
    before, after = ast.unparse(node).splitlines()[0], ast.unparse(other).splitlines()[0]
    yield f"{before} -> {after}", other


def silent(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node whose change cannot affect any result."""
    match node:
        case ast.Call(func=ast.Name("TypeVar")):
            return [node]  # only for type checkers
        case ast.Call(func=ast.Name("zip")):
            # The lengths are equal by construction; `strict` only guards against mistakes.
            return [
                k for k in node.keywords if k.arg == "strict" and ast.unparse(k) == "strict=True"
            ]
        case ast.Call(func=ast.Attribute(attr="astype")):
            # The values are the same whether they are copied or not.
            return [k for k in node.keywords if k.arg == "copy"]
    return [part for name in ("annotation", "returns") if (part := getattr(node, name, None))]


def mutants_of(module: Path) -> list[Mutant]:
    """Return all changes of a module, except those that cannot affect any result."""
    tree = ast.parse(module.read_text())
    found = []
    skipped = {
        id(inner) for node in ast.walk(tree) for part in silent(node) for inner in ast.walk(part)
    }
    # Outer nodes come first, so that the innermost statement in a function is kept.
    lines: dict[int, range] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.stmt):
                    reach = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                    lines |= {id(inner): reach for inner in ast.walk(node)}
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            nodes = value if isinstance(value, list) else [value]
            for place, node in enumerate(nodes):
                if not isinstance(node, ast.AST) or id(node) in skipped:
                    continue
                for said, other in changes(node):
                    at = (tree, parent, name, place)
                    reach = lines.get(id(node))
                    found.append(Mutant(module, *at, other, said, node.lineno, reach))
    return found


def tests_by_line(tests: list[str], source: Path) -> dict[Path, dict[int, set[str]]]:
    """Run the tests of an area on the unchanged code; return which of them run each line."""
    data = source.parent / "coverage"
    os.environ["COVERAGE_FILE"] = str(data)
    words = ["-p", "pytest_cov", "--cov=adgan", "--cov-context=test", "--cov-report="]
    if not passes([*words, _alone(tests), *tests], source, longest=None):
        sys.exit(f"tests fail before anything is changed:\n{_log(source).read_text()}")
    recorded = coverage.CoverageData(str(data))
    recorded.read()
    return {
        Path(name).relative_to(source): {
            line: {context.rpartition("|")[0] for context in contexts} - {""}
            for line, contexts in recorded.contexts_by_lineno(name).items()
        }
        for name in recorded.measured_files()
    }


def tests_for(mutant: Mutant, tests: list[str], runs: dict[Path, dict[int, set[str]]]) -> list[str]:
    """Return the tests that may notice a change, those of its own module first."""
    own = f"{tests[0]}/test_{mutant.module.stem}.py"
    if mutant.lines is None:
        return [path for path in [own, *tests, VALUE_TESTS] if (ROOT / path).exists()]
    by_line = runs.get(mutant.module.relative_to(ROOT / "src"), {})
    some = set().union(*(by_line.get(line, set()) for line in mutant.lines))
    first = sorted(some, key=lambda test: (not test.startswith(own), test))
    # A cached result was computed only in the first test that needed it.
    return first + [path for path in [own] if first and (ROOT / path).exists()]


def noticed(mutant: Mutant, words: list[str], source: Path) -> bool:
    """Return True if a test fails on a copy of the package with the change."""
    changed = source / mutant.module.relative_to(ROOT / "src")
    whole = changed.read_text()
    changed.write_text(mutant.source())
    try:
        return not passes(words, source)
    finally:
        changed.write_text(whole)


def passes(words: list[str], source: Path, longest: float | None = TIME_LIMIT_SECONDS) -> bool:
    """Return True if pytest passes on a copy of the package; False if it fails or hangs."""
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=_run_tests, args=(words, source))
    process.start()
    process.join(longest)
    process.kill()
    process.join()
    return process.exitcode == 0


def _alone(tests: list[str]) -> str:
    """Exclude the fixtures of folders above an area, as those of trainings import slowly."""
    return f"--confcutdir={tests[0]}"


def _log(source: Path) -> Path:
    return source.parent / "log"


def _run_tests(words: list[str], source: Path) -> None:
    """Run tests until the first failure; exit with pytest's code."""
    log = os.open(_log(source), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(source))
    os.environ |= {
        "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }  # fmt: skip
    os.chdir(ROOT)
    import hypothesis
    import pytest

    # Failing examples need not be minimised, and a slow machine must not fail a test.
    hypothesis.settings.register_profile(
        "mutants",
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        database=None,
        derandomize=True,
        deadline=None,
    )
    hypothesis.settings.load_profile("mutants")
    spec = importlib.util.find_spec("adgan")
    assert spec and spec.origin and Path(spec.origin).is_relative_to(source)
    sys.exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", *words]))


def start() -> None:
    """Test the areas given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("areas", nargs="*", default=list(AREAS), choices=AREAS)
    parser.add_argument("--number", type=int, default=50, help="changes of each area")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    multiprocessing.set_forkserver_preload(LIBRARIES)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "src"
        shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        # Compiled once; a changed file has another hash and is compiled again.
        compileall.compile_dir(
            source, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH
        )
        for area in asked.areas:
            tests = AREAS[area]
            runs = tests_by_line(tests, source)
            modules = sorted((ROOT / "src" / "adgan" / area).glob("*.py"))
            every = [mutant for module in modules for mutant in mutants_of(module)]
            rng = np.random.default_rng(asked.seed)
            chosen = rng.choice(len(every), min(asked.number, len(every)), replace=False)
            killed = 0
            for number in sorted(chosen):
                mutant = every[number]
                some = tests_for(mutant, tests, runs)
                found = bool(some) and noticed(mutant, [_alone(tests), *some], source)
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
