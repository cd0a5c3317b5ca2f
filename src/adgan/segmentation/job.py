"""The work on each image of a set: find labels and write the requested files."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from adgan.batch.manifest import Row
from adgan.errors import AdganError
from adgan.io import Collection, Entry, Image, Skipped, Windowed
from adgan.io.windowed import Filled
from adgan.segmentation.blocks import Each, segment_blocks
from adgan.segmentation.canvas import Assembled, Canvas, Taken
from adgan.segmentation.image import segment_image
from adgan.segmentation.image_files import write_extras, write_map
from adgan.segmentation.large import Inside, examine
from adgan.segmentation.models import Scan, SegmentationModel
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.result import Segmentation, Segmented, result_of, row_of, without_border
from adgan.segmentation.window_files import canvas_on_disk
from adgan.survey.handling import Handling
from adgan.system.device import Device, choose_device
from adgan.system.heap import few_kernels, kept


@dataclass(frozen=True)
class Job:
    """The work on each image, which can be sent to the workers of a cluster.

    Attributes
    ----------
    model, options
        The model and the requested results.
    folder
        Results folder; None to keep the results in memory.
    device
        Name of the device to compute on, as requested: workers may have other devices.
    each
        Applies a function to the blocks of a large image.
    """

    model: SegmentationModel
    options: SegmentOptions
    folder: Path | None
    device: Device = "auto"
    each: Each = map

    def run(self, entry: Entry) -> tuple[Row, Segmented | None]:
        """Read and segment an image on a worker of a cluster, on a device of the worker."""
        few_kernels()
        job = replace(self, model=self.model.on(choose_device(self.device)))
        try:
            image = Collection([entry]).read(entry)
        except AdganError as error:
            return Row.of_skipped(Skipped(entry.path, entry.name, str(error))), None
        return job.do(entry, image, lambda _: None)

    def do(
        self, entry: Entry, image: Image | Windowed, shown: Callable[[float], None]
    ) -> tuple[Row, Segmented]:
        """Label the nuclei of an image, and write the requested files."""
        if not isinstance(image, Image):
            return self.do_large(entry, image, shown)
        handling = self.model.handling(entry.name)
        with kept(image.pixels.size):
            found = self.label(image, handling, shown)
        count = int(found.labels.max())
        if image.outside is not None:  # whole nuclei may have been removed there
            count = int(np.count_nonzero(np.unique(found.labels)))
        row = row_of(entry, count, image.blank, handling, found.confidence)
        if self.folder is None:
            return row, result_of(row, labels=found.labels, confidence=found.confidence)
        place = self.options.place(self.folder, entry)
        write_extras(self.folder, image, found, self.options)
        write_map(place, found.labels, image.spacing)
        return row, result_of(row, path=place)

    def do_large(
        self, entry: Entry, source: Windowed, shown: Callable[[float], None]
    ) -> tuple[Row, Segmented]:
        """Do the same for an image that is read and written by window."""
        handling, options = self.model.handling(entry.name), self.options
        low, high, fill = examine(entry, source)
        pixels, found = Filled(source, fill), Assembled()
        with self._canvas(entry, pixels) as canvas:
            upright = replace(pixels, mirror=low + high) if handling.inverted else pixels
            measured = None
            if low < high:
                scan = Scan(upright, entry.spacing, handling, large=True)
                measured = self.model.measure(scan, options)
            if measured is None:  # without nuclei, tables still need their header
                corner = (slice(0, 1),) * len(entry.shape)
                nothing = np.zeros((1,) * len(corner), np.uint32)
                canvas.add(Taken(corner, nothing, 1, np.zeros(0), {}, 0))
            else:
                windows, tiles = measured
                inside = Inside(windows, pixels, options.exclude_border)
                found = segment_blocks(inside, tiles, canvas, shown, self.each)
        confidence = found.confidence() if options.confidence else None
        row = row_of(entry, found.count, low == high, handling, confidence)
        if self.folder is None:
            labels = np.asarray(canvas.labels)
            return row, result_of(row, labels=labels, confidence=confidence)
        return row, result_of(row, path=options.place(self.folder, entry))

    def _canvas(self, entry: Entry, pixels: Windowed) -> AbstractContextManager[Canvas]:
        """Return the canvas for the results of a large image, in memory or on the disk."""
        if self.folder is not None:
            return canvas_on_disk(self.folder, entry, pixels, self.options)
        drawn = np.zeros(entry.shape, np.float32) if self.options.probability else None
        return nullcontext(Canvas(np.zeros(entry.shape, np.uint32), drawn))

    def label(
        self, image: Image, handling: Handling, shown: Callable[[float], None]
    ) -> Segmentation:
        """Label the nuclei of an image; there are none in blank images or in filled NaN pixels."""
        options = self.options
        if image.blank:
            labels = np.zeros(image.shape, np.uint32)
            return Segmentation(labels, labels.astype(np.float32) if options.probability else None)
        found = segment_image(
            self.model, image.pixels, options, image.spacing, handling, watch=shown
        )
        if image.outside is not None:
            found.labels[image.outside] = 0
        return without_border(found) if options.exclude_border else found
