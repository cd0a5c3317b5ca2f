"""Runs in the environment of nnU-Net: `python nnunet.py FOLDER`.

This is the real nnunetv2, from fingerprint to prediction, with its own plan and three changes. It
trains for the given minutes, in ten epochs of as many iterations as fit. Without a GPU, the plan is
for little memory, and predictions are not averaged over mirrored images. As nnU-Net segments only
classes, there are three, background, core and boundary, and cores become labels; specks are
removed, as for all other systems.

FOLDER holds ``settings.json``. With ``fit``, the network is trained on ``WORK/train``;
``images/*.npy`` are segmented to ``labels/*.npy``.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

EPOCHS = 10
NAME = "Dataset001_nuclei"
CORE, BOUNDARY = 1, 2
BOUNDARY_WIDTH_DIAMETERS = 0.08
"""Width of the boundary, in diameters."""
SPECK_SIZE_FRACTION = 0.1
"""Size below which a label is removed, relative to a disc or ball of the diameter."""


def main(folder: Path) -> None:
    """Train or segment."""
    settings = json.loads((folder / "settings.json").read_text())
    work = Path(settings["work"])
    for part in ("raw", "preprocessed", "results"):
        os.environ[f"nnUNet_{part}"] = str(work / part)
    os.environ |= {"nnUNet_n_proc_DA": "1", "nnUNet_compile": "f"}
    if settings["fit"]:
        write_dataset(work, settings["diameter"])
        train(work, settings)
    (folder / "labels").mkdir(exist_ok=True)
    paths = sorted((folder / "images").glob("*.npy"))
    if paths:
        predictor = load(work, settings)
        for path in paths:
            labels = segment(predictor, np.load(path), settings["diameter"])
            np.save(folder / "labels" / path.name, labels)


def write_dataset(work: Path, diameter: float) -> None:
    """Write the training images and their classes in the format of nnU-Net."""
    import tifffile

    target = work / "raw" / NAME
    shutil.rmtree(target, ignore_errors=True)
    for part in ("imagesTr", "labelsTr"):
        (target / part).mkdir(parents=True)
    paths = sorted((work / "train" / "images").glob("*.npy"))
    for path in paths:
        pixels, labels = np.load(path), np.load(work / "train" / "labels" / path.name)
        image = pixels[None] if pixels.ndim == 2 else pixels
        classes = to_classes(labels, BOUNDARY_WIDTH_DIAMETERS * diameter).reshape(image.shape)
        tifffile.imwrite(target / "imagesTr" / f"{path.stem}_0000.tif", image.astype(np.float32))
        tifffile.imwrite(target / "labelsTr" / f"{path.stem}.tif", classes)
        for part in ("imagesTr", "labelsTr"):
            spacing = [999.0 if pixels.ndim == 2 else 1.0, 1.0, 1.0]
            (target / part / f"{path.stem}.json").write_text(json.dumps({"spacing": spacing}))
    described = {
        "channel_names": {"0": "fluorescence"},
        "labels": {"background": 0, "core": CORE, "boundary": BOUNDARY},
        "numTraining": len(paths),
        "file_ending": ".tif",
        "overwrite_image_reader_writer": "Tiff3DIO",
    }
    (target / "dataset.json").write_text(json.dumps(described))


def to_classes(labels: np.ndarray, width: float) -> np.ndarray:
    """Return the classes of a label map, background, core and boundary, uint8."""
    from scipy import ndimage

    classes = np.zeros(labels.shape, np.uint8)
    for label, box in enumerate(ndimage.find_objects(labels.astype(np.int32)), start=1):
        if box is None:
            continue
        wide = tuple(slice(max(0, s.start - 1), s.stop + 1) for s in box)
        own = labels[wide] == label
        depth = ndimage.distance_transform_edt(own)
        classes[wide][own] = np.where(depth[own] > max(1.0, width), CORE, BOUNDARY)
    return classes


def train(work: Path, settings: dict) -> None:
    """Plan, preprocess, and train for the given minutes or iterations."""
    import torch
    from nnunetv2.experiment_planning.plan_and_preprocess_api import (
        extract_fingerprints,
        plan_experiments,
        preprocess,
    )
    from nnunetv2.training.nnUNetTrainer.nnUNetTrainer import nnUNetTrainer

    device = torch.device(settings["device"])
    memory = None if device.type == "cuda" else 1.0
    extract_fingerprints([1], num_processes=1, check_dataset_integrity=False, clean=True)
    plans_name = plan_experiments([1], gpu_memory_target_in_gb=memory)
    configuration = configuration_of(work)
    preprocess([1], plans_name, configurations=[configuration], num_processes=[1])

    base = work / "preprocessed" / NAME
    plans = json.loads((base / f"{plans_name or 'nnUNetPlans'}.json").read_text())
    plans["continue_training"] = False
    described = json.loads((base / "dataset.json").read_text())
    trainer = nnUNetTrainer(plans, configuration, "all", described, device)
    trainer.num_epochs = EPOCHS
    trainer.num_val_iterations_per_epoch = 1
    begin = trainer.on_train_start

    def start() -> None:
        begin()
        steps = settings["steps"] or 60 * settings["minutes"] / seconds_of_a_step(trainer)
        trainer.num_iterations_per_epoch = max(1, int(steps / EPOCHS))

    # Not a subclass, as that would not be found when the checkpoint is loaded.
    trainer.on_train_start = start
    trainer.run_training()
    (work / "trained.json").write_text(json.dumps({"folder": trainer.output_folder_base}))


def seconds_of_a_step(trainer: Any) -> float:
    """Return the duration of a training step in seconds, measured on the second one."""
    trainer.on_train_epoch_start()
    for _ in range(2):
        started = time.monotonic()
        trainer.train_step(next(trainer.dataloader_train))
    return time.monotonic() - started


def configuration_of(work: Path) -> str:
    """Return nnU-Net's configuration for images or for volumes."""
    first = next((work / "train" / "images").glob("*.npy"))
    return "2d" if np.load(first, mmap_mode="r").ndim == 2 else "3d_fullres"


def load(work: Path, settings: dict) -> Any:
    """Return the trained predictor."""
    import torch
    from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor

    trained = json.loads((work / "trained.json").read_text())
    predictor = nnUNetPredictor(
        # Without a GPU, four mirrored passes instead of one would take minutes per image.
        use_mirroring=settings["device"] == "cuda",
        device=torch.device(settings["device"]),
        perform_everything_on_device=settings["device"] == "cuda",
        allow_tqdm=False,
    )
    predictor.initialize_from_trained_model_folder(
        trained["folder"], ["all"], "checkpoint_final.pth"
    )
    return predictor


def segment(predictor: Any, pixels: np.ndarray, diameter: float) -> np.ndarray:
    """Segment nuclei from the classes that the network predicts."""
    flat = pixels.ndim == 2
    image = (pixels[None] if flat else pixels)[None].astype(np.float32)
    spacing = [999.0 if flat else 1.0, 1.0, 1.0]
    classes = predictor.predict_single_npy_array(image, {"spacing": spacing}, None, None, False)
    return to_labels(classes[0] if flat else classes, diameter)


def to_labels(classes: np.ndarray, diameter: float) -> np.ndarray:
    """Return the label map of classes, uint32: cores grown into their rims, without specks."""
    from scipy import ndimage
    from skimage.segmentation import relabel_sequential, watershed

    cores = ndimage.label(classes == CORE)[0]
    labels = watershed(np.zeros(classes.shape), cores, mask=classes > 0)
    nucleus = {2: np.pi / 4, 3: np.pi / 6}[classes.ndim] * diameter**classes.ndim
    large = np.bincount(labels.ravel()) >= SPECK_SIZE_FRACTION * nucleus
    return relabel_sequential(np.where(large[labels], labels, 0))[0].astype(np.uint32)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
