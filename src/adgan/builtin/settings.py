"""Settings of the built-in model, by number of axes: scale, targets, intensities, search, tiles.

A setting of an ablation replaces an entry, for example
``SEARCH[2] = dataclasses.replace(SEARCH[2], windows=4)``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkingScale:
    """The scale at which the network is applied.

    Parameters
    ----------
    diameter
        Diameter in working pixels to which the median nucleus is rescaled. It is generous, as
        small nuclei lose more by too few pixels than large ones by too many.
    side
        Smallest side of an image in working pixels: the network needs as many to see anything.
        Thin stacks stay thin.
    averaged
        Side of the blocks that are averaged before an image is smoothed and reduced, relative to
        the reduction. Smoothing a large image is slow.
    """

    diameter: float = 25.0
    side: int = 32
    averaged: float = 0.6


@dataclass(frozen=True)
class Targets:
    """What the network was trained to predict; its weights depend on the unit.

    Parameters
    ----------
    unit
        Unit of offsets and sizes in pixels: about the nucleus radius at the working size. Volumes
        are processed at half the size, as a voxel takes three times as long as a pixel.
    contact
        Distance in pixels by which nuclei are grown; where they then meet, they count as in
        contact.
    """

    unit: float
    contact: float


@dataclass(frozen=True)
class NormalisationSettings:
    """How intensities are normalised; the network was trained with these numbers.

    Parameters
    ----------
    percentiles
        Percentiles of a neighbourhood that become its two levels, 0 and 1.
    gamma
        Gamma between the two levels: the middle of the range that training draws from.
    clip
        Intensity at which bright pixels are clipped, where 0 and 1 are the two levels.
    shift, scale
        Approximate mean and standard deviation after the gamma; they standardise the input.
    side
        Side of a neighbourhood in working pixels: that of a training scene.
    reach
        Width by which neighbourhoods reach into their neighbours, in sides.
    span
        Smallest span of the levels, relative to the largest of all neighbourhoods: keeps empty
        ones dim.
    flat
        Side in working pixels of the window by which constant areas are found, such as padding or
        a clipped background.
    varying
        Fraction of an image that must vary for its constant areas to be left out of the levels.
    """

    percentiles: tuple[float, float] = (1.0, 99.7)
    gamma: float = 0.5
    clip: float = 3.0
    shift: float = 0.45
    scale: float = 0.3
    side: int = 176
    reach: float = 0.25
    span: float = 0.2
    flat: int = 5
    varying: float = 0.02


@dataclass(frozen=True)
class Search:
    """How nucleus diameter and polarity of an image are searched.

    Parameters
    ----------
    start, ratio
        Smallest diameter that is tried, in pixels, and the ratio of one diameter to the next. A
        ratio of 2 is enough: half an octave from its working size the network sees as well as at
        that size.
    extent
        Largest diameter that is tried, in lengths of the image: nuclei may be larger than it.
    smallest
        Diameter in pixels below which an object is too small to be outlined as a nucleus: grains of
        noise are.
    windows, side
        Number of windows that are read in a large image, and their side in working pixels:
        somewhat larger than a training scene.
    coarse
        Approximate side, in pixels, of the coarse image in which windows are chosen.
    finalists
        Number of readings of one window that are compared in more windows.
    refinements, same
        Largest number of readings at the diameter that was found, and the ratio of two diameters
        below which another reading changes nothing.
    explained
        Fraction of what the previous reading explains that a refined reading must explain.
    settled
        Mean probability of the nuclei at the likely diameter, times their steadiness, above which
        no other one is tried.
    nuclei
        Expected number of nuclei, the sum of their probabilities, below which an image is empty.
    off_border
        Fraction of the total weight above which only nuclei off the border count for the
        diameter.
    exponent
        Exponent of the radius by which a nucleus counts, per axis. It lies between 0, a count, and
        1, an area or volume, so that neither specks nor one large region dominate.
    evidence
        Number of nuclei beyond which more nuclei are no stronger evidence.
    steadiness, coarser, doubted
        Exponent of the part of the nuclei that is found at a coarser scale, too; at 0 that is not
        compared. The scale of that, relative to the scale read, and the number of nuclei not found
        again that are assumed beside those seen.
    coarsest
        Coarsest scale at which nuclei may be found, relative to the one that gives their median
        the working diameter. Only in volumes are nuclei flat, and steadiness tells them from
        clusters.
    sized
        Number of images from which the median diameter of a set is measured.
    large_windows, large_side
        Number of windows on which a large image is read, and their side in pixels.
    plane_distances
        Plane distances of a volume to try, in pixels, if none is given. These are enough, as nuclei
        are found even if they look half or one and a half times as long along Z as they are.
    sureness, flatness
        Exponents of the mean confidence and of the relative scale by which the evidence for a plane
        distance is weighted.
    unconfirmed
        Weight of the evidence for a plane distance that no nucleus confirms, as all are cut.
    corrections, change
        Largest number of corrections of the plane distance, and the relative change that ends
        them.
    """

    start: float = 5.5
    ratio: float = 2.0
    extent: float = 1.5
    smallest: float = 3.0
    windows: int = 2
    side: int = 208
    coarse: int = 256
    finalists: int = 2
    refinements: int = 2
    same: float = 1.25
    explained: float = 0.7
    settled: float = 0.75
    nuclei: float = 0.8
    off_border: float = 0.3
    exponent: float = 0.75
    evidence: float = 8.0
    steadiness: float = 0.0
    coarser: float = 0.7
    doubted: float = 1.0
    coarsest: float = 1.0
    sized: int = 5
    large_windows: int = 4
    large_side: int = 2048
    plane_distances: tuple[float, ...] = (1.0, 3.0, 6.0)
    sureness: float = 2.0
    flatness: float = 3.0
    unconfirmed: float = 0.5
    corrections: int = 3
    change: float = 0.08


@dataclass(frozen=True)
class PlaneSettings:
    """How the network for images helps to find the nuclei of a volume.

    Parameters
    ----------
    zoom
        Enlargement of the planes: the network for images learnt on nuclei twice as large as that
        for volumes. Less is faster.
    weight
        Weight of its predictions; those of the network for volumes have the rest.
    """

    zoom: float = 1.5
    weight: float = 0.4


@dataclass(frozen=True)
class Blocks:
    """How the blocks of a large image overlap.

    Parameters
    ----------
    halo
        Width of the overlap on each side of a block's core, in median nucleus diameters: most of
        a very large nucleus, and the surroundings that the network uses.
    near
        Largest distance between the centres that two blocks find for the same nucleus, in median
        diameters.
    """

    halo: float = 4.5
    near: float = 0.15


@dataclass(frozen=True)
class Tiling:
    """Largest side of a tile, and overlap of neighbouring tiles, in working pixels."""

    side: int
    overlap: int


WORKING_SCALE = {2: WorkingScale(), 3: WorkingScale(diameter=12.5, side=3)}
TARGETS = {2: Targets(unit=11.0, contact=2.0), 3: Targets(unit=6.0, contact=1.0)}
NORMALISATION = {2: NormalisationSettings(), 3: NormalisationSettings(side=48)}
SEARCH = {
    2: Search(),
    3: Search(side=64, steadiness=3.0, coarsest=0.45, sized=3, large_side=256),
}
BLOCKS = {2: Blocks(), 3: Blocks(halo=2.5)}
TILING = {2: Tiling(1024, 96), 3: Tiling(96, 32)}
PLANES = PlaneSettings()
