"""The ranges from which a simulated scene is drawn, with their reasons."""

import math
from dataclasses import dataclass

import numpy as np

from adgan.synth.chances import Chances, Limits
from adgan.synth.details import Counts, Range, Shapes, Surroundings


@dataclass(frozen=True)
class Knobs:
    """Ranges that a scene of any kind of microscope is drawn from.

    Lengths are in pixels of the last axis, or in shares of the scene's mean radius where it says
    radii. Chances are shares of the scenes. The ranges are wider than any one study: a network
    that has seen all of them takes a real microscope for one more of the kind (domain
    randomisation, Billot et al. 2023, doi:10.1016/j.media.2023.102789).

    Parameters
    ----------
    chance
        In how many scenes each of the following is there at all.
    limits
        What is the same in all scenes.
    shapes, surroundings
        Details of nuclei and how they lie, and of what is seen around them.
    radius
        Mean radius of a scene, drawn log-uniformly: the working size and an octave about it, as
        images mix sizes and estimates err.
    radius_wide
        A wider range: nuclei far from the working size, so that the confidence model learns what a
        wrong scale looks like.
    spread
        Standard deviation of the logarithm of nuclear radii within a scene; .4 is a mixture of
        lymphocytes and tumour cells.
    second, second_share
        Ratio of the radius of a second population to that of the first, and its share of the
        nuclei: a few up to half of them, as in tumours with lymphocytes.
    fill
        Share of the frame that scattered nuclei cover, squared when drawn: sparse scenes are as
        telling as dense ones.
    contact
        Share of nuclei placed in contact with an earlier one.
    overlap
        Largest share of a nucleus that others may cover; their light adds up.
    elongation, elongation_long
        Ratio of the longest to the other axes of usual nuclei, and of spindle-shaped ones
        (fibroblasts, endothelium, columnar epithelium).
    height
        Height of adherent nuclei along Z, relative to their width; volumes only.
    irregular
        Relative amplitude of smooth departures of the outline from an ellipsoid.
    bent
        Curvature of a nucleus' long axis, in sagittas per semi-axis.
    lobed, mitotic
        Shares of lobed nuclei (bone marrow, apoptosis) and of metaphase plates.
    reach
        Distance, in radii of a nucleus of tissue, at which it ends where no neighbour stops it:
        from ellipses that touch in a point to cells that fill the plane.
    piled, piled_overlap
        Where nuclei of tissue lie over each other, the distance at which each ends, as for `reach`,
        and the largest share of one that others may cover; their light adds up.
    rounded
        Smoothing, in radii, that rounds the corners where three nuclei of tissue meet.
    gap
        Pixels of dark between neighbours in tissue.
    lumen
        Share of tissue that is cut out as lumen or stroma.
    brightness
        Standard deviation of the logarithm of nuclear brightness; .7 spans a factor of ten.
    texture, grain
        Standard deviation of the logarithm of the chromatin's density, and its correlation length
        in radii: from fine chromatin to nuclei that are lit in half.
    nucleoli, chromocentres, spot
        Mean numbers of dark and bright spots per nucleus, and their radius in radii.
    spot_contrast
        Share of the light that is missing in the middle of a dark spot; that of bright spots
        grows with it.
    dome
        How far the light rises from the boundary to the centre: 0 a flat section, 1 a whole ball
        seen from above, below 0 a bright boundary (lamina, imprints).
    half, half_slope, half_shift
        Light that a nucleus lit from one side loses at the other, how steeply (a logistic function
        of that many units over the nucleus), and how many units off its centre.
    blur, defocus, ghost_blur
        Standard deviation of the point spread function, in radii: of nuclei in focus, of those a
        little out of it, and of those so far out of it that nobody outlines them.
    out_of_focus
        Share of nuclei that are a little out of focus, in scenes with any: people focus on some.
    ghosts
        Chance of a nucleus of another layer to be seen as a ghost.
    haze, haze_reach
        Share of the light that is spread over a wide neighbourhood, and its extent in radii.
    axial, dimming
        Times that the point spread function is longer along Z, and light lost over the depth of a
        volume.
    background
        Light without nuclei over that of a usual nucleus, squared when drawn; above 1 nuclei
        barely stand out.
    uneven, uneven_reach
        Relative change of illumination over the frame, and the standard deviation of its smoothing
        in longest sides: a lamp is uneven over the whole frame or a good part of it.
    cytoplasm
        Light of unlabelled structure between nuclei, over that of a nucleus.
    cloud
        Standard deviation of the smoothing of noise that looks like clouds, in radii, drawn
        log-uniformly.
    debris
        Mean number of specks, per ten nuclear areas.
    fibres, fibre
        Mean number of long threads beyond the first (collagen, processes of cells, dust), and half
        of their width in radii; their light is that of nuclei or less.
    wall
        Half of the width of stained cell walls or membranes, in radii.
    stripes
        Amplitude of stripes along one axis (cameras, light sheets).
    stripe_length, stripe_phase, stripe_grain
        Pixels per radian of regular stripes, their phase in radians (about a turn), and the
        standard deviation in pixels of the smoothing of random ones: from single rows to bands.
    snr, shot
        Light of a usual nucleus over the standard deviation of its noise, drawn log-uniformly, and
        the share of the noise's variance that grows with the light.
    coarse, enlarging
        Factor by which the image was taken coarser and then enlarged, as noise is too, and the
        order of the splines: programs offer linear to cubic ones.
    planes
        Distance of the planes of a volume in pixels.
    smooth
        Standard deviation in pixels of smoothing after the noise: averaging, denoising, resizing.
    gamma, saturated, levels, jpeg
        Power that an exporter applied, share of the range cut off at the bright end, gray levels
        that were kept (drawn log-uniformly), quality of JPEG.
    padded, margins
        Share of a side that is a constant without image, and the number of such margins: corners
        of a mosaic have two.
    cleaned
        Distance in radii from the nuclei at which an image is cut to 0.
    """

    chance: Chances = Chances()
    limits: Limits = Limits()
    shapes: Shapes = Shapes()
    surroundings: Surroundings = Surroundings()
    radius: Range = (5.0, 19.0)
    radius_wide: Range = (2.5, 42.0)
    spread: Range = (0.03, 0.38)
    second: Range = (0.45, 0.75)
    second_share: Range = (0.1, 0.5)
    fill: Range = (0.1, 0.85)
    contact: Range = (0.0, 0.8)
    overlap: Range = (0.0, 0.35)
    elongation: Range = (1.0, 1.9)
    elongation_long: Range = (1.8, 4.5)
    height: Range = (0.2, 0.7)
    irregular: Range = (0.0, 0.12)
    bent: Range = (0.0, 0.35)
    lobed: Range = (0.2, 1.0)
    mitotic: Range = (0.02, 0.2)
    reach: Range = (0.8, 1.45)
    piled: Range = (0.75, 1.25)
    piled_overlap: Range = (0.1, 0.5)
    rounded: Range = (0.08, 0.3)
    gap: Range = (0.0, 3.0)
    lumen: Range = (0.0, 0.6)
    brightness: Range = (0.05, 0.75)
    texture: Range = (0.0, 0.7)
    grain: Range = (0.05, 0.6)
    nucleoli: Range = (0.0, 4.0)
    chromocentres: Range = (0.0, 10.0)
    spot: Range = (0.07, 0.24)
    spot_contrast: Range = (0.3, 1.0)
    dome: Range = (-0.5, 1.0)
    half: Range = (0.3, 0.95)
    half_slope: Range = (2.0, 8.0)
    half_shift: Range = (-1.0, 1.0)
    blur: Range = (0.02, 0.2)
    defocus: Range = (0.08, 0.35)
    ghost_blur: Range = (0.45, 1.3)
    out_of_focus: Range = (0.0, 0.7)
    ghosts: Range = (0.0, 1.0)
    haze: Range = (0.0, 0.75)
    haze_reach: Range = (0.8, 8.0)
    axial: Range = (1.0, 4.0)
    dimming: Range = (0.0, 0.7)
    background: Range = (0.0, 1.15)
    uneven: Range = (0.0, 0.8)
    uneven_reach: Range = (0.3, 1.0)
    cytoplasm: Range = (0.0, 0.45)
    cloud: Range = (0.05, 0.8)
    debris: Range = (0.0, 3.0)
    fibres: Range = (0.0, 6.0)
    fibre: Range = (0.05, 0.3)
    wall: Range = (0.04, 0.2)
    stripes: Range = (0.0, 0.6)
    stripe_length: Range = (1.0, 12.0)
    stripe_phase: Range = (0.0, 6.0)
    stripe_grain: Range = (0.4, 3.0)
    snr: Range = (1.0, 300.0)
    shot: Range = (0.0, 1.0)
    coarse: Range = (1.0, 3.5)
    enlarging: Counts = (1, 3)
    smooth: Range = (0.0, 1.2)
    gamma: Range = (0.5, 1.5)
    saturated: Range = (0.0, 0.5)
    levels: Range = (48.0, 60000.0)
    jpeg: Range = (25.0, 95.0)
    padded: Range = (0.03, 0.4)
    margins: Counts = (1, 2)
    cleaned: Range = (0.1, 1.0)
    planes: Range = (1.2, 6.0)


VOLUMES = Knobs(
    # A volume shows light that an image from above adds up: no domes, ghosts are layers' glow.
    # Many published volumes are cut to 0 around what they show.
    chance=Chances(
        ghosts=0.15, overlap=0.15, piled=0.1, wide=0.15, jpeg=0.05, walls=0.12, cleaned=0.12
    ),
    radius=(3.2, 9.5),
    radius_wide=(2.4, 18.0),
    gap=(0.0, 1.6),
    dome=(-0.4, 0.3),
    coarse=(1.0, 2.2),
    overlap=(0.0, 0.15),
    snr=(1.5, 300.0),
    # Blur along Z makes a nucleus look longer, and people outline what they see of it.
    limits=Limits(outline=0.5),
)
"""Of volumes, whose nuclei the network sees at about half of the size that those of images have."""


def knobs_of(ndim: int) -> Knobs:
    """Return the ranges of images (2) or volumes (3)."""
    return VOLUMES if ndim == 3 else Knobs()


def log_uniform(rng: np.random.Generator, bounds: Range) -> float:
    """Draw a number whose logarithm is uniform between those of the bounds."""
    return math.exp(rng.uniform(math.log(bounds[0]), math.log(bounds[1])))
