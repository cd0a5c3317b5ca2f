"""How the maps of the built-in model become nuclei, in numbers."""

from dataclasses import dataclass

from adgan.instances.votes import Voting


@dataclass(frozen=True)
class Decoding:
    """How the maps of the built-in model become nuclei.

    Parameters
    ----------
    voting
        How the votes of pixels become nuclei.
    chance
        Probability of being right below which a nucleus is left out. Keeping those above half of
        the F1 that they lead to gives the best F1 (Lipton et al. 2014, arXiv:1402.1892); SEG
        favours keeping all.
    coarser
        Working scale of the second pass that tells how steady the nuclei are, relative to that of
        the first.
    """

    voting: Voting = Voting()
    chance: float = 0.4
    coarser: float = 0.7


DECODING = {2: Decoding(), 3: Decoding(Voting(foreground=0.3))}
"""By number of axes. The network for volumes learnt where nuclei end and not where their blur does;
people outline some of the blur, too."""
