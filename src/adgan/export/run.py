"""Export of the network of a run that turns images into masks."""

from copy import deepcopy

import torch
from torch import Tensor, nn

from adgan.errors import AdganError
from adgan.export.subject import Steps, Subject, simulated
from adgan.models.adgan import IMAGE, MASK, Generator
from adgan.models.decode import threshold_of
from adgan.nn.grid import GENERATOR_STRIDE
from adgan.runs.checkpoint import Model


class Masking(nn.Module):
    """A generator as one function from an image to the foreground probability.

    Parameters
    ----------
    generator
        The generator of a run.
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
    """Return the export of a run: the network that turns images into masks.

    Parameters
    ----------
    model
        The loaded run.
    name
        Name of the exported model.

    Raises
    ------
    AdganError
        If the run needs more than a single network.
    """
    generator, recipe = model.generator, model.recipe
    if not isinstance(generator, Generator):
        raise AdganError(
            f"{name} assembles masks of volumes from planes, which a single model file cannot do: "
            "export the built-in model, or a run with network.planes off"
        )
    ndim, data = recipe.data.ndim, recipe.data
    before: Steps = (
        (
            "Map these percentiles of the intensities of the whole image to 0 and 1, clip, apply "
            "the power, and rescale the result to -1 to 1.",
            {"percentiles": data.percentiles, "power": data.gamma},
        ),
        ("Rescale the image by these factors per axis.", {"factors": recipe.scales()}),
        (
            "Even the brightness: divide the contrast to the background by the local contrast, as "
            "adgan.image.even does with this floor; skip this step if there is no floor.",
            {"floor": data.even},
        ),
        (
            "Pad the image by reflection until its sides are multiples of this many pixels. Pass "
            "the whole image at once, since layers normalise by its statistics.",
            {"multiple": GENERATOR_STRIDE},
        ),
    )
    after: Steps = (
        (
            "Pixels with at least this probability are foreground. adgan then adjusts boundaries "
            "to the intensities, splits touching nuclei by shape, and combines them with those of "
            "the built-in model; none of that is in this file.",
            {"foreground": threshold_of(recipe)},
        ),
    )
    return Subject(
        Masking(deepcopy(generator).cpu()).eval(),
        ndim,
        GENERATOR_STRIDE,
        8 * GENERATOR_STRIDE,
        name,
        "The generator of an aligned disentangling GAN, trained without labels, which turns an "
        "image into a mask of its nuclei.",
        "intensities from -1 to 1, preprocessed as described in `before`",
        {"foreground": "probability of being in a nucleus, 0 to 1"},
        before,
        after,
        2 * simulated(ndim, GENERATOR_STRIDE).clip(0, 1) ** data.gamma - 1,
    )
