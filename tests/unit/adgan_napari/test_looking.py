import numpy as np
import pytest

from adgan.metrics import count_overlap, f1
from adgan.synth.samples import simulated_sample
from adgan_napari.looking import Findings, Seen, look, summary
from adgan_napari.stacks import stack_of


def seen(frame, labels, confidence, expected=0.9, plane=None):
    return Seen(frame, plane, np.array(labels), np.array(confidence), expected, 1.0)


def test_nuclei_of_all_frames_have_numbers_of_their_own(layer):
    stack = stack_of(layer(np.zeros((2, 2, 3))), "TYX")
    found = Findings.of(stack)
    found.put(seen(1, [[0, 1, 1], [2, 2, 0]], [0.4, 0.9]))
    found.put(seen(0, [[1, 0, 0], [0, 0, 0]], [0.7]))
    assert found.confidence == {1: 0.4, 2: 0.9, 3: 0.7}
    assert found.labels.tolist() == [[[3, 0, 0], [0, 0, 0]], [[0, 1, 1], [2, 2, 0]]]
    assert summary(stack, found)[0] == "3 nuclei in 2 frames"
    assert summary(stack, found)[-1] == "expected F1 0.90; 1 nuclei are doubtful"


def test_what_is_found_later_takes_the_place_of_what_was_there(layer):
    found = Findings.of(stack_of(layer(np.zeros((2, 1, 2))), "ZYX"))
    found.put(seen(0, [[1, 1]], [0.2], plane=1))
    found.put(seen(0, [[[1, 0]], [[1, 1]]], [0.8]))
    assert list(found.confidence.values()) == [0.8]
    assert len(np.unique(found.labels[found.labels > 0])) == 1


@pytest.mark.parametrize("axes", ["YX", "XY"])
def test_a_first_look_at_an_image_whatever_its_axes(axes, layer):
    image, truth, spacing = simulated_sample(images=1)[0]
    image, truth = image[:128, :160], truth[:128, :160]
    data = image if axes == "YX" else image.T
    stack = stack_of(layer(data, scale=spacing), axes)
    found = Findings.of(stack)
    for one in look(stack):
        found.put(one)
    assert f1(count_overlap(found.labels[0], truth)) > 0.9
    assert "µm" in summary(stack, found)[1]
    assert set(found.confidence) == set(np.unique(found.labels)) - {0}


def test_a_series_begins_with_the_frame_in_view(layer):
    frames = np.stack([image[:96, :96] for image, _, _ in simulated_sample(images=3)])
    frames[2] = 0
    order = [one.frame for one in look(stack_of(layer(frames), "TYX"), frame=1)]
    assert order == [1, 0, 2]


def test_a_volume_shows_the_plane_in_view_first_and_then_all_of_it(layer):
    image, truth, spacing = simulated_sample("nuclei3d", images=1)[0]
    image, truth = image[6:18], truth[6:18]
    stack = stack_of(layer(image, scale=spacing), "ZYX")
    plane, whole = look(stack, plane=4)
    assert (plane.plane, plane.labels.shape) == (4, image.shape[1:])
    assert f1(count_overlap(plane.labels, truth[4])) > 0.7
    assert whole.plane is None and len(whole.confidence) == whole.labels.max()
    assert f1(count_overlap(whole.labels, truth)) > 0.7


def test_a_run_is_looked_with_too_and_blank_frames_are_empty(layer, run_folder, images):
    frames = np.stack([images[0], np.zeros_like(images[0])])
    found = list(look(stack_of(layer(frames), "TYX"), run_folder))
    assert [len(one.confidence) == one.labels.max() for one in found] == [True, True]
    assert not found[1].labels.any()
