"""The apparent length of the nuclei of a volume along Z, relative to their width.

Blur along Z makes nuclei appear longer than they are. The built-in model does not count this blur
as part of a nucleus, but AD-GAN translates what it sees: its scenes must be as long.
"""

import numpy as np
from skimage.segmentation import expand_labels

from adgan.builtin.confidence import local_background
from adgan.builtin.windows import weighted_median
from adgan.labels.labelmap import means, radius_of
from adgan.survey.settings import SURVEYING


def apparent_length(labels: np.ndarray, light: np.ndarray, weights: np.ndarray) -> float:
    """Return the median apparent length of nuclei along Z, relative to their width.

    Parameters
    ----------
    labels
        Label map ``Z Y X`` with cubic voxels, labels 1 to N.
    light
        Intensities of the same voxels, nuclei bright.
    weights
        Weight of each nucleus, ``(N,)``.

    Returns
    -------
    float
        Ratio of both lengths; nan if no nucleus has a weight.
    """
    number, how = len(weights) + 1, SURVEYING[3]
    own, sizes = means(light, labels, number)
    around = local_background(labels, light)
    threshold = around + how.boundary * (own - around)
    near = expand_labels(labels, how.reach * radius_of(np.median(sizes[1:]), 3))
    where = np.nonzero((near > 0) & (light > threshold[near]))
    label = near[where]

    def spread(place: np.ndarray) -> np.ndarray:
        first, second = (means(values, label, number)[0] for values in (place, place**2))
        # A voxel has an extent: the variance within it is 1/12.
        return np.sqrt(np.maximum(second - first**2, 0) + 1 / 12)[1:]

    along, down, across = (spread(place.astype(float)) for place in where)
    return weighted_median(along / np.sqrt(down * across), weights)
