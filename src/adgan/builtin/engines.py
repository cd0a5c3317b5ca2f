"""Inference engines for the built-in model: callables from an image to the network's outputs.

torch is always available. ONNX Runtime and OpenVINO compute the same on the CPU, OpenVINO in less
time; they take the network from memory, with whatever weights it has.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from adgan.builtin.targets import HEADS
from adgan.nn.convert import EXTRA, INPUT, to_onnx, to_openvino
from adgan.system.device import Precision, in_bfloat16
from adgan.system.extras import need

EngineName = Literal["torch", "onnx", "openvino"]
Engine = Callable[[np.ndarray], np.ndarray]
"""Maps float32 ``(Z) Y X``, with sides that are multiples of the stride, to ``C (Z) Y X``."""
PROBABILITIES = ("foreground", "contact")
"""Output channels that the network returns as logits."""


class Heads(nn.Module):
    """A network whose outputs are the channels of :class:`adgan.instances.votes.Maps`.

    Parameters
    ----------
    network
        Maps ``B 1 (Z) Y X`` to ``B C (Z) Y X`` and returns probabilities as logits.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B 1 (Z) Y X`` to ``B C (Z) Y X``."""
        y = self.network(x)
        parts = [
            y[:, n : n + 1].sigmoid() if name in PROBABILITIES else y[:, n : n + 1]
            for n, name in enumerate(HEADS)
        ]
        return torch.cat([*parts, y[:, len(HEADS) :]], 1)


class OnnxEngine:
    """A network in ONNX Runtime.

    Parameters
    ----------
    model
        Content of an ONNX file that maps ``B 1 (Z) Y X`` to ``B C (Z) Y X``.

    Raises
    ------
    AdganError
        If onnxruntime is not installed.
    """

    def __init__(self, model: bytes):
        runtime = need("onnxruntime", EXTRA, "the engine onnx")
        self._model = model
        options = runtime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        self._session = runtime.InferenceSession(model, options, ["CPUExecutionProvider"])

    def __call__(self, part: np.ndarray) -> np.ndarray:
        """Return the outputs for a part of an image."""
        heads: np.ndarray = self._session.run(None, {INPUT: part[None, None]})[0][0]
        return heads

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the content of the file, as a session cannot be pickled."""
        return type(self), (self._model,)


class OpenVinoEngine:
    """A network in OpenVINO.

    Parameters
    ----------
    model
        An ``openvino.Model`` that maps ``B 1 (Z) Y X`` to ``B C (Z) Y X``, or a compiled one as
        bytes, as pickling writes it.
    few
        Multiply with 16 bits, see :func:`adgan.system.device.in_bfloat16`.

    Raises
    ------
    AdganError
        If openvino is not installed.
    """

    def __init__(self, model: Any, few: bool = False):
        openvino = need("openvino", EXTRA, "the engine openvino")
        self._few = few
        settings = {
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "INFERENCE_PRECISION_HINT": "bf16" if few else "f32",
            "PERFORMANCE_HINT": "LATENCY",
        }
        make = (
            openvino.Core().import_model
            if isinstance(model, bytes)
            else (openvino.Core().compile_model)
        )
        self._compiled = make(model, "CPU", settings)

    def __call__(self, part: np.ndarray) -> np.ndarray:
        """Return the outputs for a part of an image."""
        return np.array(self._compiled(part[None, None])[0][0])

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the compiled model as bytes."""
        return type(self), (self._compiled.export_model().getvalue(), self._few)


def make_engine(
    name: Literal["onnx", "openvino"],
    network: nn.Module,
    ndim: int,
    step: int,
    precision: Precision = "float32",
) -> Engine:
    """Return an engine that runs a network.

    Parameters
    ----------
    name
        Name of the engine.
    network
        The network; it returns probabilities as logits.
    ndim, step
        See :func:`adgan.nn.convert.to_onnx`.
    precision
        Precision of OpenVINO; ONNX Runtime always computes with 32 bits.

    Raises
    ------
    AdganError
        If a library that the engine needs is not installed.
    """
    heads = Heads(deepcopy(network).cpu()).eval()
    if name == "onnx":
        return OnnxEngine(to_onnx(heads, ndim, step).SerializeToString())
    return OpenVinoEngine(
        to_openvino(heads, ndim, step), in_bfloat16(torch.device("cpu"), precision)
    )
