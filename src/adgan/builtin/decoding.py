"""Parameters that turn the maps of the built-in model into nuclei."""

from dataclasses import dataclass

from adgan.instances.votes import Voting


@dataclass(frozen=True)
class Decoding:
    """Parameters that turn the maps of the built-in model into nuclei.

    Parameters
    ----------
    voting
        How the votes of pixels become nuclei.
    outline
        Foreground probability at which nuclei end. That of images is lower than the one from which
        pixels vote: annotators outline nuclei a little wide, and more pixels would not vote
        better.
    confidence_min
        Smallest confidence, the probability of being correct, at which a nucleus is kept. F1 is
        highest if this threshold is half of the F1 that results (Lipton et al. 2014,
        arXiv:1402.1892), which is lower in volumes; SEG is highest if all nuclei are kept.
    stability_scale
        Scale of the second, coarser pass that measures how stable the nuclei are, relative to the
        working scale.
    """

    voting: Voting = Voting()
    outline: float = 0.35
    confidence_min: float = 0.4
    stability_scale: float = 0.7


DECODING = {
    2: Decoding(Voting(smoothing=0.2, fine=1.1)),
    3: Decoding(Voting(foreground=0.4), confidence_min=0.35),
}
"""Parameters by number of axes. The network for volumes learnt boundaries at half of the blurred
intensity, and annotators include more of the blur; its foreground threshold is therefore lower."""

DECODING_ALONE = {2: DECODING[2], 3: Decoding(Voting(foreground=0.3), outline=0.25)}
"""The same for a network without that for planes, see :attr:`adgan.builtin.network.Network.alone`:
other programs run it so. Planes raise the probabilities of volumes."""
