"""Faults happen at the moment that was asked for, in the folder that was named, to one kind."""

import os

import pytest

from adgan.testing.faults import Killed, fault


def work(folder):
    """Three operations that change something, and two that read."""
    (folder / "a").mkdir()
    (folder / "a" / "b").write_text("1")
    os.replace(folder / "a" / "b", folder / "c")
    assert (folder / "c").read_text() == "1"
    with (folder / "c").open("rb") as file:
        file.read()


def test_operations_are_counted_and_nothing_else_happens(tmp_path):
    with fault("full", tmp_path) as written, fault("unreadable", tmp_path) as read:
        work(tmp_path)
    assert [line.split()[0] for line in written.seen] == ["os.mkdir", "open", "os.rename"]
    assert len(read.seen) == 2


@pytest.mark.parametrize("moment", range(3))
def test_a_disk_is_full_from_a_moment_on(tmp_path, moment):
    with fault("full", tmp_path, moment), pytest.raises(OSError, match="No space left"):
        work(tmp_path)
    assert (tmp_path / "a").exists() == (moment > 0)
    assert (tmp_path / "a" / "b").exists() == (moment == 2)
    assert not (tmp_path / "c").exists()


def test_a_single_read_fails_and_the_next_does_not(tmp_path):
    (tmp_path / "a").write_text("1")
    with fault("unreadable", tmp_path, 0, lasting=False):
        with pytest.raises(OSError, match="Input/output error"):
            (tmp_path / "a").read_text()
        assert (tmp_path / "a").read_text() == "1"


def test_the_dead_do_not_tidy_up(tmp_path):
    with fault("killed", tmp_path, 1), pytest.raises(Killed):
        try:
            (tmp_path / "a").write_text("1")
            os.replace(tmp_path / "a", tmp_path / "b")
        finally:
            (tmp_path / "a").unlink()
    assert (tmp_path / "a").exists()


def test_other_folders_are_left_alone(tmp_path):
    (tmp_path / "mine").mkdir()
    with fault("full", tmp_path / "mine", 0):
        (tmp_path / "other").write_text("1")
    assert (tmp_path / "other").read_text() == "1"
