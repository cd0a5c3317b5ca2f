"""Exit codes, and one line for every mistake."""

import subprocess
import sys

import pytest

import adgan
import adgan.cli
from adgan.errors import AdganError

MAIN = "import sys; from adgan.cli import main; sys.exit(main())"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nonsense"], "nonsense"),
        (["train"], "IMAGES"),
        (["train", "x", "--nonsense"], "--nonsense"),
        (["train", "x", "--preset", "slow"], "slow"),
        (["train", "x", "--radius", "3"], "--radius"),
        (["train", "x", "--steps", "many"], "many"),
        (["segment", "run", "x"], "--output"),
        (["train", "x"], "-o RUN"),
        (["train", "x", "--resume", "run", "-o", "y"], "leave out all options except"),
        (["train", "x", "--resume", "run", "--steps", "3"], "leave out all options except"),
        (["train", "x", "--resume", "run"], "run is not a run folder"),
        (["evaluate", "x", "y", "--images", "z"], "--html"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(run, words, message):
    code, out, err = run(*words)
    assert code == 2 and out == ""
    assert err.startswith("adgan: ") and err.count("\n") == 1 and message in err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (AdganError("this\nand that"), 2, "adgan: this and that\n"),
        (KeyboardInterrupt(), 130, "adgan: interrupted\n"),
        (KeyboardInterrupt("stopped early"), 130, "adgan: stopped early\n"),
    ],
)
def test_exceptions_become_exit_codes(run, monkeypatch, error, code, said):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(adgan.cli, "app", fail)
    assert run("recipe") == (code, "", said)


def test_a_defect_is_not_hidden(monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(adgan.cli, "app", fail)
    with pytest.raises(ZeroDivisionError):
        adgan.cli.main([])


def test_help_and_version_go_to_stdout(run):
    code, out, err = run("--help")
    assert (code, err) == (0, "") and "segment" in out
    assert run("--version") == (0, f"{adgan.__version__}\n", "")


def test_a_reader_that_goes_away_is_no_defect():
    words = [sys.executable, "-c", MAIN, "recipe", "--like", "hela"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.wait(60) == 1
        assert process.stderr.read() == b""


def test_a_mistake_leaves_no_traceback_in_a_process_of_its_own():
    words = [sys.executable, "-c", MAIN, "recipe", "--like", "cats"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("adgan: no sizes are known for 'cats'")
