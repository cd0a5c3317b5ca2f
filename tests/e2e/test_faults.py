"""Whatever fails, at whichever write or read of whichever verb: nothing is lost, and it goes on.

One mechanism makes the faults, see `adgan.testing.faults`. A few moments of each verb are tried;
`pytest -m slow tests/e2e/test_faults.py` tries every one.
"""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from adgan.io import read_images
from adgan.runs.checkpoint import load
from adgan.testing.faults import Killed, fault

FEW = 2
"""Moments of each verb and kind of fault that are tried; one more is the first."""


@pytest.fixture
def lines(data, trained, config):
    """A command line for every verb that writes: what it takes, given where results go."""

    def lines_(out):
        few = ("--steps", 2, "--device", "cpu")
        benchmark = out.parent / "sets.json"
        about = {"images": str(data / "images"), "labels": str(data / "labels")}
        sizes = {"radius": [5, 9], "count": [5, 9]}
        benchmark.write_text(json.dumps({"sets": {"a": about | sizes}}))
        return {
            "measure": ("measure", data / "labels", data / "images", "-o", out),
            "evaluate": ("evaluate", data / "labels", data / "labels", "--html", out / "a.html"),
            "segment": ("segment", trained, data / "images", "-o", out, "--table", "--rois"),
            "train": ("train", data / "images", "-o", out, *config, *few),
            "overwrite": ("train", data / "images", "-o", out, *config, *few, "--overwrite"),
            "synthesize": ("synthesize", trained, "-o", out, "-n", 2, "--size", 64, 64),
            "inspect": ("inspect", data / "images", "-o", out),
            "benchmark": ("benchmark", "run", "--data", benchmark, "-o", out, "--methods", "otsu",
                          "--seeds", 1),
        }  # fmt: skip

    return lines_


def prepared(verb, out, trained):
    """Make what a verb starts from: nothing, a folder, or an older run."""
    shutil.rmtree(out, ignore_errors=True)
    if verb == "evaluate":
        out.mkdir()
    if verb == "overwrite":
        shutil.copytree(trained, out)


def broken(folder):
    """Name the files that are half there; hidden ones are what a killed process may leave."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.name.startswith(".") or not path.is_file():
            continue
        try:
            if path.suffix == ".tif":
                read_images(path, check=False)
            elif path.suffix == ".json":
                json.loads(path.read_text())
            elif path.suffix == ".csv":
                with path.open(newline="") as file:
                    rows = list(csv.reader(file))
                assert len({len(row) for row in rows}) == 1
            elif path.suffix == ".html":
                assert path.read_text().rstrip().endswith("</html>")
        except Exception as error:  # whatever a reader says of half a file
            found.append(f"{path}: {error}")
    return found


FAST = ("measure", "evaluate", "segment", "train")
VERBS = (*FAST, "overwrite", "synthesize", "inspect", "benchmark")
CASES = [
    pytest.param((verb, every), marks=[pytest.mark.slow] * (every or verb not in FAST))
    for verb in VERBS
    for every in (False, True)
]


@dataclass(frozen=True)
class Case:
    """A verb, its command line, the folder that it writes and the run that it may start from."""

    verb: str
    every: bool
    words: tuple
    out: Path
    trained: Path
    run: Callable

    def moments(self, kind, folder):
        """Yield all moments, or the first and some spread over the others, prepared anew each."""
        prepared(self.verb, self.out, self.trained)
        with fault(kind, folder) as counted:
            assert self.run(*self.words)[0] == 0
        assert counted.seen
        tried = range(len(counted.seen))
        if not self.every:
            tried = sorted({int(m) for m in np.linspace(0, len(tried) - 1, FEW + 1)})
        for moment in tried:
            prepared(self.verb, self.out, self.trained)
            yield moment, counted.seen[moment]


@pytest.fixture(params=CASES)
def case(request, run, lines, trained, tmp_path):
    verb, every = request.param
    out = tmp_path / "out"
    return Case(verb, every, lines(out)[verb], out, trained, run)


def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(case):
    for moment, where in case.moments("full", case.out):
        with fault("full", case.out, moment):
            code, _, err = case.run(*case.words)
        told = [line for line in err.splitlines() if line.startswith("adgan: ")]
        assert code == 2 and len(told) == 1, (where, err)
        assert not broken(case.out), where
        assert not list(case.out.rglob(".adgan-*.*")), where
        check_goes_on(case)


def test_a_process_that_dies_leaves_whole_files_and_goes_on(case):
    for moment, where in case.moments("killed", case.out):
        with fault("killed", case.out, moment), pytest.raises(Killed):
            case.run(*case.words)
        assert not broken(case.out), where
        check_goes_on(case)


def test_a_read_that_fails_is_told_and_harms_nothing(case, data):
    read = {"synthesize": case.trained, "evaluate": data / "labels"}.get(case.verb, data)
    before = {path: path.read_bytes() for path in read.rglob("*.*") if path.is_file()}
    for moment, where in case.moments("unreadable", read):
        with fault("unreadable", read, moment, lasting=False):
            code, _, err = case.run(*case.words)
        assert code in (0, 2, 3) and "Traceback" not in err, where
        assert code != 3 or "warning" in err
        assert code != 2 or err.splitlines()[-1].startswith("adgan: ")
        assert not broken(case.out), where
        check_goes_on(case)
    assert before == {path: path.read_bytes() for path in before}


def check_goes_on(case):
    """The same command again, or the one that goes on with a run, ends well."""
    verb, words, out = case.verb, case.words, case.out
    if verb == "overwrite":
        load(out)  # the older weights, or newer ones
    if verb in ("train", "overwrite") and (out / "run.json").exists():
        words = ("train", words[1], "--resume", out)
    elif verb in ("evaluate", "inspect", "train"):
        words = (*words, "--overwrite") if "--overwrite" not in words else words
    code, _, err = case.run(*words)
    assert code == 0, err
    if verb in ("segment", "measure", "synthesize"):
        assert not [p for p in out.rglob(".adgan*") if p.name.startswith(".adgan-")]
    if verb in ("train", "overwrite"):
        load(out)
