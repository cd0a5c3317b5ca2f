"""U-Nets that learn from pairs of image and labels, either labelled images or translated masks.

- **U-Net** (Ronneberger et al. 2015, arXiv:1505.04597): cross-entropy over background, boundary and
  interior; the boundary separates touching nuclei.
- **TransUNet** (Chen et al. 2021, arXiv:2102.04306): the same classes, .5 CE + .5 Dice.
- **DeepSynth** (Dunn et al. 2019, doi:10.1038/s41598-019-54244-5): foreground only, 10 BCE + Dice.

They see the same crops, symmetries and number of images per step as the unsupervised methods.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import edt
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from adgan.image.batches import random_crop, random_symmetry
from adgan.image.tiling import plan_tiles, stitch
from adgan.system.seeding import generator
from adgan_bench.networks.transunet import TransUNet
from adgan_bench.networks.unet import UNet

BACKGROUND, BOUNDARY, INTERIOR = range(3)
BOUNDARY_WIDTH_PIXELS = 2.0
"""Width of the boundary in working pixels; a nucleus has a radius of about 11."""
HALVINGS = 3
"""Number of halvings of the networks."""

Loss = Callable[[Tensor, Tensor], Tensor]
"""Maps logits ``B C (Z) Y X`` and classes ``B (Z) Y X`` to a loss."""


@dataclass(frozen=True)
class Example:
    """An image in [-1, 1] and its classes (int64), both ``(Z) Y X`` at the working scale."""

    image: np.ndarray
    classes: np.ndarray


@dataclass(frozen=True)
class Learner:
    """A network that learns from pairs.

    Parameters
    ----------
    make
        Creates the network from the number of axes, the width, and the side of a crop.
    loss
        The loss to minimise.
    whole
        True if an image is segmented as a whole, False for tiles of the size of a crop.
    rate
        Learning rate.
    """

    make: Callable[[int, int, int], nn.Module]
    loss: Loss
    whole: bool = True
    rate: float = 3e-3


def soft_dice(foreground: Tensor, truth: Tensor) -> Tensor:
    """Return ``1 - 2 sum(p t) / (sum(p) + sum(t))``, with 1 added to both sides of the fraction."""
    overlap = (foreground * truth).sum()
    return 1 - (2 * overlap + 1) / (foreground.sum() + truth.sum() + 1)


def half_dice(logits: Tensor, classes: Tensor) -> Tensor:
    """Return TransUNet's loss, .5 CE + .5 Dice, where Dice is a mean over classes."""
    shares = logits.softmax(1)
    dice = [soft_dice(shares[:, k], (classes == k).float()) for k in range(logits.shape[1])]
    return (F.cross_entropy(logits, classes) + torch.stack(dice).mean()) / 2


def bce_dice(logits: Tensor, classes: Tensor) -> Tensor:
    """Return DeepSynth's loss on the foreground, 10 BCE + Dice."""
    truth = (classes != BACKGROUND).float()
    binary = F.binary_cross_entropy_with_logits(logits[:, 0], truth)
    return 10 * binary + soft_dice(logits[:, 0].sigmoid(), truth)


UNET = Learner(lambda ndim, width, side: UNet(ndim, 3, width, HALVINGS), F.cross_entropy)
TRANSUNET = Learner(
    lambda ndim, width, side: TransUNet(ndim, 3, width, side, HALVINGS),
    half_dice,
    whole=False,
    rate=1e-3,
)
DEEPSYNTH = Learner(lambda ndim, width, side: UNet(ndim, 1, width, HALVINGS), bce_dice)


def classes_of(labels: np.ndarray) -> np.ndarray:
    """Return the classes of a label map, background, boundary and interior, int64."""
    depth = edt.edt(labels, black_border=False)
    return np.where(
        labels == 0, BACKGROUND, np.where(depth <= BOUNDARY_WIDTH_PIXELS, BOUNDARY, INTERIOR)
    )


def draw(
    examples: Sequence[Example], crop: Sequence[int], batch: int, seed: int, step: int
) -> tuple[Tensor, Tensor]:
    """Return a batch of crops ``B 1 (Z) Y X`` and their classes ``B (Z) Y X``.

    An image and its classes are cropped and flipped by the same random draws.
    """
    pairs = []
    for item in range(batch):
        chosen = examples[int(generator(seed, "example", step, item).integers(len(examples)))]
        pair = []
        for array in (chosen.image, chosen.classes):
            rng = generator(seed, "crop", step, item)
            pair.append(random_symmetry(rng, random_crop(rng, array, crop)))
        pairs.append(pair)
    images, classes = (np.stack(arrays) for arrays in zip(*pairs, strict=True))
    return torch.from_numpy(images[:, None]), torch.from_numpy(classes)


def parameters(network: nn.Module) -> int:
    """Return the number of parameters of a network."""
    return sum(p.numel() for p in network.parameters())


def make_network(learner: Learner, ndim: int, side: int, goal: int, seed: int) -> nn.Module:
    """Return the narrowest network of a kind with at least `goal` parameters."""
    # torch draws initial weights from its global generator, whose state is restored afterwards.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        wide = (learner.make(ndim, width, side) for width in count(1))
        return next(network for network in wide if parameters(network) >= goal)


@torch.inference_mode()
def probabilities(
    network: nn.Module, image: np.ndarray, tile: Sequence[int] | None = None
) -> np.ndarray:
    """Return class probabilities ``C (Z) Y X``.

    A network with one output channel gives the foreground probability.

    Parameters
    ----------
    network
        Network in evaluation mode, on its device.
    image
        ``(Z) Y X`` in [-1, 1].
    tile
        Sides of a tile (default: the whole image at once).
    """
    if tile is None:
        return _passed(network, image)
    padded = np.pad(
        image,
        [(0, max(t - n, -n % 2**HALVINGS)) for n, t in zip(image.shape, tile, strict=True)],
        mode="symmetric",
    )
    overlap = tuple(side // 2 for side in tile)
    tiles = plan_tiles(padded.shape, tuple(tile), overlap, 2**HALVINGS)
    made = [(part, _passed(network, padded[part.window])) for part in tiles]
    channels = len(made[0][1])
    stitched = [
        stitch(padded.shape, iter([(part, pixels[k]) for part, pixels in made]), overlap)
        for k in range(channels)
    ]
    return np.stack(stitched)[(slice(None), *(slice(n) for n in image.shape))]


def _passed(network: nn.Module, image: np.ndarray) -> np.ndarray:
    device = next(network.parameters()).device
    short = [(0, -n % 2**HALVINGS) for n in image.shape]
    x = torch.from_numpy(np.pad(image, short, mode="symmetric"))[None, None].to(device)
    y = network(x)
    shares = y.sigmoid() if y.shape[1] == 1 else y.softmax(dim=1)
    return shares[0].cpu().numpy()[(slice(None), *(slice(n) for n in image.shape))]
