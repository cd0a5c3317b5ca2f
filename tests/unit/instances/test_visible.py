import numpy as np
import pytest

from adgan.instances.visible import denoised, find_faint, noise_level
from adgan.labels.grid import Grid
from adgan.recipe.decoding import VisibleSettings

HOW = VisibleSettings()


@pytest.mark.parametrize("shape", [(200, 200), (10, 100, 100)])
@pytest.mark.parametrize("noise", [0.02, 0.2])
def test_noise_is_measured_beside_slopes_and_steps(shape: tuple[int, ...], noise: float) -> None:
    rng = np.random.default_rng(0)
    scene = np.broadcast_to(np.linspace(0, 1, shape[-1]), shape).copy()
    scene[..., 40:80, 40:80] += 1
    assert noise_level(scene + noise * rng.normal(size=shape)) == pytest.approx(noise, rel=0.05)


def test_noise_of_large_images_and_of_two_rows_is_measured_too() -> None:
    noise = np.random.default_rng(3).normal(size=(1500, 1500)).astype(np.float32)
    slope = np.add.outer(np.arange(1500), np.arange(1500)) / 10
    assert noise_level(noise + slope) == pytest.approx(1, rel=0.02)
    assert noise_level(noise[:2]) == pytest.approx(1, rel=0.1)


def test_a_line_of_pixels_has_no_noise_to_measure() -> None:
    assert noise_level(np.random.default_rng(0).random((1, 50))) == 0


def test_a_noisy_image_is_denoised_and_a_clean_one_left() -> None:
    noise = np.random.default_rng(1).normal(size=(200, 200)).astype(np.float32)
    assert denoised(0.2 * noise, HOW.noise, most=10, sides=(1, 1)).std() == pytest.approx(
        HOW.noise, rel=0.15
    )
    assert denoised(0.05 * noise, HOW.noise, most=10, sides=(1, 1)).std() < 0.03
    clean = 0.01 * noise
    assert denoised(clean, HOW.noise, most=10, sides=(1, 1)) is clean


def test_smoothing_has_a_limit() -> None:
    noise = np.random.default_rng(2).normal(size=(200, 200)).astype(np.float32)
    assert denoised(noise, HOW.noise, most=1, sides=(1, 1)).std() == pytest.approx(
        1 / (2 * np.sqrt(np.pi)), rel=0.1
    )


def test_smoothing_is_as_wide_along_every_axis_in_units_of_length() -> None:
    noise = np.random.default_rng(2).normal(size=(60, 60, 60))
    spread = denoised(noise, HOW.noise, 4, (4, 2, 1))
    kinship = [np.corrcoef(spread.take(range(59), a).ravel(), spread.take(range(1, 60), a).ravel())
               for a in range(3)]  # fmt: skip
    expected = [np.exp(-((side / 8) ** 2)) for side in (4, 2, 1)]  # of Gaussians
    assert [matrix[0, 1] for matrix in kinship] == pytest.approx(expected, abs=0.05)


def squares() -> tuple[np.ndarray, np.ndarray]:
    """Three nuclei that stand out by 1, 0.1 and 0, and their map."""
    labels = np.zeros((60, 140), int)
    image = np.zeros(labels.shape)
    for label, light in enumerate((1, 0.1, 0), start=1):
        box = np.s_[20:40, 40 * label - 20 : 40 * label]
        labels[box], image[box] = label, light
    return labels, image


def test_nuclei_no_brighter_than_the_noise_are_faint() -> None:
    labels, image = squares()
    assert list(find_faint(labels, image, Grid((1, 1), 10), noise=0.01, how=HOW)) == [3]
    assert sorted(find_faint(labels, image, Grid((1, 1), 10), noise=0.1, how=HOW)) == [2, 3]
    assert list(find_faint(labels, 3.75 * image, Grid((1, 1), 10), noise=0.125, how=HOW)) == [3]
    assert sorted(find_faint(labels, image, Grid((1, 1), 10), noise=0.1 / 2.5, how=HOW)) == [2, 3]
    assert not len(find_faint(np.zeros_like(labels), image, Grid((1, 1), 10), 0.5, HOW))


def test_what_is_bright_far_from_a_nucleus_does_not_make_it_faint() -> None:
    labels, image = squares()
    image[:11] = image[49:] = 1  # nine pixels away
    assert list(find_faint(labels, image, Grid((1, 1), 10), noise=0.01, how=HOW)) == [3]


def test_a_nucleus_no_brighter_than_what_is_around_it_is_faint_in_a_dark_image() -> None:
    labels, image = squares()
    image[10:50, 50:90] = 0.1
    assert list(find_faint(labels, image, Grid((1, 1), 10), noise=0.01, how=HOW)) == [2, 3]
    assert list(find_faint(labels, image, Grid((2, 1), 10), noise=0.01, how=HOW)) == [2, 3]


def test_a_nucleus_among_faint_ones_is_judged_once_they_are_gone() -> None:
    labels = np.ones((60, 60), int)
    labels[20:40, 20:40] = 2
    labels[:5] = 0
    faint = find_faint(labels, np.zeros(labels.shape), Grid((1, 1), 4), 1, HOW)
    assert sorted(faint) == [1, 2]


def test_without_any_background_nothing_is_faint() -> None:
    assert not len(find_faint(np.ones((30, 30), int), np.zeros((30, 30)), Grid((1, 1), 5), 1, HOW))


def test_specks_too_small_for_a_ring_are_judged_too():
    rng = np.random.default_rng(0)
    image = 0.1 * rng.standard_normal((60, 60))
    labels = np.zeros((60, 60), int)
    labels[21, 20:24] = 1
    labels[41, 40:44] = 2
    image[labels == 2] = 1
    # The third has no pixel left at this scale.
    assert sorted(find_faint(labels, image, Grid((1, 1), 10), 0.1, HOW, number=3)) == [1, 3]
