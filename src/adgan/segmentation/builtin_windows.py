"""One image as the built-in model sees it, of which any window is segmented."""

import math
from dataclasses import dataclass, replace

from adgan.builtin.broad import Broad
from adgan.builtin.doubt import Doubt
from adgan.builtin.segmenting import Found
from adgan.builtin.whole import Whole
from adgan.segmentation.windows import Window, WindowResult

HALO = {2: 4.5, 3: 2.5}
"""Usual diameters, by rank, that a block sees beyond its core: most of a very large nucleus, and as
much around it as the network looks at."""
NEAR = 0.15
"""Usual diameters by which two blocks may differ on where the middle of a nucleus is."""


@dataclass(frozen=True)
class BuiltInWindows:
    """A :class:`adgan.segmentation.windows.WindowSegmenter`.

    Attributes
    ----------
    image
        With its sign, its scale and its light.
    probability, confidence
        Whether they are asked for.
    """

    image: Whole | Broad
    probability: bool = False
    confidence: bool = False
    components = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image."""
        return self.image.pixels.shape

    @property
    def overlap(self) -> tuple[int, ...]:
        """Of neighbouring blocks."""
        reading = self.image.reading
        halo = HALO[len(self.shape)] * reading.diameter
        return tuple(math.ceil(2 * halo / step) for step in reading.spacing)

    @property
    def near(self) -> tuple[float, ...]:
        """How far middles may differ."""
        reading = self.image.reading
        return tuple(NEAR * reading.diameter / step for step in reading.spacing)

    @property
    def doubt(self) -> Doubt:
        """What says how sure a nucleus is."""
        assert self.image.network.doubt is not None
        return self.image.network.doubt

    def find(self, window: Window) -> Found:
        """Find the nuclei of a window, and say what the network saw."""
        return self.image.find(window)

    def steady(self, window: Window, found: Found) -> float:
        """Return :func:`adgan.builtin.segmenting.steadiness` of a window."""
        return self.image.steady(window, found)

    def segment(self, window: Window) -> WindowResult:
        """Find the nuclei of a window, as the whole image would show them."""
        found = self.find(window)
        result = WindowResult(found.labels)
        if self.probability:
            result = replace(result, soft=self.image.soft(window, found))
        if self.confidence:
            steady = self.steady(window, found)
            result = replace(result, sure=found.sure, missed=found.missed, steady=steady)
        return result
