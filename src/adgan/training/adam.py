"""The state of the Adam optimiser as named tensors."""

from torch import Tensor
from torch.optim import Optimizer

MOMENTS = ("exp_avg", "exp_avg_sq")
"""The tensors that Adam keeps for each parameter, besides its step count."""


def flatten(prefix: str, optimiser: Optimizer) -> dict[str, Tensor]:
    """Return Adam's moments and step counts as named tensors."""
    state = optimiser.state_dict()["state"]
    return {
        f"{prefix}.{index}.{name}": tensor
        for index, moments in state.items()
        for name, tensor in moments.items()
    }


def unflatten(tensors: dict[str, Tensor], optimiser: Optimizer) -> None:
    """Restore the state from :func:`flatten`; raises `ValueError` if it is of other parameters."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        index, name = key.split(".")
        state.setdefault(int(index), {})[name] = tensor
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    for number, moments in state.items():
        shape = parameters[number].shape
        if moments["step"].numel() != 1 or any(moments[m].shape != shape for m in MOMENTS):
            raise ValueError("the optimiser's moments belong to other parameters")
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
