"""Numbers out of range are refused before anything is read."""

import pytest

LINES = [
    ("segment", "run", "x", "-o", "out", "--threshold"),
    ("segment", "run", "x", "-o", "out", "--spacing"),
    ("segment", "run", "x", "-o", "out", "--channel"),
    ("segment", "run", "x", "-o", "out", "--scene"),
    ("segment", "run", "x", "-o", "out", "--part"),
    ("inspect", "x", "--spacing"),
    ("inspect", "x", "--channel"),
    ("evaluate", "x", "y", "--ignore-border"),
    ("measure", "x", "y", "-o", "out", "--channel"),
    ("measure", "x", "y", "-o", "out", "--spacing"),
    ("synthesize", "run", "-o", "out", "--size"),
    ("synthesize", "run", "-o", "out", "-n"),
    ("synthesize", "run", "-o", "out", "--seed"),
    ("demo", "-o", "out", "--minutes"),
    ("demo", "-o", "out", "--seed"),
    ("benchmark", "run", "--data", "x", "-o", "out", "--seeds"),
    ("benchmark", "run", "--data", "x", "-o", "out", "--steps"),
    ("benchmark", "run", "--data", "x", "-o", "out", "--minutes"),
    ("recipe", "--like", "hela", "--steps"),
    ("recipe", "--like", "hela", "--minutes"),
    ("recipe", "--like", "hela", "--seed"),
    ("recipe", "--like", "hela", "--channel"),
    ("recipe", "--like", "hela", "--spacing"),
    ("recipe", "--like", "hela", "--scene"),
]
ODD = [
    "-1",
    "nan",
    "inf",
    "1e300",
    "1e-300",
    "9" * 5000,
    "many",
    "",
    "0x10g",
    "1000000000000000000",
]


@pytest.mark.parametrize("value", ODD, ids=lambda value: value[:10])
@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_numbers_out_of_range(run, monkeypatch, tmp_path, line, value):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*line, value)
    assert (code, out) == (2, "") and len(err) < 700
    assert err.startswith("adgan: ") and err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--steps", "--seed", "--channel", "--scene"])
@pytest.mark.parametrize("value", ["1.5", "1.0", "1e3"])
def test_whole_numbers_are_not_rounded(run, option, value):
    code, _, err = run("recipe", "--like", "hela", option, value)
    assert code == 2 and value in err


@pytest.mark.parametrize("value", [("1e6", "1e6"), ("1e-6", "1"), ("3", "nan"), ("5", "3")])
def test_radii_out_of_range(run, value):
    code, _, err = run("recipe", "--count", "1", "2", "--radius", *value)
    assert code == 2 and "radius" in err
