"""Compare predicted label maps with the ground truth: all scores per image, averaged, pooled."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from adgan import metrics
from adgan.errors import AdganError
from adgan.io import find_named, read_labels, stem
from adgan.io.labels import whole_labels
from adgan.metrics import Mistakes

Maps = str | Path | NDArray[Any] | Sequence[str | Path] | Sequence[NDArray[Any]]
#: A name, the predicted map and the true one, each a file or an array.
Pair = tuple[str, Path, Path] | tuple[str, NDArray[Any], NDArray[Any]]


@dataclass(frozen=True)
class ImageEvaluation:
    """The scores of one image.

    Parameters
    ----------
    name
        Stem of the ground-truth file, or ``image N`` for arrays.
    predicted, truth
        The two files; None for arrays.
    scores, counts
        Results of `adgan.metrics.all_scores` and `adgan.metrics.all_counts`.
    mistakes
        Labels of missed, false, merged and split objects.
    """

    name: str
    predicted: Path | None
    truth: Path | None
    scores: dict[str, float]
    counts: dict[str, int]
    mistakes: Mistakes


@dataclass(frozen=True)
class Evaluation:
    """The scores of a set of images.

    Parameters
    ----------
    images
        One entry per image, in the order of the truth.
    mean
        Mean of each score over the images.
    pooled
        Each score computed over all objects and pixels together, as if the images were one.
    counts
        Numbers of objects, summed over the images.
    curve
        Pooled ``f1`` and ``ap`` at each threshold of ``iou``, .5 to .95.
    ignore_border, iou
        The settings: width of the ignored band in pixels, and IoU above which objects match.
    notes
        Messages about ignored files, one sentence each.
    """

    images: tuple[ImageEvaluation, ...]
    mean: dict[str, float]
    pooled: dict[str, float]
    counts: dict[str, int]
    curve: dict[str, list[float]]
    ignore_border: int
    iou: float
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything in a form that JSON can represent; of the mistakes, only the numbers.

        Returns
        -------
        dict
        """
        return {
            "ignore_border": self.ignore_border,
            "iou": self.iou,
            "mean": self.mean,
            "pooled": self.pooled,
            "counts": self.counts,
            "curve": self.curve,
            "images": [{"name": i.name, **i.scores, **i.counts} for i in self.images],
            "notes": list(self.notes),
        }


def evaluate(
    predicted: Maps,
    truth: Maps,
    *,
    ignore_border: int = 0,
    iou: float = 0.5,
    progress: Callable[[float, str], None] | None = None,
) -> Evaluation:
    """Score predicted label maps against true ones.

    Files are paired by stem (``a.tif`` with ``a.png`` or ``a.ome.tif``) and sub-folder, two single
    files regardless of their names, and arrays by their order. Every true map needs a prediction;
    predictions without ground truth are ignored with a note, since often only a few frames are
    annotated.

    Parameters
    ----------
    predicted, truth
        Folder, file or glob, or several of them; or a label map, axes ``(Z) Y X``, or several.
    ignore_border
        Width of the band along the image border to leave out, in pixels along Y and X, see
        `adgan.metrics.tables`.
    iou
        IoU that two objects must exceed to match, .5 <= iou < 1.
    progress
        Called with the fraction of images that is done and the name of the current one.

    Returns
    -------
    Evaluation

    Raises
    ------
    AdganError
        If a true map has no prediction, there are no pairs, names are not unique, the shapes of a
        pair differ, an input is not a label map, or a setting is out of range.
    """
    pairs, notes = _pair(predicted, truth)
    images, objects, fields = [], [], []
    for number, pair in enumerate(pairs):
        if progress:
            progress(number / len(pairs), pair[0])
        image, table, field = _evaluate_pair(pair, ignore_border, iou)
        images.append(image)
        objects.append(table)
        fields.append(field)
    if progress:
        progress(1.0, pairs[-1][0])
    together = metrics.pool(objects)
    return Evaluation(
        images=tuple(images),
        mean={
            score: float(np.mean([image.scores[score] for image in images]))
            for score in images[0].scores
        },
        pooled=metrics.all_scores(together, metrics.pool(fields), iou),
        counts=metrics.all_counts(together, iou),
        curve={
            "iou": list(metrics.THRESHOLDS),
            "f1": [metrics.f1(together, at) for at in metrics.THRESHOLDS],
            "ap": [metrics.average_precision(together, at) for at in metrics.THRESHOLDS],
        },
        ignore_border=ignore_border,
        iou=iou,
        notes=notes,
    )


def _evaluate_pair(
    pair: Pair, ignore_border: int, iou: float
) -> tuple[ImageEvaluation, metrics.Overlap, metrics.Overlap]:
    name, predicted, truth = pair
    maps = _read(f"{name} of the predictions", predicted), _read(f"{name} of the truth", truth)
    try:
        table, field = metrics.tables(*maps, ignore_border=ignore_border)
        image = ImageEvaluation(
            name=name,
            predicted=predicted if isinstance(predicted, Path) else None,
            truth=truth if isinstance(truth, Path) else None,
            scores=metrics.all_scores(table, field, iou),
            counts=metrics.all_counts(table, iou),
            mistakes=metrics.find_mistakes(table, iou),
        )
    except AdganError as error:
        where = f"{predicted} against {truth}" if isinstance(truth, Path) else name
        raise AdganError(f"{where}: {error}") from error
    return image, table, field


def _read(name: str, source: Path | NDArray[Any]) -> NDArray[Any]:
    if isinstance(source, Path):
        return read_labels(source).pixels
    return whole_labels(source, Path(name))


def _pair(predicted: Maps, truth: Maps) -> tuple[list[Pair], tuple[str, ...]]:
    predicted_items, truth_items = _items(predicted), _items(truth)
    arrays = [isinstance(item, np.ndarray) for item in (*predicted_items, *truth_items)]
    if not any(arrays):
        return _pair_files(predicted_items, truth_items)
    if not all(arrays):
        raise AdganError("predictions and ground truth must both be files or both be arrays")
    if len(predicted_items) != len(truth_items):
        raise AdganError(
            f"{len(predicted_items)} predicted label maps for {len(truth_items)} true ones: "
            "give one prediction per true label map, in the same order"
        )
    numbered = enumerate(zip(predicted_items, truth_items, strict=True), start=1)
    return [(f"image {number}", *maps) for number, maps in numbered], ()


def _items(maps: Maps) -> list[Any]:
    return [maps] if isinstance(maps, str | Path | np.ndarray) else list(maps)


def _pair_files(
    predicted: list[str | Path], truth: list[str | Path]
) -> tuple[list[Pair], tuple[str, ...]]:
    named = [*predicted, *truth]
    if len(predicted) == len(truth) == 1 and all(Path(source).is_file() for source in named):
        return [(stem(Path(truth[0])), Path(predicted[0]), Path(truth[0]))], ()
    predictions, truths = _by_stem(predicted), _by_stem(truth)
    missing = [path.name for name, path in truths.items() if name not in predictions]
    if missing:
        raise AdganError(
            f"{len(missing)} of {len(truths)} true label maps have no prediction of the same name "
            f"({_list(missing)}), among predictions such as {next(iter(predictions.values()))}: "
            "predict these, too, or remove them from the ground truth"
        )
    extra = [path.name for name, path in predictions.items() if name not in truths]
    note = f"{len(extra)} of {len(predictions)} predictions have no ground truth: {_list(extra)}"
    return [(name, predictions[name], path) for name, path in truths.items()], (note,) * bool(extra)


def _by_stem(sources: list[str | Path]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for one in find_named(sources):
        other = found.setdefault(one.name, one.path)
        if other != one.path:
            raise AdganError(f"{other} and {one.path} have the same name: leave out one of them")
    return found


def _list(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if names[5:] else "")
