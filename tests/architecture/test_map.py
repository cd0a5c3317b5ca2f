"""The map of the code names every file, and the public names say what they are."""

import inspect
import re
from pathlib import Path

import adgan

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"

# A line of the map: "- `synth/scene.py`: what it is for".
ENTRY = re.compile(r"^- `([\w./]+\.\w+)`: (.*)$", re.MULTILINE)


def entries() -> dict[str, str]:
    found = ENTRY.findall((ROOT / "docs" / "map.md").read_text(encoding="utf-8"))
    assert len(found) == len(dict(found)), "a file stands twice in docs/map.md"
    return dict(found)


def sources() -> set[str]:
    kept = (p for p in SOURCE.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {p.relative_to(SOURCE).as_posix().removeprefix("adgan/") for p in kept}


def test_every_file_is_on_the_map():
    assert sources() - entries().keys() == set()


def test_every_file_on_the_map_exists():
    assert entries().keys() - sources() == set()


def test_every_entry_is_a_sentence():
    assert [name for name, text in entries().items() if not text.rstrip().endswith(".")] == []


def test_every_public_name_has_a_docstring():
    public = {name: getattr(adgan, name) for name in adgan.__all__}
    described = {n: v for n, v in public.items() if inspect.isclass(v) or inspect.isroutine(v)}
    assert described
    assert [name for name, value in described.items() if not inspect.getdoc(value)] == []
