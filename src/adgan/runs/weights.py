"""Load the weights of a run, with checks before they are used."""

import copy
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from adgan.builtin.network import Network, builtin_network
from adgan.errors import AdganError
from adgan.models.build import shapes_of
from adgan.recipe.recipe import Recipe
from adgan.runs import RECIPE
from adgan.runs.tensors import load_tensors


def check_shapes(path: Path, recipe: Recipe) -> None:
    """Refuse weights that do not match a recipe's generator, from the header of the file alone.

    No memory is allocated before this check: an untrusted recipe may request a network of any size.

    Parameters
    ----------
    path
        The file of weights.
    recipe
        The settings in the same folder.

    Raises
    ------
    AdganError
        If the file is damaged, or names or shapes differ.
    """
    try:
        with safe_open(path, "pt") as file:
            found = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise AdganError(f"{path} is damaged ({error}): train again or restore it") from error
    if found != shapes_of(recipe):
        raise _misfit(path)


def check_numbers(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Refuse weights with NaN, infinity, or a layer of zeros, whose masks would be empty.

    Parameters
    ----------
    path
        The file they come from.
    weights
        Tensors by name.

    Raises
    ------
    AdganError
        If a layer is refused; names it.
    """
    for name, tensor in weights.items():
        # Biases may be zero, as they are initially.
        low, high = (float(end) for end in torch.aminmax(tensor)) if tensor.numel() else (1.0, 1.0)
        if not (math.isfinite(low) and math.isfinite(high)):
            what = "NaN or infinite"
        elif tensor.ndim > 1 and low == high == 0:
            what = "all zero"
        else:
            continue
        raise AdganError(f"{path}: the weights {name} are {what}: train again or restore the file")


def load_weights(path: Path, recipe: Recipe) -> dict[str, Tensor]:
    """Read the weights of a recipe's generator.

    Raises
    ------
    AdganError
        If the file is missing or damaged, does not match the recipe, or has invalid numbers.
    """
    if path.is_file():
        check_shapes(path, recipe)
    weights = load_tensors(path)
    check_numbers(path, weights)
    return weights


def assign(module: nn.Module, tensors: dict[str, Tensor], path: Path) -> None:
    """Fill a network's parameters from a file's tensors.

    Raises
    ------
    AdganError
        If names or shapes do not fit the recipe beside the file.
    """
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        raise _misfit(path) from error


def _misfit(path: Path) -> AdganError:
    return AdganError(
        f"{path} does not fit the {RECIPE} beside it: restore the pair, or train again"
    )


def load_student(path: Path, ndim: int) -> Network:
    """Load a student for images (`ndim` 2) or volumes (`ndim` 3).

    Raises
    ------
    AdganError
        If the file is missing or damaged, or does not hold the weights of a student.
    """
    network = builtin_network(ndim)
    weights = load_tensors(path)
    wanted = {name: tuple(w.shape) for name, w in network.module.state_dict().items()}
    found = {name: tuple(w.shape) for name, w in weights.items()}
    if found != wanted or not all(torch.isfinite(w.float()).all() for w in weights.values()):
        raise AdganError(
            f"{path} is damaged or does not hold a student's weights: train again or restore it"
        )
    module = copy.deepcopy(network.module)
    module.load_state_dict({name: weight.float() for name, weight in weights.items()})
    return replace(network, module=module)
