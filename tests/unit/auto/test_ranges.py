import numpy as np

from adgan.auto.ranges import quantile


def test_quantiles_follow_the_weights():
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 6.0])
    assert quantile(values, 0.5, weights) == 2
    assert quantile(values, 0.95, weights) == 3
