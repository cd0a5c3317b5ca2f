"""The way from images to masks that a run has learnt, as it is handed on."""

from copy import deepcopy

import torch
from torch import Tensor, nn

from adgan.checkpoint import Model
from adgan.decode import THRESHOLD
from adgan.errors import AdganError
from adgan.export.subject import Steps, Subject, simulated
from adgan.methods.adgan import IMAGE, MASK, Generator
from adgan.nn.grid import GENERATOR_STRIDE


class Masking(nn.Module):
    """A generator as one function: an image to the probability of nuclei.

    Parameters
    ----------
    generator
        Of a run.
    """

    from_image: Tensor
    to_mask: Tensor

    def __init__(self, generator: Generator):
        super().__init__()
        self.generator = generator
        labels = torch.eye(2)
        self.register_buffer("from_image", labels[IMAGE : IMAGE + 1])
        self.register_buffer("to_mask", labels[MASK : MASK + 1])

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B 1 (Z) Y X`` in [-1, 1] to ``B 1 (Z) Y X`` in [0, 1]."""
        content = self.generator.encoder(x, self.from_image.expand(x.shape[0], 2))
        drawn: Tensor = self.generator.decoder(content, self.to_mask.expand(x.shape[0], 2))
        return (drawn + 1) / 2


def of_run(model: Model, name: str) -> Subject:
    """Return what is handed on of a run: the way from images to masks.

    Parameters
    ----------
    model
        As it was loaded.
    name
        What to call it.

    Raises
    ------
    AdganError
        If the run has no network that does it alone.
    """
    generator, recipe = model.generator, model.recipe
    if not isinstance(generator, Generator):
        raise AdganError(
            f"{name} puts the masks of volumes together from planes, which no single file does: "
            "export the built-in model, or a run with network.planes off"
        )
    rank, data = recipe.data.rank, recipe.data
    before: Steps = (
        (
            "Bring these percentiles of the intensities of the whole image to 0 and 1, clip, take "
            "the power, and stretch the result to -1 and 1.",
            {"percentiles": data.percentiles, "power": data.gamma},
        ),
        ("Scale it by this factor an axis.", {"factors": recipe.scales()}),
        (
            "Make its brightness even: divide the contrast to the background by the local "
            "contrast, as adgan.data.even does with this floor; nothing where there is none.",
            {"floor": data.even},
        ),
        (
            "Continue it by reflection until its sides are multiples of this many pixels. Give the "
            "whole image at once: layers normalise by the statistics of all of it.",
            {"multiple": GENERATOR_STRIDE},
        ),
    )
    after: Steps = (
        (
            "Pixels from this probability on are nucleus. adgan then puts their rims where the "
            "light says, parts what touches by shape, and asks the built-in model for its vote; "
            "none of that is in this file.",
            {"foreground": THRESHOLD},
        ),
    )
    return Subject(
        Masking(deepcopy(generator).cpu()).eval(),
        rank,
        GENERATOR_STRIDE,
        8 * GENERATOR_STRIDE,
        name,
        "The generator of an aligned disentangling GAN, trained without labels, as it turns an "
        "image into the mask of its nuclei.",
        "intensities from -1 to 1, prepared as told under `before`",
        {"foreground": "probability of lying in a nucleus, 0 to 1"},
        before,
        after,
        2 * simulated(rank, GENERATOR_STRIDE).clip(0, 1) ** data.gamma - 1,
    )
