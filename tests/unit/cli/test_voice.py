"""What is said, to whom, and what a log keeps of it."""

import json
import re
from pathlib import Path

import pytest

from adgan.cli.everywhere import take_apart
from adgan.cli.progress import Meter
from adgan.cli.voice import say, speaking, tell, tell_json, warn
from adgan.errors import AdganError


def test_options_of_every_command_stand_anywhere_before_the_end_of_options():
    words = ["segment", "--quiet", "a", "--log=x.log", "-o", "b", "--", "--debug"]
    rest = ["segment", "a", "-o", "b", "--", "--debug"]
    assert take_apart(words) == (rest, False, True, Path("x.log"))
    assert take_apart(["a", "--log", "y"]) == (["a"], False, False, Path("y"))


@pytest.mark.parametrize("words", [["a", "--log"], ["a", "--log", "--quiet"], ["a", "--log="]])
def test_a_log_without_a_name_is_refused(words):
    with pytest.raises(AdganError, match="--log needs a file name"):
        take_apart(words)


def test_the_quiet_hear_results_and_warnings_alone(capsys):
    with speaking(quiet=True), Meter("work") as meter:
        say("a note")
        meter.note("another")
        meter.update(1.0, "done")
        warn("beware")
        tell("a result")
    out, err = capsys.readouterr()
    assert (out, err) == ("a result\n", "warning: beware\n")


def test_a_log_holds_all_with_the_time_and_grows(tmp_path, capsys):
    log = tmp_path / "a.log"
    for number in range(2):
        with speaking(quiet=True, log=log, title=f"adgan {number}"):
            say("a note\x1b[2J")
            tell("a result\nof two lines")
    lines = log.read_text().splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", line) for line in lines)
    said = [line[21:] for line in lines]
    assert said[:4] == ["adgan 0", "a note\\x1b[2J", "a result", "of two lines"]
    assert said[4] == "adgan 1" and len(said) == 8


def test_a_log_replaces_nothing_that_is_no_log(tmp_path, run):
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n")
    for name in (table, tmp_path, tmp_path / "none" / "a.log"):
        code, _, err = run("recipe", "--log", name)
        assert code == 2 and err.count("\n") == 1 and "log" in err
    assert table.read_text() == "a,b\n1,2\n"


def test_a_failure_stands_in_the_log(tmp_path, run):
    log = tmp_path / "a.log"
    code, out, err = run("evaluate", "x", "y", "--log", log, "--quiet")
    assert code == 2 and out == "" and err.startswith("adgan: ")
    assert err.strip() in log.read_text()


def test_json_has_null_where_there_is_no_number(capsys):
    tell_json({"a": [float("nan"), 1.5], "b": {"c": float("inf")}})
    assert json.loads(capsys.readouterr().out) == {"a": [None, 1.5], "b": {"c": None}}
