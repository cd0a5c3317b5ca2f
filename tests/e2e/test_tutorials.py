"""The code on the pages of the site runs, and every file that it makes is on the page of files.

Blocks marked ``sh`` and ``python`` are run, ``console`` and ``text`` are only to be read. Trainings
are cut short.
"""

import re
import shlex
from fnmatch import fnmatch
from pathlib import Path

import pytest

from adgan.cli import main

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [
    "start",
    "tutorials/images",
    "tutorials/volumes",
    "tutorials/plate",
    "tutorials/corrections",
    "tutorials/programs",
    "tutorials/comparison",
]


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((DOCS / f"{page}.md").read_text(encoding="utf-8"))


def patterns() -> dict[str, list[str]]:
    """For each verb, what files of its output are called."""
    text = (DOCS / "reference" / "files.md").read_text(encoding="utf-8")
    found = {}
    for section in text.split("\n## ")[1:]:
        verb = section.split("`")[1].split()[1]
        rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
        names = re.findall(r"`([^`]+)`", " ".join(rows))
        found[verb] = [re.sub(r"NAME|\d+", "*", name) for name in names]
    return found


def outputs(words: list[str]) -> list[Path]:
    """The files under the folder that a command line names with -o."""
    folder = Path(words[words.index("-o") + 1]) if "-o" in words else None
    if not folder or not folder.is_dir():
        return []
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]


def shortened(line: str) -> list[str]:
    return shlex.split(re.sub(r"--minutes [\d.]+", "--steps 2", line))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    known, unknown, ran = patterns(), [], 0
    for kind, code in blocks(page):
        if kind == "python":
            exec(compile(code, page, "exec"), names)
            continue
        for line in code.splitlines():
            program, *words = shortened(line)
            assert program == "adgan", line
            assert main(words) == 0, f"{line}\n{capsys.readouterr().err}"
            ran += 1
            unknown += [
                f"{words[0]}: {path}"
                for path in outputs(words)
                if not path.name.startswith(".")
                and not any(fnmatch(path.as_posix(), one) for one in known[words[0]])
            ]
    assert ran
    assert unknown == []
