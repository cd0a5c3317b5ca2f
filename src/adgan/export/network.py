"""Export of the built-in network, or of one with the same architecture and other weights."""

from copy import deepcopy

from torch import Tensor, nn

from adgan.builtin.decoding import DECODING_ALONE
from adgan.builtin.engines import Heads
from adgan.builtin.network import Network
from adgan.builtin.settings import NORMALISATION, TARGETS, WORKING_SCALE, NormalisationSettings
from adgan.export.subject import Steps, Subject, simulated


class Lit(nn.Module):
    """A built-in network with the last step of intensity normalisation and final activations.

    Parameters
    ----------
    network
        The module of a :class:`adgan.builtin.network.Network`.
    how
        Settings of the normalisation.
    """

    def __init__(self, network: nn.Module, how: NormalisationSettings):
        super().__init__()
        self.heads, self.how = Heads(network), how

    def forward(self, x: Tensor) -> Tensor:
        """Map ``B 1 (Z) Y X``, with percentiles mapped to 0 and 1, to ``B C (Z) Y X``."""
        how = self.how
        y: Tensor = self.heads((x.clamp(0.0, how.clip) ** how.gamma - how.shift) / how.scale)
        return y


def of_network(network: Network, name: str) -> Subject:
    """Return the export of a network with the built-in architecture.

    Parameters
    ----------
    network
        The network with its weights.
    name
        Name of the exported model.
    """
    ndim, decoding = network.ndim, DECODING_ALONE[network.ndim]
    voting, how = decoding.voting, NORMALISATION[ndim]
    axes, pixels = "ZYX"[-ndim:], TARGETS[ndim].unit
    aims = {f"offset_{a.lower()}": f"offset to the centre of the nucleus along {a}" for a in axes}
    unit = f"in units of {pixels:g} pixels"
    before: Steps = (
        (
            "Rescale the image so that the median diameter of its nuclei is this many pixels; "
            "smooth it first if it is reduced.",
            {"diameter": WORKING_SCALE[ndim].diameter},
        ),
        ("Invert the intensities if nuclei are dark.", {}),
        (
            "Map these percentiles of the intensities to 0 and 1, without clipping; if the image "
            "is much larger than the neighbourhood, in pixels, measure them locally. Ignore "
            "constant regions, such as padding.",
            {"percentiles": how.percentiles, "neighbourhood": how.side},
        ),
        (
            "Pad the image by reflection until its sides are multiples of this many pixels.",
            {"multiple": network.stride},
        ),
    )
    after: Steps = (
        (
            "Every pixel whose foreground reaches the threshold votes for the position to which "
            "its offsets point. Its vote has the weight 1 / (pi r^2), or 3 / (4 pi r^3) in "
            "volumes, with r = unit * 2^size, so that the votes of one nucleus add up to about 1.",
            {"foreground": voting.foreground, "unit": pixels},
        ),
        (
            "Smooth the votes by a Gaussian with a standard deviation of smoothing * unit pixels, "
            "scale them so that one position with a total vote of 1 has height 1, and take the "
            "square root. Peaks that rise above their surroundings by at least the dip and reach "
            "the support are nuclei. A pixel belongs to the peak uphill from its vote.",
            {"smoothing": voting.smoothing, "dip": voting.dip, "support": voting.support},
        ),
        (
            "Remove connected components smaller than this fraction of a disc (in volumes, a ball) "
            "of radius unit.",
            {"least": voting.least},
        ),
        (
            "adgan also removes nuclei whose probability to be correct, computed from these maps "
            "with the coefficients in doubt.json of its package, is lower than this.",
            {"chance": decoding.confidence_min},
        ),
    )
    return Subject(
        Lit(deepcopy(network.module).cpu(), how).eval(),
        ndim,
        network.stride,
        max(WORKING_SCALE[ndim].side, network.stride),
        name,
        "A residual U-Net of plain convolutions that predicts for each pixel of a fluorescence "
        "image whether it is in a nucleus, and where the centre of that nucleus is.",
        "intensities with the two percentiles at 0 and 1; the network clips them and takes the "
        "square root itself",
        {
            "foreground": "probability of being in a nucleus, 0 to 1",
            "depth": "distance to the boundary of the nucleus over its maximum, about 0 to 1",
            "contact": "probability of being where two nuclei touch, 0 to 1",
            "size": f"base-2 logarithm of the radius of the nucleus {unit}",
            **{name: f"{text}, {unit}" for name, text in aims.items()},
        },
        before,
        after,
        simulated(ndim, network.stride),
        how.percentiles,
    )
