"""Whatever fails, at whichever write or read of whichever verb: nothing is lost, and it goes on.

One mechanism makes the faults, see `adgan.testing.faults`. A few moments of each verb are tried;
`pytest -m slow tests/e2e/test_faults.py` tries every one.
"""

import csv
import json
import shutil

import numpy as np
import pytest

from adgan.checkpoint import load
from adgan.io import read_images
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
        except Exception as error:
            found.append(f"{path}: {error}")
    return found


def moments(number, every):
    """Return all moments, or the first and some spread over the others."""
    if every:
        return range(number)
    return sorted({int(m) for m in np.linspace(0, number - 1, FEW + 1)})


FAST = ("measure", "evaluate", "segment", "train")
VERBS = (*FAST, "overwrite", "synthesize", "inspect", "benchmark")
CASES = [
    pytest.param(verb, every, marks=[pytest.mark.slow] * (every or verb not in FAST))
    for verb in VERBS
    for every in (False, True)
]


@pytest.mark.parametrize(("verb", "every"), CASES)
def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(
    run, lines, trained, tmp_path, verb, every
):
    out = tmp_path / "out"
    words = lines(out)[verb]
    prepared(verb, out, trained)
    with fault("full", out) as counted:
        assert run(*words)[0] == 0
    assert counted.seen
    for moment in moments(len(counted.seen), every):
        prepared(verb, out, trained)
        with fault("full", out, moment):
            code, _, err = run(*words)
        where = counted.seen[moment]
        told = [line for line in err.splitlines() if line.startswith("adgan: ")]
        assert code == 2 and len(told) == 1, (where, err)
        assert not broken(out), where
        assert not list(out.rglob(".adgan-*.*")), where
        check_goes_on(run, words, verb, out)


@pytest.mark.parametrize(("verb", "every"), CASES)
def test_a_process_that_dies_leaves_whole_files_and_goes_on(
    run, lines, trained, tmp_path, verb, every
):
    out = tmp_path / "out"
    words = lines(out)[verb]
    prepared(verb, out, trained)
    with fault("killed", out) as counted:
        assert run(*words)[0] == 0
    for moment in moments(len(counted.seen), every):
        prepared(verb, out, trained)
        with fault("killed", out, moment), pytest.raises(Killed):
            run(*words)
        assert not broken(out), counted.seen[moment]
        check_goes_on(run, words, verb, out)


@pytest.mark.parametrize(("verb", "every"), CASES)
def test_a_read_that_fails_is_told_and_harms_nothing(
    run, lines, data, trained, tmp_path, verb, every
):
    out = tmp_path / "out"
    words = lines(out)[verb]
    source = trained if verb == "synthesize" else data / "labels" if verb == "evaluate" else data
    before = {path: path.read_bytes() for path in source.rglob("*.*") if path.is_file()}
    prepared(verb, out, trained)
    with fault("unreadable", source) as counted:
        assert run(*words)[0] == 0
    for moment in moments(len(counted.seen), every):
        prepared(verb, out, trained)
        with fault("unreadable", source, moment, lasting=False):
            code, _, err = run(*words)
        assert code in (0, 2, 3) and "Traceback" not in err, counted.seen[moment]
        assert code != 3 or "warning" in err
        assert code != 2 or err.splitlines()[-1].startswith("adgan: ")
        assert not broken(out), counted.seen[moment]
        check_goes_on(run, words, verb, out)
    assert before == {path: path.read_bytes() for path in before}


def check_goes_on(run, words, verb, out):
    """The same command again, or the one that goes on with a run, ends well."""
    if verb == "overwrite":
        load(out)  # the older weights, or newer ones
    if verb in ("train", "overwrite") and (out / "run.json").exists():
        words = ("train", words[1], "--resume", out)
    elif verb in ("evaluate", "inspect", "train"):
        words = (*words, "--overwrite") if "--overwrite" not in words else words
    code, _, err = run(*words)
    assert code == 0, err
    if verb in ("segment", "measure", "synthesize"):
        assert not [p for p in out.rglob(".adgan*") if p.name.startswith(".adgan-")]
    if verb in ("train", "overwrite"):
        load(out)
