"""Turn simulated masks into realistic images, as any number of pairs of image and ground truth.

This is the reverse direction of the same networks (paper 3.1): a mask of simulated nuclei, decoded
in the style of the microscope. Each scene is rendered twice, at the working scale for the networks
and at the input's pixel size for the ground truth, so that outlines stay smooth.
"""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from adgan.batch.begin import begin
from adgan.errors import AdganError
from adgan.image.scale import NETWORK_SIDE_MIN_PIXELS, rescale, working_shape
from adgan.labels.layouts import Program, check_program, files_of, finish, write_pair
from adgan.models.adgan import MASK
from adgan.models.build import build_mask, build_scene
from adgan.models.translate import translate
from adgan.recipe.groups import REFERENCE_CROP
from adgan.recipe.recipe import Recipe
from adgan.runs.checkpoint import Model, fingerprint, load
from adgan.runs.record import read_run
from adgan.synth.render import render
from adgan.synth.scene import sample_scene
from adgan.system.claims import claims
from adgan.system.device import Device, choose_device
from adgan.system.peak import ask
from adgan.system.seeding import generator

SETTINGS = "synthesize.json"
"""File of an output folder with the settings on which its pairs depend."""

PAIR_BYTES = 32
"""Memory of a pair in bytes per pixel, at original or working scale: scene, mask, image, labels."""

Pair = tuple[np.ndarray, np.ndarray]


@claims()
def synthesize(
    model: Model | str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    n: int = 100,
    *,
    size: Sequence[int] | None = None,
    seed: int = 0,
    program: Program | None = None,
    device: Device = "auto",
    overwrite: bool = False,
    watch: Callable[[int, int, str, int], None] | None = None,
) -> list[Pair]:
    """Generate images in the style of the training images of a model, with their labels.

    A second call with the same output and settings generates what is missing.

    Parameters
    ----------
    model
        Trained model returned by :func:`adgan.train`, or a run folder.
    output
        Folder for ``images/`` and ``labels/``, TIFFs paired by name, with the pixel size of
        the training images if all of them state the same.
    n
        Number of pairs. Pair ``i`` depends only on the model, `size`, `seed` and ``i``.
    size
        Image size in input pixels, ``(Z) Y X``; by default
        :data:`adgan.recipe.groups.REFERENCE_CROP`.
    seed
        Random seed of the simulated nuclei.
    program
        ``cellpose``, ``stardist`` or ``nnunet``: write its training folders, see
        :mod:`adgan.labels.layouts`, instead of ``images/`` and ``labels/``.
    device
        Device to compute on; ``auto`` uses the fastest available.
    overwrite
        Start over in a folder that already contains files.
    watch
        Called after each pair, with its number from 1, `n`, its name and the
        number of nuclei.

    Returns
    -------
    list of (image, labels)
        uint16 arrays of `size` without `output`, otherwise empty. Their full range
        corresponds to the darkest and brightest intensity of training, with its gamma undone; the
        model does not know the original intensities. Labels of nuclei outside the image are left
        out.

    Raises
    ------
    AdganError
        If the run cannot be read, the size or the number is invalid, or the folder cannot
        be written.
    """
    if n < 1:
        raise AdganError(f"{n} is not a valid number of images: give at least 1")
    if seed < 0:
        raise AdganError(f"the seed {seed} is negative: give a number from 0")
    spacing, named = None, "a model in memory"
    if not isinstance(model, Model):
        run = Path(model)
        model, spacing, named = load(run), _spacing(run), str(run)
    shape = _checked_size(size, model.recipe)
    check_program(program, len(shape))
    folder = None
    if output is not None:
        settings = {"model": fingerprint(model), "size": shape, "seed": seed, "program": program}
        folder = begin(output, SETTINGS, settings, overwrite, about=named)
    model.generator.to(choose_device(device))

    pairs = []
    for number in range(n):
        name = f"synthetic_{number:04d}"
        files = files_of(program, folder, name, number) if folder else None
        if files and not overwrite and all(file.is_file() for file in files):
            continue
        image, labels = synthesize_one(model, shape, seed, number)
        if files:
            write_pair(program, files, image, labels, spacing)
        else:
            pairs.append((image, labels))
        if watch:
            watch(number + 1, n, name, int(np.count_nonzero(np.unique(labels))))
    if folder:
        finish(program, folder, n, len(shape))
    return pairs


def synthesize_one(model: Model, shape: tuple[int, ...], seed: int, number: int) -> Pair:
    """Generate one pair on the device of the model.

    Parameters
    ----------
    model
        The networks and their recipe.
    shape
        Image shape in input pixels, ``(Z) Y X``.
    seed, number
        Determine the scene.

    Returns
    -------
    image, labels
        uint16 of `shape`.
    """
    recipe = model.recipe
    working, spacing = working_shape(shape, recipe.scales()), recipe.working_spacing
    rng = generator(seed, "synthesize", number)
    scene = sample_scene(rng, build_scene(recipe), working, spacing)
    mask = build_mask(recipe, render(scene))
    # Averaging over symmetries would blur the noise that makes an image realistic.
    drawn = rescale(translate(model.generator, mask, MASK, model.recipe.tiling), shape)
    unit = np.clip((drawn + 1) / 2, 0, 1) ** (1 / recipe.data.gamma)
    pixel = tuple(w * own / s for w, own, s in zip(working, spacing, shape, strict=True))
    labels = render(replace(scene, shape=shape, spacing=pixel))
    return np.rint(65_535 * unit).astype(np.uint16), labels


def _checked_size(size: Sequence[int] | None, recipe: Recipe) -> tuple[int, ...]:
    ndim = recipe.data.ndim
    shape = tuple(size or REFERENCE_CROP[ndim])
    if len(shape) != ndim:
        raise AdganError(f"size {shape} has {len(shape)} sides, but the run needs {ndim}")
    if min(working_shape(shape, recipe.scales())) < NETWORK_SIDE_MIN_PIXELS:
        least = " ".join(
            str(int(np.ceil(NETWORK_SIDE_MIN_PIXELS / scale))) for scale in recipe.scales()
        )
        raise AdganError(f"size {shape} is too small for this run: give at least {least}")
    largest = max(math.prod(shape), math.prod(working_shape(shape, recipe.scales())))
    ask(PAIR_BYTES * largest, f"an image of size {shape}", "give a smaller size")
    return shape


def _spacing(run: Path) -> tuple[float, ...] | None:
    """Return the pixel size of the training images if it is the same for all."""
    known = {tuple(i["spacing"]) if i["spacing"] else None for i in read_run(run)["inputs"]}
    return known.pop() if len(known) == 1 else None
