import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import read_labels
from adgan_napari.corrections import Corrections, beside
from adgan_napari.review import Review, told_by
from adgan_napari.session import Session


def frame(*numbers):
    labels = np.zeros((6, 4 * len(numbers)), np.uint32)
    for place, number in enumerate(numbers):
        labels[1:5, 4 * place : 4 * place + 3] = number
    return labels


def features(**confidence):
    return {
        "index": np.array([0, *map(int, confidence)]),
        "confidence": np.array([np.nan, *confidence.values()]),
    }


@pytest.fixture
def session(layer):
    known = features(**{"1": 0.9, "2": 0.3, "3": 0.6})
    return Session(layer(frame(1, 2, 3), scale=(0.5, 0.5), features=known))


def test_the_least_sure_come_first_and_what_is_accepted_is_passed_over(session):
    review = session.review
    assert review.waiting() == [2, 3, 1]
    assert review.following(0) == 2 and review.following(2) == 3 and review.following(1) == 2
    session.choose(3)
    session.accept()
    assert review.waiting() == [2, 1] and review.following(2) == 1
    session.choose(2)
    session.delete()
    assert review.following(0) == 1
    session.choose(1)
    session.accept()
    assert review.following(0) is None


def test_merging_and_splitting_are_kept_as_the_label_map_of_the_image(session, tmp_path):
    session.choose(2)
    session.choose(3, more=True)
    session.merge()
    assert session.chosen == [2]
    session.split(2)
    assert session.layer.data[2, 5] == 2 and session.layer.data[2, 9] == 4
    folder = beside(tmp_path / "run")
    assert session.keep(folder) == 1 and not session.frames
    kept = read_labels(folder / "cells.tif")
    np.testing.assert_array_equal(kept.pixels, session.layer.data)
    assert kept.spacing == (0.5, 0.5)
    assert Corrections(folder).accepted("cells") == {2, 4}
    assert session.keep(folder) == 0


def test_what_a_brush_has_changed_is_found_by_comparing(session, tmp_path):
    assert not session.compare()
    session.layer.data[0, :] = 7
    assert session.compare() and session.frames == {0}
    assert session.review.accepted == {7}
    assert not session.compare()
    assert session.review.fresh() == 8


def test_frames_of_a_series_are_kept_each_by_its_name(layer, tmp_path):
    series = np.stack([frame(1, 2), frame(3, 4)])
    about = {"adgan": {"image": "a/b", "axes": "TYX"}}
    session = Session(layer(series, metadata=about, features=features(**{"4": 0.1})))
    session.choose(4)
    session.accept()
    assert session.frames == {1}
    session.keep(tmp_path)
    names = sorted(path.name for path in tmp_path.glob("*.tif"))
    assert len(names) == 1 and names[0].startswith("a_b") and names[0].endswith("_t0002.tif")
    np.testing.assert_array_equal(read_labels(tmp_path / names[0]).pixels, frame(3, 4))


def test_colours_tell_how_sure_nuclei_are_and_which_are_chosen(session):
    session.choose(1)
    colours = session.colours()
    assert colours[1].tolist() == [1, 1, 1, 1] and not colours[0].any()
    doubtful, fair = colours[2], colours[3]
    assert doubtful[0] > 2 * doubtful[2] and fair[1] > fair[2]
    session.choose(2)
    session.accept()
    assert "2 of 3 nuclei are left" in session.words()
    assert "Nucleus 2: confidence 0.30" in session.words()


def test_the_middle_of_a_bent_nucleus_lies_in_it():
    labels = np.zeros((9, 9), np.uint8)
    labels[1:8, 1] = labels[1, 1:8] = 1
    middle, extent = Review(labels, {}).place(1)
    assert labels[tuple(middle)] == 1 and extent.tolist() == [7, 7]
    assert Review(labels, {}).place(2) is None


def test_confidence_is_told_by_a_map_filled_with_it():
    labels = np.array([[0, 2, 2], [5, 5, 0]])
    painted = np.array([[0, 0.25, 0.25], [0.75, 0.75, 0]], np.float32)
    assert told_by(painted, labels) == {2: 0.25, 5: 0.75}
    assert told_by(np.zeros((2, 2)), np.zeros((2, 2), int)) == {}


def test_labels_that_lie_on_disk_are_not_changed(layer):
    class Lazy:
        ndim, shape = 2, (3, 3)

    with pytest.raises(AdganError, match="lies on disk"):
        Session(layer(Lazy()))
