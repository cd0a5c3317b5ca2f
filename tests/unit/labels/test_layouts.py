"""Pairs in the folders of other programs, read by their own loaders where they are installed."""

import json

import numpy as np
import pytest
import tifffile

from adgan.cli import main
from adgan.errors import AdganError
from adgan.labels.layouts import (
    BOUNDARY,
    CORE,
    DATASET,
    check_program,
    files_of,
    finish,
    to_classes,
    write_pair,
)
from adgan.synth.samples import simulated_sample


@pytest.fixture
def pairs():
    """Eleven pairs of small images and labels."""
    return [(i[:64, :80], n[:64, :80]) for i, n, _ in simulated_sample(images=2)] * 5 + [
        (np.arange(120, dtype=np.uint16).reshape(10, 12), np.zeros((10, 12), np.uint16))
    ]


@pytest.fixture
def written(pairs, tmp_path):
    """Write them as a program wants them."""

    def write(program):
        for number, (image, labels) in enumerate(pairs):
            files = files_of(program, tmp_path, f"n_{number:02d}", number)
            write_pair(program, files, image, labels, (0.5, 0.5))
        finish(program, tmp_path, len(pairs), 2)
        return tmp_path

    return write


def test_cellpose_finds_masks_beside_images(written, pairs):
    folder = written("cellpose")
    names = sorted(path.name for path in (folder / "train").iterdir())
    assert names[:2] == ["n_00.tif", "n_00_masks.tif"] and len(names) == 20
    assert sorted(p.name for p in (folder / "test").iterdir()) == ["n_09.tif", "n_09_masks.tif"]
    io = pytest.importorskip("cellpose.io")
    images, masks, files, *_ = io.load_train_test_data(
        str(folder / "train"), str(folder / "test"), mask_filter="_masks"
    )
    assert len(images) == 10 and np.array_equal(masks[0], pairs[0][1])


def test_stardist_reads_folders_of_images_and_masks(written, pairs):
    data = pytest.importorskip("csbdeep.data")
    raw = data.RawData.from_folder(str(written("stardist")), ["train/images"], "train/masks")
    assert raw.size == 10
    image, labels, *_ = next(iter(raw.generator()))
    assert np.array_equal(image, pairs[0][0]) and np.array_equal(labels, pairs[0][1])
    assert len(list((written("stardist") / "test" / "masks").iterdir())) == 1


def test_nnunet_finds_its_data_set(written, pairs):
    folder = written("nnunet") / DATASET
    about = json.loads((folder / "dataset.json").read_text())
    parts = ("imagesTr", "labelsTr")
    images, labels = ({p.name for p in (folder / part).iterdir()} for part in parts)
    assert about["numTraining"] == len(images) == len(labels) == len(pairs)
    assert images == {name.replace(".tif", "_0000.tif") for name in labels}
    for name in labels:
        assert set(np.unique(tifffile.imread(folder / "labelsTr" / name))) <= set(
            about["labels"].values()
        )
    utilities = pytest.importorskip("nnunetv2.utilities.utils")
    found = utilities.get_filenames_of_train_images_and_targets(str(folder))
    assert len(found) == len(pairs) and all(len(one["images"]) == 1 for one in found.values())


def test_volumes_for_nnunet_state_their_voxels(tmp_path):
    ((image, labels, spacing),) = simulated_sample("nuclei3d", images=1)
    files = files_of("nnunet", tmp_path, "n", 0)
    write_pair("nnunet", files, image, labels, spacing)
    for part in ("imagesTr", "labelsTr"):
        about = json.loads((tmp_path / DATASET / part / "n.json").read_text())
        assert about["spacing"] == list(spacing)
    assert set(np.unique(tifffile.imread(files[1]))) == {0, CORE, BOUNDARY}


def test_a_rim_parts_nuclei_that_touch():
    labels = np.zeros((30, 44), np.uint16)
    labels[5:25, 2:22], labels[5:25, 22:42] = 1, 2
    classes = to_classes(labels)
    assert np.array_equal(classes > 0, labels > 0)
    assert (classes[10, 21:23] == BOUNDARY).all() and classes[15, 12] == classes[15, 32] == CORE
    assert not to_classes(0 * labels).any()


def test_cellpose_takes_no_volumes():
    check_program("cellpose", 2)
    with pytest.raises(AdganError, match="2D"):
        check_program("cellpose", 3)


def test_synthesizing_for_a_program_writes_its_folders(run_folder, tmp_path):
    out = tmp_path / "out"
    words = "synthesize", run_folder, "-o", out, "-n", 1, "--for", "stardist", "--size", 96, 96
    assert main([str(word) for word in (*words, "--device", "cpu")]) == 0
    made = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.tif"))
    assert made == ["train/images/synthetic_0000.tif", "train/masks/synthetic_0000.tif"]
