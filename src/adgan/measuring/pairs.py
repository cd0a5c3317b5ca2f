"""Label maps, each paired with its images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from adgan.errors import AdganError
from adgan.io import Collection, Entry, Image, ReadOptions, Skipped, check_names, open_images
from adgan.io.describe_files import describe_files
from adgan.io.find import Names


@dataclass(frozen=True)
class Pairs:
    """Label maps, each paired with its image in every channel.

    Attributes
    ----------
    maps
        The label maps; those without an image are skipped.
    channels
        The images, one collection per channel.
    images
        The images of each map by its name, one per channel.
    """

    maps: Collection
    channels: Sequence[Collection]
    images: dict[str, list[Entry]]

    @property
    def paths(self) -> list[Path]:
        """All files, including those that cannot be used."""
        return [path for of in (self.maps, *self.channels) for path in of.paths]

    @property
    def entries(self) -> list[Entry]:
        """The label maps; one counts as changed if any of its images has changed."""
        return [
            replace(entry, stamp=" ".join([entry.stamp, *(i.stamp for i in images)]))
            for entry in self.maps.entries
            if (images := self.images[entry.name])
        ]

    def read(self, entry: Entry) -> tuple[Image, list[Image]]:
        """Read a label map and its images."""
        pairs = zip(self.channels, self.images[entry.name], strict=True)
        return self.maps.read(entry), [of.read(image) for of, image in pairs]

    def proven(self, strict: bool) -> "Pairs":
        """Return the pairs without damaged files; if `strict`, read all of them."""
        return replace(self, maps=self.maps.proven(self.read, every=strict).require(strict))


def open_pairs(
    labels: Names, images: Names, channels: Sequence[int], options: ReadOptions, strict: bool
) -> Pairs:
    """Describe label maps and their images from the headers of their files.

    A label map is paired with the image of the same name; a single map with a single image.

    Parameters
    ----------
    labels, images, channels, strict
        As for :func:`adgan.measure_files`.
    options
        How images are read.

    Raises
    ------
    AdganError
        If a map has no image with the same name, if none can be used, or, if `strict`, if any
        cannot.
    """
    maps = describe_files(labels, labels=True).require(strict)
    check_names(maps.entries)
    wanted: list[int | None] = [*channels] or [None]
    seen = [open_images(images, replace(options, channel=channel)) for channel in wanted]
    paired, unpaired = _pair(maps, seen)
    return Pairs(maps.without(unpaired).require(strict), seen, paired)


def _pair(
    maps: Collection, seen: Sequence[Collection]
) -> tuple[dict[str, list[Entry]], list[Skipped]]:
    """Return the images of each map by its name, one per channel, and the maps without any."""
    single = len(maps) == 1 and all(len(s) == 1 and not s.skipped for s in seen)
    paired: dict[str, list[Entry]] = {}
    unpaired, missing = [], []
    by_name = [{entry.name: entry for entry in s.entries} for s in seen]
    reasons = {one.name: one.reason for s in seen for one in s.skipped}
    for entry in maps.entries:
        images = [
            s.entries[0] if single else b.get(entry.name)
            for s, b in zip(seen, by_name, strict=True)
        ]
        held = [image for image in images if image is not None]
        if len(held) < len(images):
            if entry.name in reasons:
                unpaired.append(Skipped(entry.path, entry.name, reasons[entry.name]))
            else:
                missing.append(entry)
        elif held[0].shape != entry.shape:
            reason = (
                f"{entry.path} has the shape {entry.shape}, but its image {held[0].path} has "
                f"{held[0].shape}: pair each label map with the image that was segmented"
            )
            unpaired.append(Skipped(entry.path, entry.name, reason))
        else:
            paired[entry.name] = held
    if missing:
        first = next((e.name for s in seen for e in s.entries), "none of them can be read")
        raise AdganError(
            f"{len(missing)} of {len(maps)} label maps have no image of the same name "
            f"(the first is {missing[0].path}; the first image is {first}): "
            "name the folder of the images that were segmented"
        )
    return paired, unpaired
