import numpy as np
import pytest
from skimage.filters import threshold_otsu
from skimage.measure import regionprops

from adgan.errors import AdganError
from adgan.synth.samples import SAMPLES, simulated_sample


@pytest.fixture(scope="module")
def demo():
    """The demo's images: twelve to train on and four held back."""
    return simulated_sample("nuclei2d", images=16)


def same(ones, others):
    pairs = zip(ones, others, strict=True)
    return all((a[0] == b[0]).all() and (a[1] == b[1]).all() and a[2] == b[2] for a, b in pairs)


@pytest.mark.parametrize("name", SAMPLES)
def test_images_labels_and_spacing_fit(name):
    ((image, labels, spacing),) = simulated_sample(name, images=1)
    assert image.shape == labels.shape == SAMPLES[name].shape
    assert image.dtype == labels.dtype == np.uint16
    assert len(spacing) == image.ndim
    assert len(np.unique(labels)) > 10


def test_each_image_depends_on_the_seed_and_its_number_alone(demo):
    assert same(simulated_sample(images=3), demo[:3])
    assert same(simulated_sample(images=2, start=14), demo[14:])
    other = simulated_sample(images=3, seed=1)
    assert not any(same([one], [two]) for one in other for two in demo)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(AdganError, match="'cells'.*nuclei2d.*nuclei3d"):
        simulated_sample("cells")


def test_otsu_finds_most_but_not_all(demo):
    scores = []
    for image, labels, _ in demo:
        found, truth = image > threshold_otsu(image), labels > 0
        scores.append(2 * (found & truth).sum() / (found.sum() + truth.sum()))
    assert 0.80 < np.mean(scores) < 0.88


def test_brightness_varies_several_fold_and_all_nuclei_stand_out(demo):
    ratios = []
    for image, labels, _ in demo:
        ground = np.median(image[labels == 0])
        noise = image[labels == 0].std()
        regions = [r for r in regionprops(labels, image) if r.area > 200]
        light = np.array([r.intensity_mean for r in regions]) - ground
        ratios.append(light.max() / light.min())
        # Averaged over 200 pixels or more, the faintest is far above the noise.
        assert light.min() > 0.4 * noise
    assert np.median(ratios) > 4


def test_sizes_are_those_of_the_demo(demo):
    major = [
        region.axis_major_length / 2
        for _, labels, _ in demo
        for region in regionprops(labels)
        if min(region.bbox[:2]) > 0 and max(region.bbox[2:]) < 256
    ]
    assert np.quantile(major, 0.05) > 9.5
    assert np.quantile(major, 0.95) < 15.5


def test_planes_are_further_apart_than_pixels_and_nuclei_round():
    _, labels, spacing = simulated_sample("nuclei3d", images=1)[0]
    sides = np.array(
        [
            [region.bbox[axis + 3] - region.bbox[axis] for axis in range(3)]
            for region in regionprops(labels)
            if min(region.bbox[:3]) > 0 and (np.array(region.bbox[3:]) < labels.shape).all()
        ]
    )
    depth, height, width = (sides * spacing).mean(0)
    assert depth == pytest.approx((height + width) / 2, rel=0.25)
