"""Write the result files of a large image, window by window, while it is segmented."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adgan.image.intensity import PERCENTILES, stretch
from adgan.io import Entry, Windowed, write_png
from adgan.io.glimpses import glimpses
from adgan.io.tiled import filled_tiff
from adgan.io.zarr_labels import filled_zarr_labels
from adgan.labels.outlines import trace
from adgan.labels.rois import geojson_file, imagej_file
from adgan.measuring.measure import measure
from adgan.measuring.tables import SUFFIXES, placed, table_file
from adgan.report.overlay import overlay
from adgan.report.pictures import display_shape, resize, resize_labels
from adgan.report.volumes import sheet
from adgan.segmentation.canvas import Canvas, PixelStore, Taken
from adgan.segmentation.image_files import output_place
from adgan.segmentation.options import SegmentOptions


@dataclass(frozen=True)
class Overlays:
    """The pictures of a large image.

    Parameters
    ----------
    side
        Side of a tile in pixels of the image; it is drawn at half this size.
    voxels_max
        Largest number of voxels from which the picture of a volume is drawn.
    """

    side: int = 1800
    voxels_max: int = 2**24


OVERLAYS = Overlays()


@contextmanager
def canvas_on_disk(
    folder: Path, entry: Entry, pixels: Windowed, options: SegmentOptions
) -> Iterator[Canvas]:
    """Yield a canvas to fill, and write all requested files when the image is finished.

    Parameters
    ----------
    folder
        Results folder.
    entry, pixels
        The image.
    options
        The requested files.

    Raises
    ------
    AdganError
        If zarr is missing, the disk is full, or permissions are missing.
    """
    name, shape, spacing = entry.name, pixels.shape, entry.spacing
    with ExitStack() as stack:
        place = options.place(folder, entry)
        labels = stack.enter_context(_labels(place, shape, spacing))
        made = Canvas(labels)
        if options.probability:
            path = output_place(folder, "probability", name, ".tif")
            made.drawn = stack.enter_context(filled_tiff(path, shape, "float32", spacing))
        if options.confidence:
            path = output_place(folder, "confidence", name, ".tif")
            painted = stack.enter_context(filled_tiff(path, shape, "float32", spacing))
            made.adds.append(_painter(painted))
        if options.table:
            path = output_place(folder, "tables", name, SUFFIXES[options.table_format])
            made.adds.append(_measurer(stack.enter_context(table_file(path)), pixels, spacing))
        if options.rois:
            selections = stack.enter_context(
                imagej_file(output_place(folder, "rois", name, ".zip"), shape)
            )
            features = stack.enter_context(
                geojson_file(output_place(folder, "rois", name, ".geojson"))
            )
            made.adds.append(_tracer(selections, features))
        yield made
        if options.overlay:
            draw(folder, name, pixels, made.labels, spacing)


def _labels(place: Path, shape: tuple[int, ...], spacing: tuple[float, ...] | None) -> Any:
    if place.suffix == ".tif":
        return filled_tiff(place, shape, "uint32", spacing)
    return filled_zarr_labels(place.parents[1], shape, "uint32", spacing)


def _painter(painted: PixelStore) -> Callable[[Taken], None]:
    def paint(taken: Taken) -> None:
        assert taken.confidence is not None
        values = np.concatenate([[0], taken.confidence]).astype(np.float32)[taken.labels]
        painted[taken.window] = np.where(taken.labels > 0, values, painted[taken.window])

    return paint


def _measurer(
    add: Callable[[Any], None], pixels: Windowed, spacing: tuple[float, ...] | None
) -> Callable[[Taken], None]:
    def tabulate(taken: Taken) -> None:
        judged = {} if taken.confidence is None else {"confidence": taken.confidence}
        judged |= {f"confidence_{name}": values for name, values in taken.reasons.items()}
        extra = {name: dict(enumerate(v.tolist(), start=1)) for name, v in judged.items()}
        rows = measure(taken.labels, pixels[taken.window], spacing, extra=extra)
        add(placed(rows, taken.window, pixels.shape, spacing, taken.first))

    return tabulate


def _tracer(*files: Callable[[Any], None]) -> Callable[[Taken], None]:
    def follow(taken: Taken) -> None:
        outlines = [one.placed(taken.window, taken.first) for one in trace(taken.labels)]
        for add in files:
            add(outlines)

    return follow


def draw(
    folder: Path, name: str, pixels: Windowed, labels: PixelStore, spacing: tuple[float, ...] | None
) -> None:
    """Draw outlines on an image as tiles ``overlay/NAME/yROW_xCOLUMN.png``, or one for a volume.

    Parameters
    ----------
    folder
        Results folder.
    name, pixels, labels, spacing
        Name, pixels, label map and pixel size of the image.
    """
    shape = pixels.shape
    if len(shape) == 3:
        step = int(np.ceil((np.prod(shape) / OVERLAYS.voxels_max) ** (1 / 3)))
        some = (slice(None, None, step),) * 3
        picture = sheet(pixels[some], labels[some], spacing)
        write_png(output_place(folder, "overlay", name, ".png"), picture)
        return
    side = OVERLAYS.side
    some_light = np.concatenate([pixels[w].ravel() for w in glimpses(pixels, 4, side)])
    low, high = np.percentile(some_light, PERCENTILES)
    for y, x in np.ndindex(*(-(-n // side) for n in shape)):
        window = tuple(
            slice(p * side, min((p + 1) * side, n)) for p, n in zip((y, x), shape, strict=True)
        )
        light = stretch(pixels[window].astype(np.float32), low, high)
        gray = np.rint(255 * light).astype(np.uint8)
        small = display_shape(gray.shape)
        picture = overlay(resize(gray, small), resize_labels(labels[window], small))
        at = f"y{window[0].start:06d}_x{window[1].start:06d}"
        write_png(output_place(folder, "overlay", f"{name}/{at}", ".png"), picture)
