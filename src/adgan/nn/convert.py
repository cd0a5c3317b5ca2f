"""Convert networks of plain layers to the formats of other programs.

A network maps ``B 1 (Z) Y X`` to ``B C (Z) Y X``. The converted one takes a batch of any size, with
sides that are any multiples of its stride.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from adgan.system.extras import need

INPUT, OUTPUT = "image", "maps"
"""Names of the input and of the output."""
EXAMPLE_SIDE_STRIDES = {2: 5, 3: 3}
"""Side of the example input that conversion traces, in strides, by number of axes."""
EXTRA = "export"
"""The extra of the package that installs the libraries."""


def example(ndim: int, step: int) -> Tensor:
    """Return an input to trace a network with; its sides differ, so that no two are mixed up."""
    sides = [step * (EXAMPLE_SIDE_STRIDES[ndim] + axis) for axis in range(ndim)]
    return torch.randn(2, 1, *sides, generator=torch.Generator().manual_seed(0))


def to_onnx(network: nn.Module, ndim: int, step: int) -> Any:
    """Return a network as an ``onnx.ModelProto``.

    Parameters
    ----------
    network
        The network, in evaluation mode, on the CPU.
    ndim
        Number of axes, 2 or 3.
    step
        Stride of the network: sides of its input are multiples of it.

    Raises
    ------
    AdganError
        If onnx or onnxscript is not installed.
    """
    for module in ("onnx", "onnxscript"):
        need(module, EXTRA, "ONNX")
    sides = {2 + axis: step * torch.export.Dim("ZYX"[axis - ndim]) for axis in range(ndim)}
    with _quiet(), torch.no_grad():
        program = torch.onnx.export(
            network,
            (example(ndim, step),),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: torch.export.Dim("B")} | sides,),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    return program.model_proto


def to_openvino(network: nn.Module, ndim: int, step: int) -> Any:
    """Return a network as an ``openvino.Model``; for parameters and errors see :func:`to_onnx`."""
    openvino = need("openvino", EXTRA, "OpenVINO")
    with _quiet(), torch.no_grad():
        model = openvino.convert_model(
            network,
            example_input=example(ndim, step),
            input=[openvino.PartialShape([-1, 1, *(-1,) * ndim])],
        )
    model.inputs[0].get_tensor().set_names({INPUT})
    model.outputs[0].get_tensor().set_names({OUTPUT})
    return model


def to_torchscript(network: nn.Module, ndim: int, step: int) -> torch.jit.ScriptModule:
    """Return a network as TorchScript with its weights; for parameters see :func:`to_onnx`."""
    with _quiet(), torch.no_grad():
        traced = torch.jit.trace(network, example(ndim, step))
        return torch.jit.freeze(traced)


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the converters' warnings about deprecations and about torchvision."""
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)
