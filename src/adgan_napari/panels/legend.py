"""The legend for the colours of nuclei."""

from qtpy.QtWidgets import QLabel

from adgan.report.colours import css
from adgan.report.trust import BANDS, LIMITS
from adgan_napari.review import REVIEWED_COLOUR


def legend() -> QLabel:
    """Return the legend as a line of coloured words."""
    low, high = LIMITS
    words = [f"&lt;&nbsp;{low:g}", f"&lt;&nbsp;{high:g}", f"≥&nbsp;{high:g}"]
    colours = [colour for colour, _ in BANDS.values()]
    parts = [
        f'<span style="color:{css(colour)}">■</span>&nbsp;{word}'
        for colour, word in zip([*colours, REVIEWED_COLOUR], [*words, "reviewed"], strict=True)
    ]
    label = QLabel("Confidence: " + " &nbsp;".join(parts))
    label.setWordWrap(True)
    return label
