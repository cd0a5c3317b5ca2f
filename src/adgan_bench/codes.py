"""Figures of AD-GAN's codes: content codes (Fig. 11) and interpolated styles (Fig. 14)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from markupsafe import Markup

from adgan.errors import AdganError
from adgan.io import find_images, read_images
from adgan.models.adgan import IMAGE, MASK, labels_of
from adgan.models.build import build_batches, build_image
from adgan.report import Chart, Figure, Picture, Section
from adgan.runs import RECIPE
from adgan.runs.checkpoint import Model, load
from adgan_bench.results import Record, Results
from adgan_bench.scatter import scatter_chart

UNALIGNED = "adgan@loss.aligned=false"
CROPS_SHOWN = 200
"""Number of crops of each domain whose middle is shown."""
STYLE_INTERVALS = 10
"""Number of intervals between the two domain labels, as in the paper."""


def code_sections(folder: Path, records: Sequence[Record]) -> list[Section]:
    """Return the figures of content codes and of interpolated styles, for each set with a run.

    Parameters
    ----------
    folder
        Folder of results.
    records
        The results.
    """
    results = Results(folder)
    charts, figures = [], []
    for record in records:
        key = record["key"]
        run = results.place(key, "runs")
        if key["seed"] != 0 or not (run / RECIPE).exists():
            continue
        if key["method"] in ("adgan", UNALIGNED):
            model = load(run)
            seen = _seen(folder, key["set"], model)
            word = "aligned" if key["method"] == "adgan" else "not aligned"
            charts.append(Chart(f"{key['set']}, {word}", content_chart(model, seen)))
            if key["method"] == "adgan":
                figures.append(Figure(key["set"], interpolate(model, seen[0])))
    sections = []
    if charts:
        text = (
            "t-SNE of the content codes in the middle of crops of images and of simulated masks. "
            "Where both domains mix, their content is aligned."
        )
        sections.append(Section("Content of both domains", (text,), charts=tuple(charts)))
    if figures:
        text = "One image decoded with domain labels between image (left) and mask (right)."
        sections.append(Section("Styles between", (text,), figures=tuple(figures)))
    return sections


def content_chart(model: Model, seen: Sequence[np.ndarray]) -> Markup:
    """Return a t-SNE plot of the content codes of crops of both domains.

    Raises
    ------
    AdganError
        If scikit-learn is not installed.
    """
    try:
        from sklearn.manifold import TSNE
    except ImportError as error:
        raise AdganError(
            "the figure of content codes needs scikit-learn: pip install 'adgan[bench]'"
        ) from error
    images, masks = content_codes(model, seen)
    codes = np.concatenate([images, masks])
    # The usual perplexity of 30 needs about three times as many points.
    perplexity = min(30.0, (len(codes) - 1) / 3)
    flat = TSNE(perplexity=perplexity, random_state=0, init="pca").fit_transform(codes)
    return scatter_chart({"images": flat[: len(images)], "masks": flat[len(images) :]})


@torch.inference_mode()
def content_codes(model: Model, seen: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the content codes ``N C`` in the middle of crops of images, and of masks."""
    batches = build_batches(model.recipe, list(seen))
    found: list[list[np.ndarray]] = [[], []]
    for step in range(-(-CROPS_SHOWN // model.recipe.data.batch)):
        for domain, x in zip((IMAGE, MASK), batches.draw(step).chunk(2), strict=True):
            content = model.generator.encoder(x, labels_of(domain, x))
            middle = tuple(side // 2 for side in content.shape[2:])
            found[domain].append(content[(..., *middle)].numpy())
    images, masks = (np.concatenate(parts)[:CROPS_SHOWN] for parts in found)
    return images, masks


@torch.inference_mode()
def interpolate(model: Model, seen: np.ndarray) -> tuple[Picture, ...]:
    """Return a crop of an image, decoded with domain labels from image to mask."""
    batches = build_batches(model.recipe, [seen])
    x = batches.draw(0)[:1]
    content = model.generator.encoder(x, labels_of(IMAGE, x))
    pictures = []
    for share in np.linspace(0, 1, STYLE_INTERVALS + 1):
        between = (1 - share) * labels_of(IMAGE, x) + share * labels_of(MASK, x)
        y = model.generator.decoder(content, between.float())[0, 0].numpy()
        plane = y if y.ndim == 2 else y[len(y) // 2]
        gray = np.clip((plane + 1) * 127.5, 0, 255).astype(np.uint8)
        pictures.append(Picture(np.kron(gray, np.ones((2, 2), np.uint8)), f"{share:.1f}"))
    return tuple(pictures)


def _seen(folder: Path, name: str, model: Model) -> list[np.ndarray]:
    """Return the saved images of a set as the network sees them."""
    paths = find_images(Results(folder).of_set(name, "images"))
    return [build_image(model.recipe, read_images(path)[0].pixels).seen for path in paths]
