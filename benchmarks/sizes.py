"""Compare sizes and numbers estimated from images with those of labels; the limit is 25 %.

    python benchmarks/sizes.py DIR [--scales 0.5 1 2]

Every folder of DIR with `images/` and `labels/` (or `labels_silver/`, which is preferred) is a set.
Labels are read only for scoring. `true` is the median equivalent diameter; `whole` is the same
without nuclei at the border, which are cut. `found` is the estimate for whole nuclei, and `seen` is
that estimate with the effect of the border. Number is the ratio of the estimated mean density to
that of the labels. Nuclei at the border count half, as half of them have their centre in the image.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sets import SETS

from adgan.errors import AdganError
from adgan.image.scale import rescale, working_shape
from adgan.io import find_images, read_images, read_labels
from adgan.recipe.groups import reference_size
from adgan.survey.inspect import seen_in_frames
from adgan.survey.survey import estimate_sizes


def diameters(labels: np.ndarray, voxel: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the diameters of all nuclei, and whether each is off the image border."""
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    cut = np.zeros(len(sizes), bool)
    for axis in range(labels.ndim):
        for end in (0, -1):
            cut[np.unique(np.take(labels, end, axis))] = True
    here = sizes > 0
    ball = np.pi if labels.ndim == 2 else 4 / 3 * np.pi
    return 2 * (sizes[here] * voxel / ball) ** (1 / labels.ndim), ~cut[here]


def main() -> None:
    """Print one line per set and scale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--scales", type=float, nargs="+", default=[1.0])
    parser.add_argument("--sets", nargs="+")
    arguments = parser.parse_args()
    print("set           scale   true  whole  found   seen  seen/true  found/whole  number  CPU s")
    for folder in sorted(p.parent for p in arguments.data.glob("*/images")):
        if arguments.sets and folder.name not in arguments.sets:
            continue
        silver = folder / "labels_silver"
        truth = silver if silver.exists() else folder / "labels"
        read = [image for path in find_images([folder / "images"]) for image in read_images(path)]
        known_set = SETS.get(folder.name)
        spacing = (known_set and known_set.spacing) or read[0].spacing
        voxel = 1.0 if spacing is None else float(np.prod(np.array(spacing) / spacing[-1]))
        known = {p.name: read_labels(p).pixels for p in find_images([truth])}
        rows = {name: diameters(labels, voxel) for name, labels in known.items()}
        every = np.concatenate([row[0] for row in rows.values()])
        whole = every[np.concatenate([row[1] for row in rows.values()])]
        for scale in arguments.scales:
            images = [image.pixels for image in read]
            if scale != 1:
                images = [
                    rescale(i.astype(np.float32), working_shape(i.shape, (scale,) * i.ndim))
                    for i in images
                ]
            began = time.process_time()
            try:
                found = estimate_sizes(images, spacing)
            except AdganError as error:
                print(f"{folder.name:12} {scale:6g}  {error}")
                continue
            took = time.process_time() - began
            scored = [read[i] for i in found.images if read[i].path.name in rows]
            expected = np.sum([(1 + rows[i.path.name][1]).sum() / 2 for i in scored])
            expected /= voxel * np.sum([i.pixels.size for i in scored])
            ndim = images[0].ndim
            # Counts refer to volumes in which nuclei are as long along Z as across.
            density = np.mean(found.count) / reference_size(ndim) / found.elongation
            number = density * scale**ndim / expected
            sides = np.divide(spacing, spacing[-1]) if spacing else np.ones(ndim)
            extents = [i.shape * sides for i in images]
            size = found.diameter / scale
            seen = seen_in_frames(found.diameter, extents)[0] / scale
            print(
                f"{folder.name:12} {scale:6g} {np.median(every):6.1f} {np.median(whole):6.1f} "
                f"{size:6.1f} {seen:6.1f} {seen / np.median(every):10.2f} "
                f"{size / np.median(whole):12.2f} {number:7.2f} {took:6.1f}   {found.note}",
                flush=True,
            )


if __name__ == "__main__":
    main()
