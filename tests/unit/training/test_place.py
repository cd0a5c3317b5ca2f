"""An older run stays whole until a newer one has weights, whenever a training is broken off."""

import os

import pytest

from adgan.errors import AdganError
from adgan.runs import CHECKS, CURVE, LOG, NEW, PANELS, RECIPE, RUN, STATE, WEIGHTS
from adgan.runs.checkpoint import load
from adgan.training.place import abandon, begin, place_of, settle_in

FILES = (RECIPE, RUN, LOG, STATE, CURVE, WEIGHTS)


def fill(place, text, *more):
    (place / PANELS).mkdir(exist_ok=True)
    for name in (*FILES, *more):
        (place / name).write_text(text)
    (place / PANELS / f"step_{text}.png").touch()


@pytest.fixture
def older(tmp_path):
    """A folder with an older run, which has checks, and a file of the user's."""
    fill(tmp_path, "old", CHECKS)
    (tmp_path / "mine.txt").touch()
    return tmp_path


def test_a_run_is_written_where_it_is_for_if_nothing_is_there(tmp_path):
    assert begin(tmp_path) == place_of(tmp_path) == settle_in(tmp_path) == tmp_path


def test_an_older_run_is_whole_until_the_new_one_has_weights(older):
    place = begin(older)
    assert place == older / NEW
    for name in (RECIPE, RUN, STATE):
        (place / name).write_text("new")
    assert settle_in(place) == place_of(older) == place
    assert all((older / name).read_text() == "old" for name in FILES)
    fill(place, "new")
    assert settle_in(place) == place_of(older) == older
    assert all((older / name).read_text() == "new" for name in FILES)
    assert not (older / CHECKS).exists() and not place.exists()
    assert [p.name for p in (older / PANELS).iterdir()] == ["step_new.png"]
    assert (older / "mine.txt").exists()


@pytest.mark.parametrize("after", range(8))
def test_files_that_were_changing_places_when_killed_go_on(older, monkeypatch, after):
    place = begin(older)
    fill(place, "new")
    moves, replace = iter(range(after)), os.replace

    def killed(*names):
        if next(moves, None) is None:
            raise KeyboardInterrupt
        replace(*names)

    monkeypatch.setattr(os, "replace", killed)
    try:
        settle_in(place)
    except KeyboardInterrupt:
        assert not (older / WEIGHTS).exists() or (older / WEIGHTS).read_text() == "new"
    monkeypatch.undo()
    assert place_of(older) == older
    assert all((older / name).read_text() == "new" for name in FILES)
    assert [p.name for p in (older / PANELS).iterdir()] == ["step_new.png"]
    assert not (older / NEW).exists()


def test_what_an_earlier_try_left_is_begun_anew(older):
    fill(begin(older), "half")
    place = begin(older)
    assert not list(place.iterdir())


def test_a_start_that_was_killed_leaves_the_older_run_as_it_is(older):
    place = begin(older)
    (place / LOG).write_text("new")
    assert place_of(older) == older and not place.exists()
    assert all((older / name).read_text() == "old" for name in FILES)


def test_a_new_run_that_cannot_be_moved_is_kept(older, monkeypatch):
    place = begin(older)
    fill(place, "new")
    replace = os.replace

    def held(source, target):
        if target.name == CURVE:
            raise PermissionError(13, "held by another program")
        replace(source, target)

    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(AdganError, match="cannot write"):
        settle_in(place)
    abandon(place)
    with pytest.raises(AdganError, match="resume the training"):
        load(older)
    monkeypatch.undo()
    assert place_of(older) == older
    assert all((older / name).read_text() == "new" for name in FILES)


def test_a_move_that_was_killed_is_finished_before_a_new_run_begins(older, monkeypatch):
    place = begin(older)
    fill(place, "new")
    monkeypatch.setattr(os, "replace", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        settle_in(place)
    monkeypatch.undo()
    assert not list(begin(older).iterdir())
    assert all((older / name).read_text() == "new" for name in FILES)


def test_after_the_move_there_is_nothing_to_abandon(older):
    place = begin(older)
    fill(place, "new")
    settle_in(place)
    abandon(place)
    assert (older / WEIGHTS).read_text() == "new"
