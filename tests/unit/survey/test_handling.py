import numpy as np
import pytest

from adgan.survey.handling import (
    Handling,
    apply_handling,
    apply_inversion,
    describe,
    group_factors,
    usual_radius,
)

NAN = float("nan")


@pytest.mark.parametrize(
    "radii, reference, factors",
    [
        ([10, 12, 9], 11, [1, 1, 1]),
        ([10, 12, 14, 17, 20], 14, [1] * 5),  # cells that differ from image to image
        ([30, 10, 30, 10, 10], 10, [3, 1, 3, 1, 1]),
        ([10, 11], 21, [0.5, 0.5]),
        ([10, 11], 12, [1, 1]),
        ([80, 12, 80], 80, [1, 0.15, 1]),
        ([80, 4, 80], 80, [1, 0.05, 1]),  # however far apart
        ([4, 3], 80, [0.04375, 0.04375]),
        ([NAN, 20, 20], 10, [2, 2, 2]),
        ([NAN, 10, 10, 30], 10, [1, 1, 1, 3]),
        ([NAN, NAN], 10, [1, 1]),
        ([10, 10], NAN, [1, 1]),
        ([], 10, []),
    ],
)
def test_gaps_part_magnifications(radii, reference, factors):
    assert group_factors(radii, reference) == pytest.approx(factors)


def test_images_of_few_nuclei_follow_the_nearest_group():
    radii, guesses = [10, 10, 10, 40, NAN, NAN, NAN], [NAN, NAN, NAN, NAN, 35, 8, NAN]
    assert group_factors(radii, 10, guesses) == pytest.approx([1, 1, 1, 4, 4, 1, 1])


def test_empty_images_follow_those_of_their_shape():
    radii, shapes = [10, 10, 10, 40, NAN, NAN], [(6, 6)] * 3 + [(9, 9), (9, 9), (7, 7)]
    assert group_factors(radii, 10, [NAN] * 6, shapes) == pytest.approx([1, 1, 1, 4, 4, 1])


def test_the_usual_size_is_that_of_most_images():
    assert usual_radius([30, 10, 31, 9, 11]) == 10
    assert usual_radius([30, 10, 31, NAN]) == 30.5
    assert np.isnan(usual_radius([NAN])) and np.isnan(usual_radius([]))


def test_images_are_made_alike():
    pixels = np.arange(3600, dtype=np.uint16).reshape(60, 60) + 100
    assert apply_handling(pixels, Handling()) is pixels
    negative = apply_inversion(pixels, Handling(1, True))
    assert negative.min() == pixels.min() and negative.argmax() == pixels.argmin()
    assert apply_handling(pixels, Handling(3)).shape == (20, 20)
    assert apply_handling(pixels, Handling(0.5, True)).shape == (120, 120)


def test_what_is_done_is_said_once_for_all_images():
    assert describe([Handling(), Handling()]) == []
    lines = describe([Handling(3.0), Handling(1.0, True), Handling(3.0)])
    assert lines == [
        "1 of 3 images show dark nuclei on a bright background: they are inverted",
        "2 of 3 images show nuclei 3 times as large as in the other images: they are rescaled",
    ]
