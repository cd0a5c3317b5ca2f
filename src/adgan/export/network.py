"""The built-in network, or one of its kind with other weights, as it is handed on."""

from copy import deepcopy

from torch import Tensor, nn

from adgan.builtin.decoding import DECODING
from adgan.builtin.engines import Heads
from adgan.builtin.light import BLOCK, HIGHEST, PERCENTILES, POWER, SCALE, SHIFT
from adgan.builtin.network import Network
from adgan.builtin.reading import WORKING
from adgan.builtin.resample import LEAST
from adgan.builtin.targets import UNIT
from adgan.export.subject import Steps, Subject, simulated


class Lit(nn.Module):
    """A network of the built-in kind with the last step of its light, and heads as they are used.

    Parameters
    ----------
    network
        As :class:`adgan.builtin.network.Network` holds it.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.heads = Heads(network)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B 1 (Z) Y X``, levels brought to 0 and 1, to ``B C (Z) Y X``."""
        y: Tensor = self.heads((x.clamp(0.0, HIGHEST) ** POWER - SHIFT) / SCALE)
        return y


def of_network(network: Network, name: str) -> Subject:
    """Return what is handed on of a network of the built-in kind, with whatever weights.

    Parameters
    ----------
    network
        With its weights.
    name
        What to call it.
    """
    rank, decoding = network.rank, DECODING[network.rank]
    voting = decoding.voting
    axes, pixels = "ZYX"[-rank:], UNIT[rank]
    aims = {f"offset_{a.lower()}": f"way to the middle of the nucleus along {a}" for a in axes}
    unit = f"in units of {pixels:g} pixels"
    before: Steps = (
        (
            "Bring the image to the size at which the median diameter of its nuclei is this many "
            "pixels, with smoothing where it shrinks.",
            {"diameter": WORKING[rank]},
        ),
        ("Turn the intensities of an image of dark nuclei about.", {}),
        (
            "Bring these percentiles of its intensities to 0 and 1, in neighbourhoods of about so "
            "many pixels where it is much larger, without clipping. Pixels that never change, such "
            "as padding, do not count.",
            {"percentiles": PERCENTILES, "neighbourhood": BLOCK[rank]},
        ),
        (
            "Continue it by reflection until its sides are multiples of this many pixels.",
            {"multiple": network.stride},
        ),
    )
    after: Steps = (
        (
            "Every pixel whose foreground reaches the threshold votes for the place that its "
            "offsets point to. Its vote weighs 1 / (pi r^2) (in volumes 3 / (4 pi r^3)) with "
            "r = unit * 2^size, so that the votes of one nucleus add up to about 1.",
            {"foreground": voting.foreground, "unit": pixels},
        ),
        (
            "Votes are smoothed by a Gaussian of smoothing * unit pixels and scaled so that a "
            "single place with one whole vote has height 1; of these heights the square root is "
            "taken. Peaks that rise above their surroundings by the dip are nuclei, those lower "
            "than the support are none. A pixel belongs to the peak uphill from where it voted.",
            {"smoothing": voting.smoothing, "dip": voting.dip, "support": voting.support},
        ),
        (
            "Connected pieces smaller than this share of a disc (or ball) of radius unit go.",
            {"least": voting.least},
        ),
        (
            "adgan also leaves out nuclei whose chance to be right, which it tells from these "
            "maps by the coefficients in doubt.json of its package, is lower than this.",
            {"chance": decoding.chance},
        ),
    )
    return Subject(
        Lit(deepcopy(network.module).cpu()).eval(),
        rank,
        network.stride,
        max(LEAST[rank], network.stride),
        name,
        "A residual U-Net of plain convolutions that tells of each pixel of a fluorescence image "
        "whether it lies in a nucleus, and where the middle of that nucleus lies.",
        "intensities, 0 and 1 at the two levels; the network clips and takes the root itself",
        {
            "foreground": "probability of lying in a nucleus, 0 to 1",
            "depth": "distance to the rim of the nucleus over its own largest, about 0 to 1",
            "contact": "probability of lying where two nuclei meet, 0 to 1",
            "size": f"logarithm to base 2 of the radius of the nucleus {unit}",
            **{name: f"{text}, {unit}" for name, text in aims.items()},
        },
        before,
        after,
        simulated(rank, network.stride),
        PERCENTILES,
    )
