"""Probabilities of each structure and artefact in a scene."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chances:
    """Shares of the scenes in which something is there at all.

    Most kinds of images lack most faults: a network that always sees all of them learns to expect
    them, and one that never sees a clean image does badly on clean ones.

    Parameters
    ----------
    wide, second, empty, packed, long, lobed, mitotic, bent, overlap
        A wide range of sizes, a second population, no nuclei, tissue, spindle shapes (`long_packed`
        in tissue, where columnar epithelium is common), lobes, metaphase plates, bent nuclei, light
        of nuclei that lie over each other.
    long_packed
        See `wide`.
    flat
        Nuclei of tissue that are flat rather than long; volumes only.
    adherent
        Scattered nuclei that are flat and lie in one layer, as those of cells on a substrate;
        volumes only.
    piled
        Tissue whose nuclei lie over each other rather than side by side.
    fine, coarse_texture, nucleoli, chromocentres, half
        Fine and coarse chromatin, dark and bright spots, nuclei lit from one side.
    defocus, ghosts, haze, cytoplasm, debris, fibres, walls, uneven, stripes
        What optics and the specimen add.
    sine
        Stripes that are a regular wave rather than random.
    coarse, smooth, saturated, gamma, jpeg, padded, cleaned, dark
        What cameras and exports add; `cleaned` cuts what lies away from nuclei to 0, as published
        volumes often are; `dark` is a negative, in which no nucleus is labelled: that a negative
        shows nothing tells the sign of an image.
    clouds
        Scenes without nuclei that show clouds instead: smoothed noise, as denoising and resizing
        leave it, must not look like dim nuclei.
    planes
        Planes further apart than pixels; volumes only.
    """

    wide: float = 0.2
    second: float = 0.12
    empty: float = 0.08
    packed: float = 0.42
    long: float = 0.18
    long_packed: float = 0.45
    lobed: float = 0.2
    mitotic: float = 0.12
    bent: float = 0.5
    overlap: float = 0.4
    flat: float = 0.4
    adherent: float = 0.2
    piled: float = 0.4
    fine: float = 0.7
    coarse_texture: float = 0.4
    nucleoli: float = 0.4
    chromocentres: float = 0.25
    half: float = 0.1
    defocus: float = 0.3
    ghosts: float = 0.4
    haze: float = 0.5
    cytoplasm: float = 0.4
    clouds: float = 0.4
    debris: float = 0.3
    fibres: float = 0.08
    walls: float = 0.06
    uneven: float = 0.5
    stripes: float = 0.12
    sine: float = 0.6
    coarse: float = 0.3
    smooth: float = 0.3
    saturated: float = 0.15
    gamma: float = 0.2
    jpeg: float = 0.15
    padded: float = 0.08
    cleaned: float = 0.04
    dark: float = 0.04
    planes: float = 0.6


@dataclass(frozen=True)
class Limits:
    """Limits that are the same in all scenes.

    Parameters
    ----------
    misses
        Successive draws for which a scattered nucleus may find no room before a scene is full.
    competing
        Number of seeds that compete for a pixel of tissue: no other can be nearest, even if
        stretched.
    competition
        Power of the relative radii of seeds: competition between seeds widens the spread of sizes,
        and a power below 1 narrows it again.
    sliver
        Size, relative to that of a usual nucleus, below which a piece of tissue is left out.
    least_lumen
        Share of tissue up to which no lumen is cut out: smaller ones are lost between nuclei.
    gap_edge
        Pixels that a gap takes from each side beyond half of its width, as distances are those of
        pixel centres; a gap no wider than this takes nothing.
    dim, snr, size
        Brightness relative to a typical nucleus, signal-to-noise ratio over a whole nucleus, and
        size in pixels, below which annotators may miss a nucleus: its truth is uncertain.
    layer
        Standard deviation of the height of adherent nuclei above their substrate, in mean radii.
    outline
        Fraction of a nucleus' highest blurred intensity down to which it is outlined; at 1 a label
        ends where the nucleus does.
    least_blur
        Least standard deviation of the point spread function, in pixels: no image is sharper than
        its pixels.
    least_grain, least_spot
        Least grain of chromatin and least radius of a spot, in pixels: finer ones would be noise.
    chromatin
        Lowest and highest logarithm of the density of chromatin: no nucleus has a pixel without
        light, or one that outshines all others.
    chromocentre
        Strength of bright spots over that of dark ones: chromatin may condense more than it can be
        missing.
    least_light
        Least share of the light that uneven illumination, or a bright boundary, leaves.
    most_debris
        Largest mean number of specks in a scene, as each takes time.
    least_coarse
        Factor of coarser sampling up to which an image keeps its pixels: it would look the same.
    padding
        Shares of padded images whose margin is their lowest value, 0, and their mean.
    """

    misses: int = 25
    competing: int = 8
    competition: float = 0.6
    sliver: float = 0.2
    least_lumen: float = 0.1
    gap_edge: float = 0.3
    dim: float = 0.08
    snr: float = 6.0
    size: int = 12
    layer: float = 0.2
    outline: float = 1.0
    least_blur: float = 0.4
    least_grain: float = 0.5
    least_spot: float = 0.7
    chromatin: tuple[float, float] = (-2.5, 1.5)
    chromocentre: float = 3.0
    least_light: float = 0.1
    most_debris: float = 60.0
    least_coarse: float = 1.1
    padding: tuple[float, float, float] = (0.4, 0.5, 0.1)
