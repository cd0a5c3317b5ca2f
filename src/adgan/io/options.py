"""Options for reading images from files."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

Scene = int | Literal["all"] | None
"""Which image of a file with several, such as stage positions; None if there is only one."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """Options for reading images; values that are not given are read from each file.

    Attributes
    ----------
    channel
        Nuclear channel, counted from 0; required for files with several channels.
    frames
        If True, read time series, and unnamed pages, as separate images.
    stack
        If True, the 2D images of a folder are the slices of one volume.
    axes
        One letter per axis, such as ``TZCYX``.
    scene
        Index of the image in a file with several, counted from 0, or ``"all"``.
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
        """Return `usual` with every option replaced that is given here."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        said = {f.name for f in fields(self) if given[f.name] != f.default}
        return replace(usual, **{name: given[name] for name in said})


AS_STORED = ReadOptions()
"""All values are read from the files."""
