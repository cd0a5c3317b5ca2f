import re
from pathlib import Path

import pytest

import adgan
from adgan.cli.voice import as_flags

SOURCE = Path(adgan.__file__).parent


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("read one with `scene=N` (0 to 2)", "read one with --scene N (0 to 2)"),
        ("choose another, or pass `overwrite=True`", "choose another, or pass --overwrite"),
        ("give `spacing=(Z, Y, X)`", "give --spacing Z Y X"),
        ("leave out `exclude_border=True`", "leave out --exclude-border"),
        ("none matches `include=*(1).tif`", "none matches --include *(1).tif"),
        ("`adgan recipe` lists them: a=b", "`adgan recipe` lists them: a=b"),
        ("/data/scene=1/a.tif is empty", "/data/scene=1/a.tif is empty"),
    ],
)
def test_settings_become_flags(said, shown):
    assert as_flags(said) == shown


def test_the_library_names_settings_and_no_flags():
    # A command that is named as a whole has its own flags, as `train --resume` has.
    flag = re.compile(r"""["' (]--[a-z][a-z-]+""")
    command = re.compile(r"`adgan [^`]*`")
    outside = {"cli", "builtin", "layouts.py"}
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in sorted(SOURCE.rglob("*.py"))
        if not outside & set(path.relative_to(SOURCE).parts)
        for line in path.read_text(encoding="utf-8").splitlines()
        if flag.search(command.sub("", line))
    ]
    assert found == []
