"""Whatever fails is one line and an exit code, and only defects of the program are not caught."""

import os
import signal
import subprocess
import sys

import pytest
import torch

import adgan.cli
from adgan.cli.net import caught

MAIN = "import sys; from adgan.cli import main; sys.exit(main())"


def failing(error):
    def fail():
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "a.tif"), "a.tif: No space left on device"),
        (OSError("odd"), "odd"),
        (MemoryError(), "out of memory"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "out of memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "out of memory"),
        (RecursionError("maximum recursion depth"), "nested too deeply"),
        (UnicodeEncodeError("utf-8", "a", 0, 1, "no surrogates"), "no surrogates"),
    ],
)
def test_what_the_system_refuses_is_one_line(error, said, capsys):
    assert caught(failing(error)) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("adgan: ") and err.count("\n") == 1 and said in err


@pytest.mark.parametrize("error", [RuntimeError("odd"), ZeroDivisionError(), KeyError("a")])
def test_defects_are_not_hidden(error):
    with pytest.raises(type(error)):
        caught(failing(error))


def test_debug_shows_where_it_happened(monkeypatch, capsys):
    def fail(words, **_):
        assert words == ["recipe"]
        raise MemoryError

    monkeypatch.setattr(adgan.cli, "app", fail)
    assert adgan.cli.main(["recipe", "--debug"]) == 2
    err = capsys.readouterr().err
    assert "Traceback" in err and err.splitlines()[-1].startswith("adgan: out of memory")


def test_messages_are_short_and_say_nothing_to_the_terminal(capsys):
    caught(failing(OSError("\x1b[2J" + 10_000 * "x")))
    err = capsys.readouterr().err
    assert "\x1b" not in err and len(err) < 700


def test_a_termination_is_an_interruption(capsys):
    before = signal.getsignal(signal.SIGTERM)
    assert caught(lambda: signal.raise_signal(signal.SIGTERM)) == 130
    assert capsys.readouterr().err == "adgan: terminated\n"
    assert signal.getsignal(signal.SIGTERM) is before


def process(words, **streams):
    """Run a command line in a process of its own."""
    script = [sys.executable, "-c", MAIN, *map(str, words)]
    return subprocess.run(script, stderr=subprocess.PIPE, text=True, **streams)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device here")
def test_a_full_stdout_is_one_line():
    with open("/dev/full", "w") as full:
        done = process(["recipe", "--like", "hela"], stdout=full)
    assert done.returncode == 2
    said = "adgan: No space left on device: check names, permissions and disk space\n"
    assert done.stderr == said


def test_a_closed_stdout_is_no_defect():
    script = f"exec {sys.executable} -c '{MAIN}' recipe --like hela >&-"
    done = subprocess.run(["sh", "-c", script], stderr=subprocess.PIPE, text=True)
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr


def test_names_that_are_no_text_are_told(tmp_path):
    done = process(["segment", tmp_path / "run", tmp_path / os.fsdecode(b"\xff.tif"), "-o", "out"])
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    done = process(["inspect", tmp_path / os.fsdecode(b"\xff.tif")])
    assert done.returncode == 2 and r"\udcff.tif does not exist" in done.stderr
