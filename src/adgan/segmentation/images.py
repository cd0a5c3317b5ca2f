"""Which images of a set can be segmented, and what is said before the first one is."""

from collections.abc import Sequence
from dataclasses import replace

from adgan.auto.kind import describe_kinds
from adgan.errors import AdganError
from adgan.inputs import describe_spacing
from adgan.io import Collection, Entry, Skipped
from adgan.segmentation.models import SegmentationModel
from adgan.segmentation.options import Options
from adgan.segmentation.size import check_room


def usable(
    collection: Collection, model: SegmentationModel, options: Options, strict: bool
) -> Collection:
    """Return the images that memory has room for, one at least of which can be read.

    Those that state no voxel size have that of training, and large ones are marked.
    """
    known, entries, beyond = model.recipe.data.spacing, [], []
    for entry in collection.entries:
        entry = replace(entry, spacing=entry.spacing or known)
        try:
            entry = replace(entry, large=model.is_large(entry, options))
            if not entry.large and len(entry.shape) == model.recipe.data.rank:
                check_room(model.recipe, entry, options.held + entry.dtype.itemsize)
        except AdganError as error:
            beyond.append(Skipped(entry.path, entry.name, str(error)))
        entries.append(entry)
    usable = Collection(entries, collection.skipped, collection.notes).without(beyond)
    return usable.require(strict).proven(every=strict).require(strict)


def describe(
    model: SegmentationModel,
    options: Options,
    stated: Collection,
    collection: Collection,
    missing: Sequence[Entry],
) -> list[str]:
    """Say what is done to images that are missing, and the time and memory to expect.

    Parameters
    ----------
    model
        Used to these images.
    options
        What is to be found.
    stated
        The images with the pixel sizes that their files state.
    collection
        The same with those that they are segmented with.
    missing
        Those of them that are not done yet.
    """
    if not missing:
        return []
    names = [entry.name for entry in stated.entries]
    spacings = [entry.spacing for entry in stated.entries]
    chosen = sorted({0, len(missing) // 2, len(missing) - 1})
    probes, _ = collection.read_some(collection.entries.index(missing[i]) for i in chosen)
    lines = [
        *model.describe(missing),
        *describe_spacing(names, spacings, model.recipe.data.spacing),
        *describe_kinds(probes),
    ]
    if probes:
        lines.append(str(model.plan(missing, probes, options)))
    return lines
