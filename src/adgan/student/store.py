"""Load the weights of a student from a file that need not be trusted."""

import copy
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from adgan.builtin.network import Network, builtin_network
from adgan.errors import AdganError


def load_student(path: Path, rank: int) -> Network:
    """Load a student for images (`rank` 2) or volumes (`rank` 3).

    Raises
    ------
    AdganError
        If the file is damaged, or does not hold the weights of a student.
    """
    network = builtin_network(rank)
    try:
        weights = load_file(path)
    except (SafetensorError, OSError) as error:
        raise AdganError(f"{path} is damaged ({error}): train again or restore it") from error
    wanted = {name: tuple(w.shape) for name, w in network.module.state_dict().items()}
    found = {name: tuple(w.shape) for name, w in weights.items()}
    if found != wanted or not all(torch.isfinite(w.float()).all() for w in weights.values()):
        raise AdganError(
            f"{path} is damaged or does not hold a student's weights: train again or restore it"
        )
    module = copy.deepcopy(network.module)
    module.load_state_dict({name: weight.float() for name, weight in weights.items()})
    return replace(network, module=module)
