"""Pairs of images and labels in the folder layouts on which other programs train.

Cellpose expects a ``_masks`` file next to each image, StarDist one folder of images and one of
masks, and nnU-Net a data set of classes with a ``dataset.json``. For programs that need test
images, every tenth pair is one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import edt
import numpy as np

from adgan.errors import AdganError
from adgan.io import make_folder, write_gray, write_json, write_labels
from adgan.labels.labelmap import radius_of

Program = Literal["cellpose", "stardist", "nnunet"]
DATASET = "Dataset001_nuclei"
"""Name of nnU-Net's data set, which must contain a number."""
CORE, BOUNDARY = 1, 2
"""Classes for nnU-Net, which segments classes and not nuclei: rims separate touching nuclei."""


@dataclass(frozen=True)
class Division:
    """How pairs are divided into those to train and to test on, and nuclei into classes.

    Parameters
    ----------
    test
        One of this many pairs is a test pair.
    boundary
        Width of the boundary, in median nucleus diameters.
    """

    test: int = 10
    boundary: float = 0.08


DIVISION = Division()

Files = tuple[Path, Path]
"""Paths of an image and of its labels."""


def files_of(program: Program | None, folder: Path, name: str, number: int) -> Files:
    """Return the paths of an image and its labels.

    Parameters
    ----------
    program
        Program that will train on them; None for ``images/`` and ``labels/``.
    folder
        Folder of all pairs.
    name, number
        Name of the pair, and its number, counted from 0.
    """
    part = folder / ("test" if number % DIVISION.test == DIVISION.test - 1 else "train")
    if program == "cellpose":
        return part / f"{name}.tif", part / f"{name}_masks.tif"
    if program == "stardist":
        return part / "images" / f"{name}.tif", part / "masks" / f"{name}.tif"
    if program == "nnunet":
        data = folder / DATASET
        return data / "imagesTr" / f"{name}_0000.tif", data / "labelsTr" / f"{name}.tif"
    return folder / "images" / f"{name}.tif", folder / "labels" / f"{name}.tif"


def check_program(program: Program | None, ndim: int) -> None:
    """Refuse volumes for a program that trains on 2D images.

    Raises
    ------
    AdganError
        If the program does not train on volumes.
    """
    if program == "cellpose" and ndim == 3:
        raise AdganError("Cellpose trains on 2D images, but this run is for volumes")


def write_pair(
    program: Program | None,
    files: Files,
    image: np.ndarray,
    labels: np.ndarray,
    spacing: tuple[float, ...] | None,
) -> None:
    """Write an image and its labels.

    Parameters
    ----------
    program
        Program that will train on them.
    files
        See :func:`files_of`.
    image, labels
        uint16 ``(Z) Y X``.
    spacing
        Micrometres per pixel; None if unknown.

    Raises
    ------
    AdganError
        If a file cannot be written.
    """
    for file in files:
        make_folder(file.parent)
    write_gray(files[0], image, spacing)
    if program != "nnunet":
        write_labels(files[1], labels, spacing)
        return
    write_gray(files[1], to_classes(labels, spacing), spacing)
    if image.ndim == 3:
        sides = {"spacing": list(spacing or (1.0,) * 3)}
        for file in files:
            write_json(file.with_name(f"{file.stem.removesuffix('_0000')}.json"), sides)


def to_classes(labels: np.ndarray, spacing: tuple[float, ...] | None = None) -> np.ndarray:
    """Return background, core and boundary of a label map, uint8.

    Parameters
    ----------
    labels
        ``(Z) Y X``.
    spacing
        Pixel size per axis (default 1).
    """
    steps = spacing or (1.0,) * labels.ndim
    depth = edt.edt(labels, anisotropy=steps, black_border=False)
    sizes = np.bincount(labels.ravel())[1:]
    if not sizes.any():
        return np.zeros(labels.shape, np.uint8)
    size = np.median(sizes[sizes > 0]) * np.prod(steps)
    width = max(min(steps), 2 * DIVISION.boundary * radius_of(size, labels.ndim))
    return np.where(labels == 0, 0, np.where(depth > width, CORE, BOUNDARY)).astype(np.uint8)


def finish(program: Program | None, folder: Path, number: int, ndim: int) -> None:
    """Write the files that a program needs in addition to the pairs.

    Parameters
    ----------
    program, folder
        As for :func:`files_of`.
    number
        Number of pairs.
    ndim
        Number of axes of an image.

    Raises
    ------
    AdganError
        If a file cannot be written.
    """
    if program == "nnunet":
        described = {
            "channel_names": {"0": "fluorescence"},
            "labels": {"background": 0, "core": CORE, "boundary": BOUNDARY},
            "numTraining": number,
            "file_ending": ".tif",
            "overwrite_image_reader_writer": {2: "NaturalImage2DIO", 3: "Tiff3DIO"}[ndim],
        }
        write_json(folder / DATASET / "dataset.json", described)


NEXT: dict[Program, Callable[[Path], str]] = {
    "cellpose": lambda o: f"cellpose --train --dir {o / 'train'} --mask_filter _masks",
    "stardist": lambda o: f"RawData.from_folder({str(o)!r}, ['train/images'], 'train/masks')",
    "nnunet": lambda o: f"nnUNet_raw={o} nnUNetv2_plan_and_preprocess -d 1",
}
"""The next command for the folder, by program."""
