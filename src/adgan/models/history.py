"""Past translations that are shown to the discriminator again (Shrivastava et al. 2017)."""

import numpy as np
import torch
from torch import Tensor


class History:
    """A pool of up to `size` past translations of one domain.

    Parameters
    ----------
    size
        Size of the pool (50 in the released experiments); 0 passes everything through.
    """

    def __init__(self, size: int):
        self.size = size
        self.pool: list[Tensor] = []

    def exchange(self, rng: np.random.Generator, batch: Tensor) -> Tensor:
        """Return `batch` with about half of its samples exchanged for earlier ones.

        Parameters
        ----------
        rng
            Random generator.
        batch
            ``B 1 (Z) Y X``, detached; its samples enter the pool.
        """
        if not self.size:
            return batch
        out = []
        for sample in batch:
            if len(self.pool) < self.size:
                self.pool.append(sample)
            elif rng.random() < 0.5:
                k = int(rng.integers(self.size))
                self.pool[k], sample = sample, self.pool[k]
            out.append(sample)
        return torch.stack(out)

    def state(self) -> Tensor | None:
        """Return the pool as one tensor, or None if it is empty."""
        return torch.stack(self.pool) if self.pool else None

    def restore(self, pool: Tensor | None) -> None:
        """Restore the pool from :meth:`state`."""
        self.pool = [] if pool is None else list(pool)
