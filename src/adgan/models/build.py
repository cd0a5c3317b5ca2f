"""Build networks, scenes, prepared images and batches from a recipe, only here."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
import torch

from adgan.image.batches import Batches
from adgan.image.parts import Parts, measure_parts
from adgan.image.prepare import Prepared
from adgan.io import Windowed
from adgan.labels.grid import Grid
from adgan.models.adgan import Generator
from adgan.models.planes import PlaneGenerator, plane_axes
from adgan.nn.autoencoder import Decoder, Encoder
from adgan.nn.discriminator import Discriminator
from adgan.nn.initialise import initialise
from adgan.recipe.groups import reference_size
from adgan.recipe.recipe import Recipe
from adgan.survey.handling import Handling
from adgan.survey.survey import Survey, handle
from adgan.synth.masks import MASKS
from adgan.synth.scene import SceneSpec

REFERENCE = {ndim: reference_size(ndim) ** (1 / ndim) for ndim in (2, 3)}
"""Side of the square or cube to which `count` refers, in pixels, by number of axes."""


def build_generator(recipe: Recipe) -> Generator:
    """Return the generator of a recipe, with weights initialised from the recipe's seed."""
    return initialise(_generator(recipe), 2 * recipe.seed)


def shapes_of(recipe: Recipe) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a recipe's generator weights by name, without creating the generator."""
    with torch.device("meta"):
        return {name: tuple(w.shape) for name, w in _generator(recipe).state_dict().items()}


def _generator(recipe: Recipe) -> Generator:
    net, spacing = recipe.network, recipe.network_spacing
    encoder = Encoder(spacing, net.width, net.blocks, net.kernel, net.styled_encoder)
    decoder = Decoder(spacing, net.width, net.blocks, net.kernel, net.smooth)
    return Generator(encoder, decoder, recipe.loss.aligned)


def translator_of(recipe: Recipe, generator: Generator) -> Generator | PlaneGenerator:
    """Return the translator of a recipe's images: the generator, or one that assembles planes."""
    if not recipe.network.planes:
        return generator
    return PlaneGenerator(generator, axes_of(recipe), recipe.network.plane_floor)


def axes_of(recipe: Recipe) -> tuple[int, ...]:
    """Return the axes across which the volumes of a recipe are cut into planes, if they are."""
    if not recipe.network.planes:
        return ()
    return plane_axes(recipe.working_spacing, recipe.network.plane_spacing_max)


def build_discriminator(recipe: Recipe) -> Discriminator:
    """Return the discriminator of a recipe, initialised as in the released experiments."""
    net = recipe.network
    discriminator = Discriminator(
        recipe.network_spacing, net.discriminator_width, halvings=net.discriminator_halvings
    )
    return initialise(discriminator, 2 * recipe.seed + 1, std=0.02)


def build_grid(recipe: Recipe) -> Grid:
    """Return the pixels and the mean nucleus radius at the working scale."""
    return Grid(recipe.working_spacing, recipe.working_radius(recipe.scene.mean_radius))


def build_scene(recipe: Recipe) -> SceneSpec:
    """Return the scene specification of a recipe, in working pixels of the last axis."""
    scene, scale = recipe.scene, recipe.scale
    return SceneSpec(
        radius=(scene.radius[0] * scale, scene.radius[1] * scale),
        count=scene.count,
        reference=REFERENCE[recipe.data.ndim] * scale,
        eccentricity=scene.eccentricity,
        contact=scene.contact,
        overlap=scene.overlap,
        irregularity=scene.irregularity,
        misses=scene.misses,
    )


def build_mask(recipe: Recipe, labels: np.ndarray) -> np.ndarray:
    """Return the mask of a label map at the working scale, as rendered for simulated scenes."""
    scene = recipe.scene
    edge = {"edge": scene.edge} if scene.mask == "edge" else {}
    return MASKS[scene.mask](labels, recipe.working_spacing, **edge)


def build_batches(recipe: Recipe, images: Sequence[np.ndarray]) -> Batches:
    """Return the batches of a recipe from prepared images ``(Z) Y X``."""
    data = recipe.data
    return Batches(
        images,
        build_scene(recipe),
        partial(build_mask, recipe),
        data.crop,
        data.batch,
        recipe.seed,
        recipe.working_spacing,
        axes_of(recipe),
        recipe.network.plane_candidates,
    )


def build_handlings(
    recipe: Recipe,
    images: Sequence[np.ndarray],
    usual: float | None = None,
    known: Survey | None = None,
) -> tuple[list[Handling], float]:
    """Return the corrections for each image; none if the recipe does not adapt to images.

    Parameters
    ----------
    recipe, images
        The run's settings, and images ``(Z) Y X`` of native dtypes.
    usual, known
        See :func:`adgan.survey.survey.handle`, which tells the results too.
    """
    if not recipe.data.adapt:
        return [Handling()] * len(images), math.nan
    # The same question as that of segmentation, so that the built-in model reads each image once.
    spacing = recipe.relative_spacing() if recipe.data.ndim == 2 else recipe.data.spacing
    spacings = [spacing or recipe.relative_spacing()] * len(images)
    return handle(images, spacings, usual, 2 * recipe.disc_radius, known)


def build_image(
    recipe: Recipe, pixels: np.ndarray, spacing: Sequence[float] | None = None
) -> Prepared:
    """Prepare an image for a recipe's networks.

    Parameters
    ----------
    recipe
        The run's settings.
    pixels
        ``(Z) Y X``, native dtype.
    spacing
        Micrometres per pixel (default: those of the run).
    """
    return build_parts(recipe, pixels, spacing).prepare()


def build_parts(recipe: Recipe, pixels: Windowed, spacing: Sequence[float] | None = None) -> Parts:
    """Measure an image as a whole, to prepare any part of it; arguments as :func:`build_image`."""
    return measure_parts(pixels, recipe.scales(spacing), recipe.data, _reach(recipe))


def _reach(recipe: Recipe) -> list[float]:
    """Return the neighbourhood over which brightness is evened, in working pixels per axis."""
    return list(build_grid(recipe).pixels(recipe.data.even_sigma))
