"""`adgan benchmark` and `adgan datasets` from the command line."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from adgan.io import write_labels

SETS = """sets:
  mine:
    images: {0}/images
    labels: {0}/labels
    radius: [10, 15]
    count: [25, 40]
"""


@pytest.fixture
def sets(data, tmp_path):
    """A data file on the images that the tests share."""
    path = tmp_path / "data.yaml"
    path.write_text(SETS.format(data))
    return path


def refused(result, *words):
    code, out, err = result
    assert (code, out) == (2, ""), err
    lines = [line for line in err.splitlines() if line.startswith("adgan: ")]
    assert len(lines) == 1 and lines[0] == err.splitlines()[-1]
    for word in words:
        assert word in lines[0]


def test_from_images_to_a_page(run, sets, tmp_path):
    out = tmp_path / "out"
    asked = ("--data", sets, "-o", out, "--methods", "otsu,squassh", "--steps", 1)
    code, printed, told = run("benchmark", "run", *asked)
    assert code == 0
    assert "[1/2] mine otsu seed 0: DICE" in told
    assert f"adgan benchmark table {out}" in printed
    code, _, told = run("benchmark", "run", *asked)
    assert (code, told) == (0, "2 of 2 results exist already\n")
    code, printed, _ = run("benchmark", "table", out, "--csv", tmp_path / "t.csv")
    assert code == 0
    assert "Otsu" in printed
    assert (tmp_path / "t.csv").exists()
    assert run("benchmark", "figures", out)[0] == 0
    assert "Squassh" in (out / "report.html").read_text()
    for option in ("--csv", "--html", "--latex", "--markdown"):
        (tmp_path / "mine").write_text("mine")
        refused(run("benchmark", "table", out, option, tmp_path / "mine"), "--overwrite")
        assert (tmp_path / "mine").read_text() == "mine"
        words = ("benchmark", "table", out, option, out / "results.jsonl", "--overwrite")
        refused(run(*words), "is also an input or another output")
    refused(run("benchmark", "figures", out), "report.html exists")
    assert run("benchmark", "figures", out, "--overwrite")[0] == 0


def test_a_killed_run_goes_on(sets, tmp_path):
    out = tmp_path / "out"
    words = f"benchmark run --data {sets} -o {out} --methods otsu,cyclegan --steps 1000 --seeds 1"
    script = f"from adgan.cli import main; main({words.split()!r})"
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen([sys.executable, "-c", script], env=alone) as process:
        file = out / "results.jsonl"
        for _ in range(1200):
            if file.exists() and file.read_text().endswith("\n"):
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    before = file.read_text().splitlines()
    assert [json.loads(line)["key"]["method"] for line in before] == ["otsu"]
    # The same words without the long one: what is done stays as it is.
    from adgan.cli import main

    assert main(words.replace("cyclegan", "squassh").split()) == 0
    after = file.read_text().splitlines()
    assert after[0] == before[0]
    assert [json.loads(line)["key"]["method"] for line in after] == ["otsu", "squassh"]


def test_unknown_names_offer_the_nearest(run, sets, tmp_path):
    out = tmp_path / "out"
    asked = ("benchmark", "run", "--data", sets, "-o", out)
    refused(run(*asked, "--methods", "cylegan"), "cylegan", "did you mean cyclegan")
    refused(run(*asked, "--sets", "mina"), "mina", "did you mean mine")
    refused(run(*asked, "--experiment", "ablations"), "did you mean ablation")
    refused(run(*asked, "--methods", "adgan@loss.cycel=1"), "loss.cycel=1", "adgan recipe")
    refused(run("datasets", "fetch", "hella", "-o", out), "did you mean hela")
    refused(run("benchmark", "setup", "cellprofile"), "did you mean cellprofiler")
    assert not out.exists()


def test_a_data_file_must_fit_what_it_names(run, sets, data, tmp_path):
    out = tmp_path / "out"
    asked = ("benchmark", "run", "-o", out, "--methods", "otsu", "--data")
    refused(run(*asked, tmp_path / "no.yaml"), "no.yaml")
    sets.write_text(SETS.format(tmp_path / "nowhere"))
    refused(run(*asked, sets), "set mine", "nowhere", "does not exist")
    (tmp_path / "labels").mkdir()
    write_labels(tmp_path / "labels" / "other.tif", np.zeros((4, 4), int))
    sets.write_text(SETS.format(data).replace(f"{data}/labels", str(tmp_path / "labels")))
    refused(run(*asked, sets), "other.tif", "no image of its name")
    assert not out.exists()


def test_lengths_and_lists_exclude_each_other(run, sets, tmp_path):
    asked = ("benchmark", "run", "--data", sets, "-o", tmp_path / "out")
    refused(run(*asked, "--steps", 1, "--minutes", 1), "one length")
    refused(run(*asked, "--methods", "otsu", "--experiment", "number"), "choose one")
    refused(run(*asked, "--seeds", 0), "--seeds")


def test_no_results_say_how_to_make_some(run, tmp_path):
    for verb in ("table", "figures"):
        refused(run("benchmark", verb, tmp_path), "adgan benchmark run")


def test_public_sets_are_listed_with_their_terms(run):
    code, printed, _ = run("datasets", "list")
    assert code == 0
    assert "bbbc050" in printed
    assert "CC BY 3.0" in printed
