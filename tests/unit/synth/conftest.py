from dataclasses import replace

import numpy as np
import pytest

from adgan.synth.footprint import Ellipsoid


@pytest.fixture
def ellipsoid():
    """Make an ellipsoid in the frame's directions, its outline smooth unless told."""

    def make(centre, axes, **others):
        ndim = len(axes)
        plain = Ellipsoid(
            centre=np.array(centre, float),
            axes=np.array(axes, float),
            rotation=np.eye(ndim),
            waves=np.ones((2, ndim)),
            phases=np.zeros(2),
            amplitudes=np.zeros(2),
        )
        return replace(plain, **{name: np.array(value) for name, value in others.items()})

    return make
