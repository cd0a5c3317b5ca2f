"""Details of shapes and surroundings: ranges that few readers change, with their reasons."""

from dataclasses import dataclass

Range = tuple[float, float]
"""Lowest and highest value, drawn uniformly unless its description says otherwise."""

Counts = tuple[int, int]
"""Lowest and highest number; both are drawn."""

LogNormal = tuple[float, float]
"""Mean and standard deviation of a logarithm, drawn from a normal distribution."""


@dataclass(frozen=True)
class Shapes:
    """How nuclei are shaped and how they lie, in detail.

    Parameters
    ----------
    lobes
        Number of lobes of a lobed nucleus, as most neutrophils have.
    lobe_radius
        Radius of a lobe over that of equal lobes that share the nucleus: lobes overlap, so that
        most are a little larger.
    lobe_elongation
        Largest ratio of the longest axis of a lobe to the others.
    lobe_distance
        Distance between the centres of successive lobes, in radii of a lobe: below 2 they hang
        together.
    plate, plate_elongation
        Radius of a metaphase plate over that of its nucleus, as chromatin is condensed, and its
        largest elongation.
    waves, wave
        Number of waves that make an outline irregular, and the standard deviation of their
        wave numbers in radians per radius: from a dent on one side to a few bumps.
    contact_distance
        Distance of a nucleus from the one that it is in contact with, in half widths of a usual
        nucleus: 2 for equal ones that touch, and less or more as their sizes and shapes differ.
    substrate
        Height of the layer of adherent nuclei, as a share of the depth: microscopists focus away
        from the ends of a stack.
    seeded
        Share of the frame that the nuclei of tissue would fill as balls: spheres that touch fill
        about .74 (three axes), discs .9.
    apart
        Least distance between seeds of tissue, in radii: from irregular to even tissue.
    warp, warp_grain
        Largest shift of outlines in tissue and the correlation length of the shifts, both in
        radii: boundaries between cells are not smooth.
    turning
        Standard deviation of the wave numbers of the field of directions, in radians per longest
        side: from nuclei that all point one way to whorls.
    disorder
        Standard deviation by which each nucleus departs from the field of directions; the field
        itself has one of about 1.
    lumen_grain
        Standard deviation of the smoothing of the noise that lumens are cut from, in radii: from
        holes of a few nuclei to wide stroma.
    """

    lobes: Counts = (2, 4)
    lobe_radius: Range = (0.9, 1.25)
    lobe_elongation: float = 1.4
    lobe_distance: Range = (0.8, 1.35)
    plate: float = 0.7
    plate_elongation: float = 4.0
    waves: int = 3
    wave: float = 2.5
    contact_distance: Range = (1.5, 2.4)
    substrate: Range = (0.1, 0.9)
    seeded: Range = (0.75, 1.0)
    apart: Range = (1.0, 1.65)
    warp: Range = (0.0, 0.3)
    warp_grain: float = 0.5
    turning: Range = (0.0, 6.0)
    disorder: Range = (0.0, 0.6)
    lumen_grain: Range = (1.5, 5.0)


@dataclass(frozen=True)
class Surroundings:
    """What is seen around nuclei, in detail; lengths are in radii, light in that of a nucleus.

    Parameters
    ----------
    ghost_fill
        Share of the frame that nuclei of another layer cover, squared when drawn.
    ghost_light
        Light of a ghost: most are dimmer than nuclei in focus.
    cytoplasm_grain
        Standard deviation of the smoothing of cytoplasm: from granules to whole cells.
    cytoplasm_cover
        Standard deviations of its noise by which cytoplasm is raised: at -1 it covers a sixth of
        the frame, at 1 most of it.
    speck, speck_light
        Radius and light of debris: it is smaller than nuclei, and some of it much brighter.
    fibre_bend, fibre_wave, fibre_waves
        Sagitta of a fibre and amplitude of its waves, in lengths of the fibre, and the waves'
        radians over its length: from straight to wavy collagen.
    fibre_light
        Light of a fibre: that of nuclei or less.
    wall_patches, wall_grain
        Standard deviation of the logarithm of light along walls, and its correlation length:
        membranes are stained in patches.
    wall_light
        Light of walls: that of nuclei or less.
    """

    ghost_fill: Range = (0.0, 0.6)
    ghost_light: LogNormal = (-0.5, 0.6)
    cytoplasm_grain: Range = (0.15, 2.5)
    cytoplasm_cover: Range = (-1.0, 1.0)
    speck: Range = (0.03, 0.25)
    speck_light: LogNormal = (0.0, 1.0)
    fibre_bend: Range = (0.0, 1.5)
    fibre_wave: Range = (0.0, 0.1)
    fibre_waves: float = 8.0
    fibre_light: LogNormal = (-0.7, 0.7)
    wall_patches: float = 0.5
    wall_grain: float = 2.0
    wall_light: LogNormal = (-0.5, 0.6)
