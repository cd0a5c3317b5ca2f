"""Systems that do not learn: a threshold and a watershed, and Squassh."""

from adgan_bench.rivals.squassh import segment_squassh
from adgan_bench.rivals.thresholds import segment_plainly
from adgan_bench.system import Fitted, Task, each


def fit_otsu(task: Task) -> Fitted:
    """Set up a classical segmentation: Otsu's threshold and a watershed at the true diameter."""
    return Fitted(each(lambda pixels: segment_plainly(pixels, "otsu", "narrow", task.diameter)))


def fit_squassh(task: Task) -> Fitted:
    """Set up Squassh with the settings of its paper."""
    return Fitted(each(segment_squassh))
