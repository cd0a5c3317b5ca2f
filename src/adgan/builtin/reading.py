"""What an image shows to the built-in model: sign, scale, sizes and number of nuclei."""

import math
from dataclasses import dataclass

WORKING = {2: 25.0, 3: 12.5}
"""Working pixels, by rank, that the median diameter of whole nuclei is brought to. Sizes vary, and
those under the middle suffer more from too few pixels than those above from too many."""
MANY = {2: 8.0, 3: 16.0}
"""Nuclei, by number of axes, from which more are no stronger evidence of their size."""


@dataclass(frozen=True)
class Reading:
    """What one image shows.

    Attributes
    ----------
    diameter
        Median diameter of the discs of equal size, in pixels of the image, nuclei that the frame
        cuts left out where enough are whole; nan where nothing is seen.
    inverted
        Whether nuclei are darker than their surroundings.
    explained
        How much is surely explained at that diameter, see :class:`adgan.builtin.glance.Glance`.
    sure
        Mean chance of what was found to be right, 0 to 1.
    spacing
        Size of a pixel along each axis, over that of the last.
    number
        Nuclei looked at, each counted by how much more likely right than wrong it is.
    """

    diameter: float
    inverted: bool
    explained: float
    sure: float
    spacing: tuple[float, ...] = (1.0, 1.0)
    number: float = 1.0

    @property
    def empty(self) -> bool:
        """Whether no nuclei stand out."""
        return not self.diameter > 0

    @property
    def evidence(self) -> float:
        """How much speaks for this reading before others.

        A cluster, an embryo or an organoid looks like one nucleus from afar: many nuclei that are
        explained are stronger evidence than one as large as all of them.
        """
        return self.explained * min(self.number, MANY[len(self.spacing)])

    @property
    def scale(self) -> float:
        """Working pixels per pixel of the last axis."""
        return WORKING[len(self.spacing)] / self.diameter

    @property
    def scales(self) -> tuple[float, ...]:
        """The same along each axis."""
        return tuple(self.scale * step for step in self.spacing)


NOTHING_SEEN = Reading(math.nan, False, 0.0, 0.0)
