"""One image, measured as a whole by a trained run, any window of which can be segmented.

Intensities and the network's statistics are those of the whole image, so that the result at a
pixel does not depend on the block.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from adgan.builtin.combination import combine
from adgan.builtin.merging import Agreement, compare
from adgan.builtin.witness import nothing_confirmed
from adgan.image.parts import Parts
from adgan.image.scale import rescale
from adgan.io.glimpses import glimpses
from adgan.models.build import build_grid
from adgan.models.moments import Moments
from adgan.models.segmenter import Segmenter
from adgan.quality.confidence import estimate_confidence
from adgan.segmentation.builtin_windows import BuiltInWindows
from adgan.segmentation.size import compares_windows, overlap_of
from adgan.segmentation.windows import Window, WindowResult


@dataclass(frozen=True)
class RunWindows:
    """A :class:`adgan.segmentation.windows.WindowSegmenter`.

    Attributes
    ----------
    segmenter
        The run, with its recipe adapted to this image.
    image
        The image, measured as a whole.
    moments
        The network's statistics over a large image; None if the image is predicted as a whole.
    confidence, probability
        As for :func:`adgan.segment`.
    voter
        The same image for the built-in model, if both models vote.
    agreement
        How far both models agree on the image; None to compare them in each window.
    usual
        How far they agree on the training images of the run, if that is known.
    witness
        The same image for the built-in model, which confirms the nuclei of the run; None if it sees
        no nuclei, or if no confidence is asked for.
    """

    segmenter: Segmenter
    image: Parts
    moments: Moments | None = None
    confidence: bool = False
    probability: bool = False
    voter: BuiltInWindows | None = None
    agreement: Agreement | None = None
    usual: Agreement | None = None
    witness: BuiltInWindows | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the image, ``(Z) Y X``."""
        return self.image.pixels.shape

    @property
    def overlap(self) -> tuple[int, ...]:
        """Overlap of neighbouring blocks in pixels per axis."""
        own = overlap_of(self.segmenter.recipe, self.image.scales)
        return tuple(map(max, own, self.voter.overlap)) if self.voter else own

    @property
    def near(self) -> tuple[float, ...]:
        """Largest distance in pixels between the centres that two blocks find for a nucleus."""
        recipe = self.segmenter.recipe
        working = build_grid(recipe).pixels(recipe.tiling.block.centres)
        return tuple(w / scale for w, scale in zip(working, self.image.scales, strict=True))

    @property
    def components(self) -> bool:
        """True if the run predicts one mask instead of nuclei."""
        return self.segmenter.recipe.task == "semantic"

    def segment(self, window: Window) -> WindowResult:
        """Find the nuclei of a window, with the same result as in the whole image."""
        part, inner = self.image.part(window)
        soft = self.segmenter.predict(part.seen, self.moments)
        labels = self.segmenter.decode(part, soft)
        found = WindowResult(labels[inner])
        if self.probability:
            found = replace(found, probability=np.clip(rescale(soft, labels.shape), 0, 1)[inner])
        if self.voter:
            voted = self._vote(found, window, self.voter)
            if voted:
                return voted
        if self.confidence:
            others = self.segmenter.predict_views(part.seen, moments=self.moments)
            number = int(labels.max(initial=0))
            testimony = (
                self.witness.confirm(window, found.labels, number)
                if self.witness
                else nothing_confirmed(number)
            )
            estimate = estimate_confidence(self.segmenter, part, soft, others, labels, testimony)
            found = replace(
                found, confidence=estimate.nuclei, reasons=estimate.reasons, missed=estimate.missed
            )
        return found

    def _vote(
        self, ours: WindowResult, window: Window, voter: BuiltInWindows
    ) -> WindowResult | None:
        """Combine the nuclei of both models, see :mod:`adgan.builtin.combination`.

        Returns None if the nuclei of the run stay as they are.
        """
        agreement, how = self.agreement, self.segmenter.recipe.tiling.block
        if agreement is None and compares_windows(how, self.shape):
            agreement = self._compare_on(lambda part: ours.labels[part])
        if agreement and (agreement.keeps_first or agreement.same):
            return None
        theirs = voter.image.find(window)
        agreement = agreement or compare([(ours.labels, theirs.labels)]).given(self.usual)
        if agreement.keeps_first:
            return None
        scales, model = voter.image.reading.scales, voter.confidence_model
        labels, confidence = combine(ours.labels, theirs, model, scales, agreement)
        if not self.confidence:
            return replace(ours, labels=labels)
        missed = max(0.0, theirs.expected - float(confidence.sum()))
        stability = voter.image.stability(theirs, window)
        return replace(
            ours, labels=labels, confidence=confidence, missed=missed, stability=stability
        )

    def compared(self) -> "RunWindows":
        """Compare both models on windows of a large image, and remember how far they agree."""
        if self.voter is None:
            return self
        alone = replace(self, voter=None, confidence=False, probability=False)
        agreement = self._compare_on(lambda part: alone.segment(part).labels)
        voter = None if agreement.keeps_first or agreement.same else self.voter
        return replace(self, agreement=agreement, voter=voter)

    def _compare_on(self, ours: Callable[[Window], np.ndarray]) -> Agreement:
        """Compare label maps of the run with those of the built-in model on some windows.

        Of volumes it sees voxels alone there, in a third of the time that planes would take. Where
        both show the same nuclei, those of the run stay: boundaries midway are a little better in
        small volumes, but would take several times as long in large ones.
        """
        assert self.voter is not None
        theirs = self.voter.alone.image
        how = self.segmenter.recipe.tiling.block
        side = how.compared_side[len(self.shape) - 2]
        parts = glimpses(self.image.pixels, how.compared, side)
        both = ((ours(part), theirs.find(part).labels) for part in parts)
        return compare(both).given(self.usual)
