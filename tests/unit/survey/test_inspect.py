import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import ReadOptions, write_gray
from adgan.survey.inspect import inspect, seen_in_frames
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
    found = inspect([volume], ReadOptions(spacing=(0.6, 0.2, 0.2)))
    lines = "\n".join(found.lines())
    assert "by the stated voxel size, 3" in lines and "micrometres" in lines


def test_images_without_nuclei_are_refused():
    with pytest.raises(AdganError, match="no nuclei stand out"):
        inspect(np.random.default_rng(0).normal(100, 5, (200, 200)))


def test_large_frames_cut_few_nuclei():
    seen, cut = seen_in_frames(10, [(1000, 1000)])
    assert seen == pytest.approx(10)
    # Middles lie in a square of 1010, of which those in one of 990 are whole.
    assert cut == pytest.approx(1 - (990 / 1010) ** 2, abs=0.02)


def test_small_volumes_cut_most():
    seen, cut = seen_in_frames(30, [(100, 100, 100)])
    assert cut == pytest.approx(1 - (70 / 130) ** 3, abs=0.05)
    assert 15 < seen < 28


def test_frames_of_several_sizes_are_taken_together():
    small, large = seen_in_frames(30, [(40, 40)])[1], seen_in_frames(30, [(400, 400)])[1]
    assert large < seen_in_frames(30, [(40, 40), (400, 400)])[1] < small


def test_what_is_seen_is_that_of_drawn_nuclei():
    rng, sizes = np.random.default_rng(1), []
    z, y, x = np.indices((60, 60, 60))
    for _ in range(300):
        middle = rng.uniform(-12, 72, 3)
        sizes.append(
            np.count_nonzero(
                (z - middle[0] + 0.5) ** 2 + (y - middle[1] + 0.5) ** 2 + (x - middle[2] + 0.5) ** 2
                <= 12**2
            )
        )
    drawn = 2 * (np.median([s for s in sizes if s]) * 3 / 4 / np.pi) ** (1 / 3)
    assert seen_in_frames(24, [(60, 60, 60)])[0] == pytest.approx(drawn, rel=0.05)
