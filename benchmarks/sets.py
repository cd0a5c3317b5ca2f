"""The data sets: their place in a data folder, how they are scored, and target scores."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from adgan import like
from adgan.errors import AdganError
from adgan.io import Image, find_images, read_images, read_labels, stem

SCORES = ("dice", "f1", "seg", "op_csb")


@dataclass(frozen=True)
class DataSet:
    """One folder with ``images/`` and label maps of the same file names.

    Parameters
    ----------
    name
        Name of the folder.
    like
        Name of the sizes in Table 9 that fit; None to estimate sizes from the images.
    labels
        Sub-folder with the label maps. If there are few complete manual ones, the computer-made
        reference ("silver") of the Cell Tracking Challenge is scored.
    band
        Width of the border that is not scored in pixels, as nuclei at it are not annotated.
    enlarged
        Linear size of these images, relative to those of Table 9.
    spacing
        Voxel size Z Y X in micrometres, from the descriptions of volumes.
    paper, target
        Scores in the paper, and target scores. Those of the paper are for the whole sequence and
        hours of training on a GPU.
    """

    name: str
    like: str = ""
    labels: str = "labels"
    band: int = 0
    enlarged: float = 1.0
    spacing: tuple[float, float, float] | None = None
    paper: dict[str, float] = field(default_factory=dict)
    target: dict[str, float] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        """Return the sizes as settings of a recipe.

        Raises
        ------
        AdganError
            If no sizes are known.
        """
        if not self.like:
            raise AdganError(f"no sizes are known for {self.name}: volumes.py takes it")
        scene, factor = like(self.like)["scene"], self.enlarged
        low, high = scene["radius"]
        fewest, most = scene["count"]
        return {
            "scene": {
                "radius": (low * factor, high * factor),
                "count": (fewest / factor**2, most / factor**2),
            }
        }


SETS = {
    s.name: s
    for s in (
        DataSet(
            "hacat20x",
            "hacat",
            paper={"dice": 0.893, "f1": 0.952},
            target={"dice": 0.955, "f1": 0.955},
        ),
        # 63x beside 20x.
        DataSet("hacat_raw", "hacat", enlarged=3.15),
        DataSet(
            "hela",
            "hela",
            labels="labels_silver",
            band=25,
            paper={"dice": 0.909, "op_csb": 0.894},
            target={"dice": 0.89, "f1": 0.945, "op_csb": 0.90},
        ),
        DataSet(
            "gowt1",
            "gowt1",
            labels="labels_silver",
            band=50,
            paper={"op_csb": 0.804},
            target={"dice": 0.90, "f1": 0.975, "op_csb": 0.91},
        ),
        DataSet(
            "simplus",
            "simplus",
            paper={"op_csb": 0.824},
            target={"dice": 0.93, "f1": 0.98, "op_csb": 0.93},
        ),
        DataSet("bbbc039", "bbbc039", target={"f1": 0.93}),
        DataSet(
            "bbbc050",
            spacing=(1.75, 0.8, 0.8),
            target={"dice": 0.88, "f1": 0.82, "seg": 0.68},
        ),
        DataSet("arabidopsis", spacing=(0.284, 0.127, 0.127), target={"f1": 0.72}),
    )
}
WILD = {
    **{n: SETS[n] for n in ("hacat20x", "hacat_raw", "hela", "gowt1", "simplus", "bbbc039")},
    **{
        name: DataSet(name)
        for name in (
            "intestine_widefield",
            "dsb_256x256",
            "dsb_noisy_512x640",
            "sbsst265_ganglioneuroblastoma_tissue",
            "sbsst265_bone_marrow",
            "sbsst265_nb_cellline",
        )
    },
}
"""The twelve labelled sets of images: five used during development, and seven other kinds."""
DEFAULT = ("hacat20x", "hela", "gowt1", "simplus", "bbbc039")


@dataclass(frozen=True)
class Labelled:
    """An image ``(Z) Y X`` in its native dtype, and its true label map."""

    name: str
    pixels: np.ndarray
    truth: np.ndarray


def choose(names: str | None) -> list[DataSet]:
    """Return the sets of a comma-separated list, or the default ones.

    Raises
    ------
    AdganError
        If a name is not known; the message lists the known ones.
    """
    chosen = names.split(",") if names else DEFAULT
    for name in chosen:
        if name not in SETS:
            raise AdganError(f"no set is called '{name}': choose from {', '.join(SETS)}")
    return [SETS[name] for name in chosen]


def load_images(data: Path, which: DataSet) -> list[Image]:
    """Read all images of a set, with and without labels, for training."""
    return [i for path in find_images(data / which.name / "images") for i in read_images(path)]


def load_labelled(data: Path, which: DataSet) -> list[Labelled]:
    """Read the labelled images of a set, sorted by name.

    Raises
    ------
    AdganError
        If a label map has no image, or if a file is missing or not an image.
    """
    images = {image.name: image for image in load_images(data, which)}
    found = []
    for path in find_images(data / which.name / which.labels):
        if stem(path) not in images:
            raise AdganError(f"{path} has no image of its name: complete {data / which.name}")
        truth = read_labels(path).pixels
        found.append(Labelled(stem(path), images[stem(path)].pixels, truth))
    return found
