"""A convolution, the sum after it and the ReLU after that, in one pass over memory."""

from typing import Any, cast

import torch
from torch import Tensor, nn

# torch.compile calls these as well; the public way to them needs a compiler on the user's machine.
_ONEDNN: Any = torch.ops.mkldnn


def convolve_relu(convolution: nn.Module, x: Tensor, onto: Tensor | None = None) -> Tensor:
    """Return ``relu(convolution(x) + onto)``.

    A trained network spends a third of its time reading and writing maps between convolutions. On
    processors with oneDNN, the sum and the ReLU are done while the convolution writes its result.

    Parameters
    ----------
    convolution
        Convolution with zero padding.
    x
        ``B C (Z) Y X``.
    onto
        Summand of the shape of the result (default 0); the result may overwrite it.
    """
    if not _in_one_pass(x) or (onto is not None and not _channels_last(x, onto)):
        y: Tensor = convolution(x)
        return (y if onto is None else y.add_(onto)).relu_()
    conv = cast("nn.Conv2d | nn.Conv3d", convolution)
    assert conv.bias is not None
    cpu = torch.is_autocast_enabled("cpu")
    kind = torch.get_autocast_dtype("cpu") if cpu else x.dtype
    weight, bias = conv.weight.to(kind), conv.bias.to(kind)
    how = (conv.padding, conv.stride, conv.dilation, conv.groups)
    if onto is None:
        done = _ONEDNN._convolution_pointwise(x.to(kind), weight, bias, *how, "relu", [], "")
    else:
        sums = _ONEDNN._convolution_pointwise_.binary
        done = sums(onto, x.to(kind), weight, bias, *how, "add", 1.0, "relu", [], "")
    return cast(Tensor, done)


def _channels_last(*maps: Tensor) -> bool:
    """Return True if all maps have channels last; the fused sum supports no other order."""
    order = torch.channels_last if maps[0].ndim == 4 else torch.channels_last_3d
    return all(part.is_contiguous(memory_format=order) for part in maps)


def _in_one_pass(x: Tensor) -> bool:
    return (
        torch.is_inference_mode_enabled()
        and x.device.type == "cpu"
        and torch.backends.mkldnn.is_available()
        and hasattr(_ONEDNN, "_convolution_pointwise")
        and hasattr(_ONEDNN, "_convolution_pointwise_")
    )
