from dataclasses import replace

import numpy as np
import pytest

from adgan.synth.knobs import Knobs
from adgan.synth.surroundings import debris, fibres, walls
from adgan.system.seeding import generator

KNOBS = Knobs()
SHAPES = {2: (60, 80), 3: (24, 40, 48)}


def two_nuclei(ndim):
    """Two boxes, left and right of the middle."""
    labels = np.zeros(SHAPES[ndim], np.uint32)
    width = labels.shape[-1]
    labels[..., 5:15] = 1
    labels[..., width - 15 : width - 5] = 2
    return labels


@pytest.mark.parametrize("ndim", [2, 3])
def test_a_wall_stands_midway_between_nuclei(ndim):
    labels = two_nuclei(ndim)
    light = walls(generator(0), KNOBS, labels, 4.0)
    assert light.shape == labels.shape and light.min() >= 0
    across = light.reshape(-1, labels.shape[-1]).mean(0)
    assert abs(int(across.argmax()) - labels.shape[-1] // 2) <= 1
    assert across[labels.reshape(-1, labels.shape[-1])[0] > 0].max() < 0.1 * across.max()


def test_one_nucleus_has_no_wall():
    labels = two_nuclei(2)
    assert not walls(generator(0), KNOBS, np.minimum(labels, 1) * (labels != 2), 4.0).any()


@pytest.mark.parametrize("ndim", [2, 3])
def test_fibres_are_long_and_thin(ndim):
    thin = replace(KNOBS, fibres=(0.0, 0.0), fibre=(0.1, 0.1))
    lights = [fibres(generator(k), thin, SHAPES[ndim], 5.0) for k in range(6)]
    longest = 0.0
    for light in lights:
        seen = light > 0.3 * max(light.max(), 1e-6)
        longest = max(longest, *(np.ptp(where) for where in np.nonzero(seen)))
        assert seen.mean() < 0.2
    assert longest > 6 * 5.0


def test_a_wider_fibre_covers_more():
    covered = []
    for width in (0.05, 0.3):
        knobs = replace(KNOBS, fibres=(3.0, 3.0), fibre=(width, width))
        light = fibres(generator(1), knobs, (80, 80), 8.0)
        covered.append(np.count_nonzero(light > 0.1))
    assert covered[1] > 2 * covered[0]


def test_specks_are_smaller_than_nuclei():
    knobs = replace(KNOBS, debris=(3.0, 3.0))
    light = debris(generator(0), knobs, (200, 200), 10.0)
    assert 0 < np.count_nonzero(light > 0.5 * light.max()) < np.pi * 10**2
