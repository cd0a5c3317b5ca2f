"""Initial weights drawn from a seed, with the distributions of the released experiments."""

from typing import TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def initialise(module: Network, seed: int, std: float | None = None) -> Network:
    """Draw weights in place from a random generator of their own; biases become 0.

    Parameters
    ----------
    module
        Any network of this package.
    seed
        Random seed; the global random state is neither read nor changed.
    std
        Standard deviation of the normal distribution (0.02 for the discriminator). When None,
        Kaiming's fan-in rule is used (encoder, decoder and style).

    Returns
    -------
    torch.nn.Module
        The module itself.
    """
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in module.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
        elif std is None:
            nn.init.kaiming_normal_(parameter, generator=generator)
        else:
            nn.init.normal_(parameter, 0.0, std, generator=generator)
    return module
