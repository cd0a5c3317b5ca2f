"""Settings of the survey: sets of images, ranges for scenes, corrections, traits, inputs.

Where a setting depends on the number of axes, a dictionary has one group for each. An ablation
replaces an entry, for example ``SURVEYING[3] = dataclasses.replace(SURVEYING[3], side=100)``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Surveying:
    """How a set of images is surveyed.

    Parameters
    ----------
    images
        Largest number of images that are surveyed; sets of mixed sizes need many.
    known
        Number of images that are surveyed before their median radius is expected of the next ones.
    semi_major
        Semi-major axis of a usual nucleus, in radii of a disc of equal size.
    side
        Side of the part of an image in which nuclei are measured, in working pixels.
    fit_min
        Fraction of its ellipsoid that a single nucleus fills; a clump fills less.
    boundary
        Fraction of the step from background to nucleus at which the apparent boundary of a nucleus
        of a volume lies. It is below one half, as blur moves more light out of a convex boundary
        than into it.
    reach
        Largest distance of the apparent boundary from the nucleus, in radii.
    """

    images: int = 24
    known: int = 3
    semi_major: float = 1.2
    side: int = 480
    fit_min: float = 0.9
    boundary: float = 0.4
    reach: float = 0.8


@dataclass(frozen=True)
class Doubts:
    """What makes the size estimate of a set of images uncertain.

    Parameters
    ----------
    faint
        Contrast relative to that of the median image, below which an image counts as empty.
    different
        Ratio of the largest and smallest median radius of the images from which it is reported.
    read_ratio
        Largest ratio, either way, of the diameter at which the search over scales found nuclei
        and the measured diameter, at which the estimates agree.
    """

    faint: float = 0.1
    different: float = 1.5
    read_ratio: float = 1.4


@dataclass(frozen=True)
class Ranges:
    """How the ranges of simulated scenes follow from the nuclei of all images.

    Parameters
    ----------
    fit_min
        Fraction of its ellipsoid that a nucleus must fill to count in the statistics of sizes. Two
        touching nuclei fill less.
    cut_count
        Number of nuclei as which one counts that the border cuts. Half of them have their centre
        outside, and in small volumes most nuclei are cut. In images, where few are, they make up
        for nuclei that are not found.
    window
        Side of the windows in which nuclei are counted, in radii: that of a few training crops.
    cover_min, cover_max
        Smallest and largest mean fraction of a scene that nuclei cover.
    gap
        Largest gap between two nuclei that touch, in radii of a ball of equal size.
    neighbours
        Number of nearest nuclei that are checked for contact.
    """

    fit_min: float = 0.96
    cut_count: float = 1.0
    window: int = 12
    cover_min: float = 0.2
    cover_max: float = 1.0
    gap: float = 0.15
    neighbours: int = 6


@dataclass(frozen=True)
class Refinement:
    """When the first masks of a training change the ranges of its scenes.

    Parameters
    ----------
    nuclei
        Number of nuclei off the image border that are needed to measure sizes.
    credible
        Largest ratio of the new and the previous median radius, either way. Beyond it the masks
        are more likely to be wrong than the scenes.
    same_radius, same_count
        Ratios of new and previous radius, and of new and previous count, up to which the scenes
        stay as they are. Smaller differences may be due to chance.
    """

    nuclei: int = 30
    credible: float = 1.6
    same_radius: float = 1.2
    same_count: float = 1.5


@dataclass(frozen=True)
class Border:
    """How the effect of the image border on nucleus sizes is simulated.

    Parameters
    ----------
    nuclei
        Number of nuclei that are drawn for each image size.
    points
        Number of grid points along the diameter of a nucleus, by which the part inside is
        measured.
    reported
        Visible relative to whole median diameter, below which the effect is reported.
    """

    nuclei: int = 1000
    points: int = 12
    reported: float = 0.95


@dataclass(frozen=True)
class Corrections:
    """When single images are rescaled or inverted.

    Parameters
    ----------
    magnified
        Ratio of nucleus radii between images from which their magnifications differ. Cells of one
        culture differ by up to 1.5 from image to image, objectives by two.
    """

    magnified: float = 1.6


@dataclass(frozen=True)
class TraitLimits:
    """How intensity properties are measured, and from when they are reported.

    Parameters
    ----------
    saturated
        Fraction of pixels at the maximum from which the camera was saturated.
    blocks
        Number of blocks along each axis in which the background is measured.
    percentile
        Percentile of the intensities of a block that is its background.
    uneven
        Spread of the background, relative to the median contrast of nuclei, from which it is
        reported.
    contrast_ratio
        Ratio of the contrasts of bright and dim nuclei from which it is reported.
    nuclei
        Number of single nuclei that are needed to measure their contrast.
    """

    saturated: float = 0.001
    blocks: int = 6
    percentile: int = 10
    uneven: float = 0.3
    contrast_ratio: float = 4.0
    nuclei: int = 5


@dataclass(frozen=True)
class TrainingInputs:
    """How many images a training reads, and how they are checked.

    Parameters
    ----------
    bytes_max
        Largest total size of the images that are read, in bytes; of larger sets a part is read.
    images_min
        Number of images that are read in any case.
    preparation
        Memory that the preparation of an image needs, in bytes per working pixel.
    checked
        Approximate number of images that are checked to be fluorescence images.
    same_spacing
        Relative difference up to which two voxel sizes count as equal.
    """

    bytes_max: int = 2**29
    images_min: int = 4
    preparation: int = 16
    checked: int = 6
    same_spacing: float = 0.01


SURVEYING = {2: Surveying(), 3: Surveying(images=6, side=112)}
DOUBTS = Doubts()
RANGES = {2: Ranges(), 3: Ranges(fit_min=0.9, cut_count=0.5, cover_min=0.0, cover_max=0.25)}
REFINEMENT = Refinement()
BORDER = Border()
CORRECTIONS = Corrections()
TRAITS = TraitLimits()
INPUTS = TrainingInputs()
