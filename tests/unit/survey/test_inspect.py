import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import write_gray
from adgan.survey.inspect import inspect
from adgan.synth.render import render
from adgan.synth.samples import simulated_sample
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator


@pytest.fixture(scope="module")
def pictures():
    return [image for image, _, _ in simulated_sample(images=2)]


def test_a_set_is_described(pictures):
    found = inspect(pictures)
    lines = "\n".join(found.lines())
    for word in (
        "radius",
        "interval",
        "diameter",
        "eccentricity",
        "per 256 x 256",
        "touching",
        "intensities",
    ):
        assert word in lines
    assert "planes" not in lines and "inverted" not in lines
    assert len(found.images) == found.total == 2 and found.z_scale is None


def test_dark_nuclei_are_said_to_be_inverted(pictures):
    found = inspect([pictures[0], pictures[1].max() - pictures[1]])
    assert [i.handling.inverted for i in found.images] == [False, True]
    assert "1 of 2 images show dark nuclei" in "\n".join(found.lines())


def test_sizes_are_told_in_micrometres_where_files_say(pictures, tmp_path):
    write_gray(tmp_path / "a.tif", pictures[0], (0.25, 0.25))
    found = inspect(tmp_path / "a.tif")
    low, high = found.sizes.radius
    assert f"{low / 4:.3g} to {high / 4:.3g} micrometres" in found.lines()[0]


@pytest.fixture(scope="module")
def volume():
    spec = SceneSpec(radius=(7, 9), count=(12, 12), reference=64, eccentricity=(0.1, 0.5))
    labels = render(sample_scene(generator(0, "planes"), spec, (24, 80, 80), (3, 1, 1)))
    rng = np.random.default_rng(0)
    return (labels > 0) * 100.0 + rng.normal(20, 3, labels.shape)


def test_the_distance_of_planes_is_seen(volume):
    found = inspect([volume])
    assert found.z_scale == pytest.approx(3, rel=0.2)
    assert "pixels apart; the files do not state" in "\n".join(found.lines())


def test_a_frame_that_cuts_most_nuclei_is_said_to(pictures):
    assert "such small images" not in "\n".join(inspect(pictures).lines())
    corner = [image[:48, :48] for image in pictures]
    (line,) = [line for line in inspect(corner).lines() if line.startswith("diameter")]
    whole, seen = (float(part.split(" px")[0].split()[-1]) for part in line.split(";"))
    assert "the borders of such small images cut" in line and 0.5 * whole < seen < whole


def test_voxel_size_can_be_typed(volume):
    found = inspect([volume], spacing=(0.6, 0.2, 0.2))
    lines = "\n".join(found.lines())
    assert "by the stated voxel size, 3" in lines and "micrometres" in lines


def test_images_without_nuclei_are_refused():
    with pytest.raises(AdganError, match="no nuclei stand out"):
        inspect(np.random.default_rng(0).normal(100, 5, (200, 200)))
