"""Explicit random generators, each derived from a seed and a purpose."""

import zlib

import numpy as np


def generator(seed: int, *purpose: int | str) -> np.random.Generator:
    """Return the random generator for one purpose of a seeded run.

    Equal arguments give equal streams; different purposes give independent ones. A training step
    draws from ``generator(seed, "batch", step)``, so a resumed run needs no stored random state to
    continue exactly like an uninterrupted one.

    Parameters
    ----------
    seed
        The run's seed, not negative.
    *purpose
        Words and whole numbers that identify the purpose.
    """
    words = [zlib.crc32(p.encode()) if isinstance(p, str) else p for p in purpose]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))
