"""The one place where a recipe becomes networks, scenes, images as they are seen, and batches."""

import math
from collections.abc import Sequence

import numpy as np
import torch

from adgan.auto.handling import Handling
from adgan.auto.survey import handle
from adgan.data.batches import Batches
from adgan.data.parts import Parts, measure_parts
from adgan.data.prepare import Prepared, prepare
from adgan.groups import reference_size
from adgan.io import Windowed
from adgan.methods.adgan import Generator
from adgan.methods.planes import PlaneGenerator, plane_axes
from adgan.nn.autoencoder import Decoder, Encoder
from adgan.nn.discriminator import Discriminator
from adgan.nn.initialise import initialise
from adgan.recipe import Recipe
from adgan.synth.masks import MASKS
from adgan.synth.scene import SceneSpec

REFERENCE = {rank: reference_size(rank) ** (1 / rank) for rank in (2, 3)}
"""Side of the square or cube that `count` refers to."""

NEIGHBOURHOOD = 2.5
"""Mean radii over which brightness is made even: a nucleus and those beside it."""


def build_generator(recipe: Recipe) -> Generator:
    """Return the generator of a recipe, its weights drawn from the recipe's seed."""
    return initialise(_generator(recipe), 2 * recipe.seed)


def shapes_of(recipe: Recipe) -> dict[str, tuple[int, ...]]:
    """Return name and shape of all weights of a recipe's generator, which is not made for it."""
    with torch.device("meta"):
        return {name: tuple(w.shape) for name, w in _generator(recipe).state_dict().items()}


def _generator(recipe: Recipe) -> Generator:
    net, rank, aspect = recipe.network, recipe.network_rank, recipe.network_aspect
    encoder = Encoder(rank, net.width, net.blocks, net.kernel, net.styled_encoder, aspect=aspect)
    decoder = Decoder(rank, net.width, net.blocks, net.kernel, net.smooth, aspect=aspect)
    return Generator(encoder, decoder, recipe.loss.aligned)


def translator_of(recipe: Recipe, generator: Generator) -> Generator | PlaneGenerator:
    """Return what translates a recipe's images: the generator, or its planes put together."""
    if not recipe.network.planes:
        return generator
    return PlaneGenerator(generator, plane_axes(recipe.aspect))


def build_discriminator(recipe: Recipe) -> Discriminator:
    """Return the discriminator of a recipe, initialised as the released experiments did."""
    net, rank, aspect = recipe.network, recipe.network_rank, recipe.network_aspect
    discriminator = Discriminator(
        rank, net.critic_width, halvings=net.critic_halvings, aspect=aspect
    )
    return initialise(discriminator, 2 * recipe.seed + 1, std=0.02)


def build_scene(recipe: Recipe) -> SceneSpec:
    """Return the scenes of a recipe in working pixels of the last axis."""
    scene, scale = recipe.scene, recipe.scale
    return SceneSpec(
        radius=(scene.radius[0] * scale, scene.radius[1] * scale),
        count=scene.count,
        reference=REFERENCE[recipe.data.rank] * scale,
        eccentricity=scene.eccentricity,
        contact=scene.contact,
        overlap=scene.overlap,
        wobble=scene.wobble,
    )


def build_mask(recipe: Recipe, labels: np.ndarray) -> np.ndarray:
    """Return the mask of a label map at the working size as the recipe's scenes draw it."""
    scene = recipe.scene
    edge = {"edge": scene.edge} if scene.mask == "edge" else {}
    return MASKS[scene.mask](labels, recipe.aspect, **edge)


def build_batches(recipe: Recipe, images: Sequence[np.ndarray]) -> Batches:
    """Return the batches of a recipe from images ``(Z) Y X`` as its networks see them."""
    data, scene = recipe.data, recipe.scene
    return Batches(
        images,
        build_scene(recipe),
        scene.mask,
        scene.edge,
        data.crop,
        data.batch,
        recipe.seed,
        recipe.aspect,
        plane_axes(recipe.aspect) if recipe.network.planes else (),
    )


def build_handlings(
    recipe: Recipe, images: Sequence[np.ndarray], usual: float | None = None
) -> tuple[list[Handling], float]:
    """Return what is to be done to each image, nothing where the recipe does not adapt.

    Parameters
    ----------
    recipe, images
        The run's settings, and images ``(Z) Y X`` of native dtypes.
    usual
        See :func:`adgan.auto.survey.handle`, which tells the results too.
    """
    if not recipe.data.adapt:
        return [Handling()] * len(images), math.nan
    if recipe.data.rank == 3:
        # The voxel size says how large nuclei are; no factor is read from the images.
        usual = math.nan
    return handle(images, recipe.shares(), usual, recipe.scene.mean_radius)


def build_image(
    recipe: Recipe, pixels: np.ndarray, spacing: Sequence[float] | None = None
) -> Prepared:
    """Return an image as a recipe's networks see it.

    Parameters
    ----------
    recipe
        The run's settings.
    pixels
        ``(Z) Y X``, native dtype.
    spacing
        Micrometres a pixel; as that of the run when absent.
    """
    data, scales = recipe.data, recipe.scales(spacing)
    return prepare(pixels, scales, data.percentiles, data.gamma, data.even, _reach(recipe))


def build_parts(recipe: Recipe, pixels: Windowed, spacing: Sequence[float] | None = None) -> Parts:
    """Return an image that is prepared part by part as :func:`build_image` does the whole."""
    data, scales = recipe.data, recipe.scales(spacing)
    return measure_parts(pixels, scales, data.percentiles, data.gamma, data.even, _reach(recipe))


def _reach(recipe: Recipe) -> list[float]:
    """Return the neighbourhood over which brightness is made even, in working pixels per axis."""
    radius = NEIGHBOURHOOD * recipe.working_radius(recipe.scene.mean_radius)
    return [radius / side for side in recipe.aspect]
