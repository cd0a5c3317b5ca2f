"""Smooth random fields, for texture, cytoplasm, uneven illumination and directions."""

import numpy as np
from scipy import ndimage


def smooth_field(rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> np.ndarray:
    """Return smoothed Gaussian noise of mean 0 and standard deviation 1, float32.

    Wide fields are drawn on a coarser grid and enlarged, as they have no fine detail.

    Parameters
    ----------
    rng
        Random generator.
    shape
        ``(Z) Y X``.
    scale
        Standard deviation of the smoothing Gaussian, in pixels.
    """
    step = max(1, int(scale / 2))
    coarse = [-(-n // step) + 2 for n in shape]
    noise = rng.standard_normal(coarse, dtype=np.float32)
    noise = ndimage.gaussian_filter(noise, scale / step, mode="wrap", truncate=3)
    if step > 1:
        places = np.meshgrid(
            *[(np.arange(n) / step).astype(np.float32) for n in shape], indexing="ij", sparse=False
        )
        noise = ndimage.map_coordinates(noise, places, order=1)
    else:
        noise = noise[tuple(slice(n) for n in shape)]
    return np.asarray((noise - noise.mean()) / max(float(noise.std()), 1e-6), np.float32)
