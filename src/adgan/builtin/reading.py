"""What the built-in model reads from an image: polarity, nucleus diameter, and their evidence."""

import math
from dataclasses import dataclass

from adgan.builtin.settings import SEARCH, WORKING_SCALE


@dataclass(frozen=True)
class Reading:
    """What the built-in model reads from one image.

    Attributes
    ----------
    diameter
        Median equivalent diameter of the nuclei, in pixels of the image; nan if none are found.
        Nuclei at the border do not count if enough others are found.
    inverted
        True if nuclei are darker than their surroundings.
    explained
        How much the nuclei found at that diameter explain, see
        :attr:`adgan.builtin.windows.WindowNuclei.explained`.
    confidence
        Mean probability that a nucleus is correct, 0 to 1.
    spacing
        Pixel size along each axis, relative to the last.
    number
        Number of nuclei, each counted by how much more likely it is correct than not.
    steadiness
        Which part of them is found at a coarser scale, too, 0 to 1; 1 if that is not compared.
    relative_scale
        Scale at which these nuclei are found, relative to the one that gives their median the
        working diameter.
    """

    diameter: float
    inverted: bool
    explained: float
    confidence: float
    spacing: tuple[float, ...] = (1.0, 1.0)
    number: float = 1.0
    steadiness: float = 1.0
    relative_scale: float = 1.0

    @property
    def empty(self) -> bool:
        """True if no nuclei were found."""
        return not self.diameter > 0

    @property
    def evidence(self) -> float:
        """The evidence for this reading, which ranks readings at different diameters.

        At a coarse scale a cluster, an embryo or an organoid looks like one nucleus. Many nuclei
        are therefore stronger evidence than one that is as large as all of them.
        """
        return self.weight * min(self.number, SEARCH[len(self.spacing)].evidence)

    @property
    def weight(self) -> float:
        """What is explained, by nuclei that stay the same when the scale changes.

        Pieces of nuclei and grains of noise, which are magnified too much, change with the scale.
        """
        return self.explained * self.steadiness ** SEARCH[len(self.spacing)].steadiness

    @property
    def read_at(self) -> float:
        """Diameter in pixels of the nuclei that this scale gives the working diameter."""
        return self.diameter / self.relative_scale

    @property
    def scale(self) -> float:
        """Working pixels per pixel of the last axis."""
        return WORKING_SCALE[len(self.spacing)].diameter / self.read_at

    @property
    def scales(self) -> tuple[float, ...]:
        """Working pixels per pixel of each axis."""
        return tuple(self.scale * step for step in self.spacing)


NOTHING_SEEN = Reading(math.nan, False, 0.0, 0.0)
