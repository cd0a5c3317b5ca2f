"""What each process takes of a batch, and the samples of all processes together."""

import torch
from lightning_fabric import Fabric
from torch import Tensor, distributed


def share(fabric: Fabric, batch: Tensor) -> Tensor:
    """Return what this process takes of ``2B 1 (Z) Y X``: so many images, and so many masks."""
    return torch.cat([part_of(fabric, half) for half in batch.split(len(batch) // 2)])


def part_of(fabric: Fabric, samples: Tensor) -> Tensor:
    """Return what this process takes of samples of one domain, ``B 1 (Z) Y X``."""
    return samples.chunk(fabric.world_size)[fabric.global_rank]


def whole(fabric: Fabric, part: Tensor) -> Tensor:
    """Return the samples of one domain of all processes, in the order of the batch.

    Gradients are those of the whole batch once they are averaged over the processes.
    """
    number, own = fabric.world_size, part.detach().contiguous()
    if number == 1:
        return part
    parts = [torch.empty_like(own) for _ in range(number)]
    distributed.all_gather(parts, own)
    # Gradients reach the process's own samples alone, and are then averaged over the processes:
    # so many times as large, the average is their sum.
    parts[fabric.global_rank] = own + number * (part - own)
    return torch.cat(parts)
