"""Select the images of a set that can be segmented, and collect notes for the user."""

from collections.abc import Sequence
from dataclasses import replace

from adgan.errors import AdganError
from adgan.io import Collection, Entry, Skipped
from adgan.segmentation.models import SegmentationModel
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.size import check_room
from adgan.survey.inputs import describe_spacing
from adgan.survey.kind import describe_kinds
from adgan.survey.voxels import describe_voxels


def usable(
    collection: Collection, model: SegmentationModel, options: SegmentOptions, strict: bool
) -> Collection:
    """Return the images that fit into memory; at least one of them can be read.

    Volumes without a voxel size get that of the training volumes, and large images are marked.
    """
    known, entries, beyond = model.recipe.data.spacing, [], []
    for entry in collection.entries:
        entry = replace(entry, spacing=entry.spacing or known)
        try:
            entry = replace(entry, large=model.is_large(entry, options))
            if not entry.large and len(entry.shape) == model.recipe.data.ndim:
                check_room(model.recipe, entry, options.held + entry.dtype.itemsize)
        except AdganError as error:
            beyond.append(Skipped(entry.path, entry.name, str(error)))
        entries.append(entry)
    usable = Collection(entries, collection.skipped, collection.notes).without(beyond)
    return usable.require(strict).proven(every=strict).require(strict)


def describe(
    model: SegmentationModel,
    options: SegmentOptions,
    stated: Collection,
    collection: Collection,
    missing: Sequence[Entry],
) -> list[str]:
    """Return notes on how the missing images are handled, and the expected time and memory.

    Parameters
    ----------
    model
        The model, adapted to these images.
    options
        The requested results.
    stated
        The images with the pixel sizes that their files state.
    collection
        The images with the pixel sizes that are used.
    missing
        The images that are not finished yet.
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
    if model.recipe.data.spacing is None:  # a run checked the voxel size when it was trained
        lines += describe_voxels(probes)
    if probes:
        lines.append(str(model.plan(missing, probes, options)))
    return lines
