"""How images are read from files."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

Scene = int | Literal["all"] | None
"""Which of the images in one file, such as positions of a stage; None where there is but one."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How images are read from files; what is left open is read from each file.

    Attributes
    ----------
    channel
        Nuclear channel, counted from 0. Files of several channels need one.
    frames
        Whether time series are read as separate images, and so are unnamed pages.
    stack
        Whether the 2D images of a folder are the slices of one volume.
    axes
        A letter per axis, such as ``TZCYX``.
    scene
        Which image of a file that holds several, counted from 0, or ``"all"``.
    spacing
        Pixel size in micrometres, ``(Z) Y X``.
    include, exclude
        Patterns that file names must or must not match, see :func:`adgan.io.find.find_named`.
    """

    channel: int | None = None
    frames: bool = False
    stack: bool = False
    axes: str | None = None
    scene: Scene = None
    spacing: tuple[float, ...] | None = None
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def over(self, usual: "ReadOptions") -> "ReadOptions":
        """Return other options, replaced by these wherever these say something."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        said = {f.name for f in fields(self) if given[f.name] != f.default}
        return replace(usual, **{name: given[name] for name in said})


AS_STORED = ReadOptions()
"""Everything is read from the files."""
