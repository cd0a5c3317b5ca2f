"""Progress as lines in a log and as a bar on a terminal."""

import pytest

from adgan.cli import progress
from adgan.cli.progress import Meter, duration, watch_items, watch_share


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (7830, "2 h 10 min")],
)
def test_durations_as_people_say_them(seconds, words):
    assert duration(seconds) == words


def test_a_log_gets_a_line_every_few_seconds_and_one_at_the_end(monkeypatch, capsys):
    clock = iter(range(1000))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with Meter("working") as meter:
        watch = watch_items(meter)
        for done in range(1, 12):
            watch(done, 12, f"image {done}", 3)
        watch(12, 12, "the last", 4)
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "working 100%  12 of 12  the last: 4 nuclei"
    assert 3 <= len(lines) <= 5


def test_time_left_follows_from_the_share_that_is_done(monkeypatch, capsys):
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with Meter("segmenting") as meter:
        watch = watch_share(meter)
        watch(0.0, "deep")
        watch(0.25, "deep")
        watch(1.0, "deep")
    first, last = capsys.readouterr().err.splitlines()
    assert first == "segmenting 25%  30 s left  deep"
    assert last == "segmenting 100%  0 s left  deep"


def test_a_terminal_gets_a_bar(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with Meter("working") as meter:
        assert meter.bar is not None
        meter.note("by the way [0]")
        meter.update(0.5, "halfway")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "by the way [0]" in captured.err and "halfway" in captured.err
    assert "100%" in captured.err  # a task that ended well is whole
