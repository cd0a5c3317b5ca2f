import numpy as np
import pytest

from adgan.survey.frame import seen_in_frames


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
