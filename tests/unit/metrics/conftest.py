"""Random pairs of label maps with good, bad, missed, false, merged and split objects."""

import numpy as np
import pytest


def _balls(shape, centres, radii, labels):
    """Each pixel gets the label of the nearest ball it lies in."""
    grid = np.moveaxis(np.indices(shape), 0, -1)[..., None, :]
    distance = np.linalg.norm(grid - centres, axis=-1) / radii
    nearest = distance.argmin(-1)
    return np.where(distance.min(-1) < 1, labels[nearest], 0).astype(np.uint16)


def _random_pair(seed, shape, objects=24):
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, shape, (objects, len(shape)))
    radii = rng.uniform(3, 6, objects)
    labels = 3 * (rng.permutation(objects) + 1)
    truth = _balls(shape, centres, radii, labels)

    labels = 7 * (rng.permutation(objects) + 1)
    labels[:4] = labels[4:8]  # labels of two balls: merged where they lie close
    moved = centres + rng.normal(0, 1, centres.shape)
    moved[-2:] = rng.uniform(0, shape, (2, len(shape)))  # missed and false
    predicted = _balls(shape, moved, radii * rng.uniform(0.8, 1.2, objects), labels)
    halves = np.indices(shape)[-1] % 9 < 4
    predicted[halves & np.isin(predicted, labels[10:14])] += 1  # split
    widest = np.bincount(truth[truth > 0]).argmax()
    predicted[(truth > 0) & np.isin(truth, [widest, truth.max()])] = 5  # surely merged
    truth.flat[0] = predicted.flat[0] = 0
    return predicted, truth


@pytest.fixture(params=[(48, 64), (80, 64), (12, 24, 32)], ids=str)
def random_pairs(request):
    """Ten pairs (predicted, truth) of one shape."""
    return [_random_pair(seed, request.param) for seed in range(10)]
