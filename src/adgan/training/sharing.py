"""Split a batch between processes, and gather the samples of all processes."""

import torch
from lightning_fabric import Fabric
from torch import Tensor, distributed


def share(fabric: Fabric, batch: Tensor) -> Tensor:
    """Return the images and masks of a batch ``2B 1 (Z) Y X`` that this process takes."""
    return torch.cat([part_of(fabric, half) for half in batch.split(len(batch) // 2)])


def part_of(fabric: Fabric, samples: Tensor) -> Tensor:
    """Return the samples of one domain, of ``B 1 (Z) Y X``, that this process takes."""
    return samples.chunk(fabric.world_size)[fabric.global_rank]


def whole(fabric: Fabric, part: Tensor) -> Tensor:
    """Return the samples of one domain from all processes, in the order of the batch.

    After averaging over the processes, gradients are those of the whole batch.
    """
    number, own = fabric.world_size, part.detach().contiguous()
    if number == 1:
        return part
    parts = [torch.empty_like(own) for _ in range(number)]
    distributed.all_gather(parts, own)
    # Gradients reach only this process's own samples and are then averaged over the processes.
    # Multiplied by the number of processes, their average is the sum.
    parts[fabric.global_rank] = own + number * (part - own)
    return torch.cat(parts)
