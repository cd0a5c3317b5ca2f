"""Runs in the environment of CellProfiler: `python cellprofiler.py FOLDER`.

Images are segmented by IdentifyPrimaryObjects with its defaults (minimum cross-entropy, declumping
by intensity) and the true diameter; volumes by the threshold of that module and CellProfiler's
watershed. FOLDER holds ``settings.json`` and ``images/*.npy``; ``labels/*.npy`` are written.
"""

import json
import sys
from pathlib import Path

import numpy as np
from cellprofiler_library.modules._identifyprimaryobjects import identifyprimaryobjects
from cellprofiler_library.modules._threshold import threshold
from cellprofiler_library.modules._watershed import watershed

SMOOTHING_PIXELS = 1.3488
"""Smoothing of the image before the threshold, the default of the user interface."""


def segment(pixels: np.ndarray, diameter: float) -> np.ndarray:
    """Segment nuclei of half to twice a diameter, including those at the border."""
    low, high = float(pixels.min()), float(pixels.max())
    image = ((pixels - low) / max(high - low, 1e-12)).astype(np.float32)
    if pixels.ndim == 2:
        labels = identifyprimaryobjects(
            image,
            min_size=max(1, round(diameter / 2)),
            max_size=round(2 * diameter),
            exclude_border_objects=False,
            threshold_smoothing=SMOOTHING_PIXELS,
        )
        return np.asarray(labels)
    mask = threshold(
        image,
        threshold_method="Minimum Cross-Entropy",
        smoothing=SMOOTHING_PIXELS,
        volumetric=True,
    )[3]
    apart = max(1, round(diameter / 3))
    return np.asarray(
        watershed(mask, min_distance=apart, footprint=apart, structuring_element="ball")
    )


def main(folder: Path) -> None:
    """Segment all images of a folder."""
    settings = json.loads((folder / "settings.json").read_text())
    (folder / "labels").mkdir(exist_ok=True)
    for path in sorted((folder / "images").glob("*.npy")):
        np.save(folder / "labels" / path.name, segment(np.load(path), settings["diameter"]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
