"""The interface of a trained network that translates images or masks."""

from collections.abc import Iterator
from typing import Protocol

from torch import Tensor, nn

from adgan.nn.adain import Norm, adain


class Translator(Protocol):
    """A trained network that translates between images and masks."""

    @property
    def width(self) -> int:
        """Channels of the largest feature map."""

    def translate(self, x: Tensor, source: int, norm: Norm = adain) -> Tensor:
        """Map ``B 1 (Z) Y X`` of domain `source`, ``IMAGE`` or ``MASK``, to the other one."""

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]:
        """Yield the parameters, like every :class:`torch.nn.Module`."""
