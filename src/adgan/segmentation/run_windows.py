"""One image as a trained run sees it, measured as a whole, of which any window is segmented.

Intensities and the network's statistics are those of the whole, so that a place comes out alike in
every block.
"""

from dataclasses import dataclass, replace

import numpy as np

from adgan.builtin.umpire import AGREED, vote
from adgan.confidence import judge, look_again
from adgan.data.parts import Parts
from adgan.data.prepare import Prepared
from adgan.data.scale import rescale
from adgan.io.glimpses import glimpses
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1
from adgan.moments import Moments
from adgan.segmentation.builtin_windows import BuiltInWindows
from adgan.segmentation.size import overlap_of
from adgan.segmentation.windows import Window, WindowResult
from adgan.segmenter import Segmenter

NEAR = 0.25
"""Mean radii by which a middle may lie outside a core, as two blocks may differ that much."""
TRIED, SIDE = 2, 1024
"""Parts of a large image, and their sides, on which a run and the built-in model are compared."""


@dataclass(frozen=True)
class RunWindows:
    """A :class:`adgan.segmentation.windows.WindowSegmenter`.

    Attributes
    ----------
    segmenter
        The run, its recipe that of this image.
    image
        Prepared as a whole, or part by part where it is too large for that.
    moments
        The network's statistics over a large image; a whole one tells its own.
    confidence, probability
        As for :func:`adgan.segment`.
    voter
        The same image as the built-in model sees it, where both vote.
    agreed
        Whether both agree, so that the run's nuclei stand; None where each window tells.
    """

    segmenter: Segmenter
    image: Prepared | Parts
    moments: Moments | None = None
    confidence: bool = False
    probability: bool = False
    voter: BuiltInWindows | None = None
    agreed: bool | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image."""
        return self.image.pixels.shape

    @property
    def overlap(self) -> tuple[int, ...]:
        """Of neighbouring blocks."""
        own = overlap_of(self.segmenter.recipe, self.image.scales)
        return tuple(map(max, own, self.voter.overlap)) if self.voter else own

    @property
    def near(self) -> tuple[float, ...]:
        """How far middles may differ."""
        recipe = self.segmenter.recipe
        sides = zip(recipe.aspect, self.image.scales, strict=True)
        radius = recipe.working_radius(recipe.scene.mean_radius)
        return tuple(NEAR * radius / side / scale for side, scale in sides)

    @property
    def components(self) -> bool:
        """Whether the run draws a mask, not nuclei."""
        return self.segmenter.recipe.task == "semantic"

    def segment(self, window: Window) -> WindowResult:
        """Find the nuclei of a window, as the whole image would show them."""
        part, inner = self.image.part(window)
        soft = self.segmenter.predict(part.seen, self.moments)
        labels = self.segmenter.decode(part, soft)
        found = WindowResult(labels[inner])
        if self.probability:
            found = replace(found, soft=np.clip(rescale(soft, labels.shape), 0, 1)[inner])
        if self.voter:
            return self._voted(found, window, self.voter)
        if self.confidence:
            others = look_again(self.segmenter, part, self.moments)
            sure = judge(self.segmenter, part, soft, others, labels)
            found = replace(found, sure=sure.nuclei, reasons=sure.reasons, missed=sure.missed)
        return found

    def _voted(self, ours: WindowResult, window: Window, voter: BuiltInWindows) -> WindowResult:
        """Let both vote, see :mod:`adgan.builtin.umpire`."""
        theirs = voter.find(window)
        labels, chances = vote(ours.labels, theirs, voter.doubt, self.agreed)
        if not self.confidence:
            return replace(ours, labels=labels)
        missed = max(0.0, theirs.expected - float(chances.sum()))
        steady = voter.steady(window, theirs)
        return replace(ours, labels=labels, sure=chances, missed=missed, steady=steady)

    def compared(self) -> "RunWindows":
        """Return the same once parts of a large image have shown whether both models agree."""
        if self.voter is None:
            return self
        alone, shares = replace(self, voter=None, confidence=False, probability=False), []
        for window in glimpses(self.image.pixels, TRIED, SIDE):
            theirs, ours = self.voter.find(window).labels, alone.segment(window).labels
            shares.append(f1(count_overlap(theirs, ours)))
        agreed = float(np.mean(shares)) >= AGREED[len(self.shape)]
        heard = not agreed or self.confidence
        return replace(self, agreed=agreed, voter=self.voter if heard else None)
