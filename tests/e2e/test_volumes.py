"""Volumes: what is written of them, and one line each for those that cannot be used."""

import csv

import numpy as np
import pytest
import tifffile

from adgan.cli import main
from adgan.io import read_labels, write_gray
from adgan.synth.samples import simulated_sample

CONFIG = """
network: {width: 2, discriminator_width: 2, blocks: 0}
data: {ndim: 3, crop: [32, 32, 32], batch: 2, working_radius: 5, elongation: 2}
scene: {radius: [10, 15], count: [12, 18]}
schedule: {picture_every: 2}
"""
SPACING = (2.0, 0.5, 0.5)


@pytest.fixture(scope="module")
def volume():
    ((image, _, _),) = simulated_sample("nuclei3d", images=1)
    return image[:, :64, :64]


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("config") / "recipe.yaml"
    path.write_text(CONFIG)
    return "--config", path


@pytest.fixture(scope="module")
def trained(volume, config, tmp_path_factory):
    """A run of two steps on one volume."""
    folder = tmp_path_factory.mktemp("volumes")
    write_gray(folder / "deep.tif", volume, SPACING)
    words = ("train", folder / "deep.tif", "-o", folder / "run", *config, "--steps", 2)
    assert main([str(word) for word in words]) == 0
    return folder / "run"


def write(path, array, axes="ZYX", **sizes):
    """Write an OME-TIFF that states such physical sizes."""
    photometric = "rgb" if axes.endswith("S") else "minisblack"
    metadata = {"axes": axes} | {f"PhysicalSize{axis}": size for axis, size in sizes.items()}
    tifffile.imwrite(path, array, ome=True, photometric=photometric, metadata=metadata)


def zero(folder, volume):
    write(folder / "a.tif", volume, Z=0, Y=0.5, X=0.5)


def negative(folder, volume):
    write(folder / "a.tif", volume, Z=2, Y=-0.5, X=0.5)


def missing_in_one(folder, volume):
    write(folder / "a.tif", volume, Z=2, Y=0.5, X=0.5)
    write(folder / "b.tif", volume)


def colour(folder, volume):
    rgb = np.stack([volume // 9, volume // 8, 0 * volume], axis=-1).astype(np.uint8)
    write(folder / "a.tif", rgb, "ZYXS")


def series(folder, volume):
    write(folder / "a.tif", np.stack([volume, volume]), "TZYX", Z=2, Y=0.5, X=0.5)


def test_what_is_written_of_a_volume(run, tmp_path, volume, trained):
    write_gray(tmp_path / "a.tif", volume, SPACING)
    out = tmp_path / "out"
    words = ("segment", trained, tmp_path / "a.tif", "-o", out, "--threshold", 0.01)
    code, _, err = run(*words, "--table", "--overlay", "--probability")
    assert code == 0, err
    labels = read_labels(out / "a.tif")
    assert labels.pixels.shape == volume.shape and labels.spacing == pytest.approx(SPACING)
    with (out / "tables" / "a.csv").open(newline="") as table:
        reader = csv.DictReader(table)
        rows = list(reader)
    assert {"volume_um3", "solidity", "elongation", "major_axis_um"} <= set(reader.fieldnames)
    assert len(rows) == labels.pixels.max()
    for row in rows:
        voxel = float(np.prod(SPACING))
        assert float(row["volume_um3"]) == pytest.approx(voxel * int(row["volume_voxels"]))
    assert (out / "overlay" / "a.png").is_file() and (out / "probability" / "a.tif").is_file()


INPUTS = [
    (zero, ["a.tif", "0 x 0.5 x 0.5 um", "--spacing Z Y X"]),
    (negative, ["a.tif", "2 x -0.5 x 0.5 um", "--spacing Z Y X"]),
    (missing_in_one, ["a.tif", "b.tif does not", "--spacing Z Y X"]),
    (colour, ["a.tif is an RGB image", "--channel N (0 to 2)"]),
    (series, ["a.tif is a time series of 2 frames", "--frames"]),
]


def refused(result, *words):
    code, out, err = result
    assert code == 2 and out == "", err
    (line,) = [line for line in err.splitlines() if line.startswith("adgan: ")]
    assert line == err.splitlines()[-1]
    for word in words:
        assert str(word) in line


@pytest.mark.parametrize(("make", "words"), INPUTS, ids=lambda v: getattr(v, "__name__", ""))
@pytest.mark.parametrize("verb", ["train", "segment"])
def test_what_cannot_be_used(run, tmp_path, volume, config, trained, verb, make, words):
    folder, out = tmp_path / "images", tmp_path / "out"
    folder.mkdir()
    make(folder, volume)
    line = ("train", folder, *config) if verb == "train" else ("segment", trained, folder)
    refused(run(*line, "-o", out), *words)
    assert not out.exists()


@pytest.mark.parametrize("spacing", [(0, 0.5, 0.5), (2, 0.5, -0.5), (2, 0.5)])
@pytest.mark.parametrize("verb", ["train", "segment"])
def test_a_spacing_that_makes_no_sense(run, tmp_path, volume, config, trained, verb, spacing):
    image = tmp_path / "a.tif"
    write_gray(image, volume)
    line = ("train", image, *config) if verb == "train" else ("segment", trained, image)
    refused(run(*line, "-o", tmp_path / "out", "--spacing", *spacing), "spacing")


@pytest.mark.parametrize(
    ("make", "options", "names"),
    [
        (zero, ("--spacing", 2, 0.5, 0.5), ["a"]),
        (missing_in_one, ("--spacing", 2, 0.5, 0.5), ["a", "b"]),
        (colour, ("--channel", 1), ["a"]),
        (series, ("--frames",), ["a_t0001", "a_t0002"]),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_the_mend_that_is_named_mends_it(run, tmp_path, volume, trained, make, options, names):
    folder, out = tmp_path / "images", tmp_path / "out"
    folder.mkdir()
    make(folder, volume)
    code, _, err = run("segment", trained, folder, "-o", out, *options)
    assert code == 0, err
    assert sorted(path.stem for path in out.glob("*.tif")) == names


def test_a_series_trains_as_volumes_of_its_own(run, tmp_path, volume, config):
    series(tmp_path, volume)
    words = ("train", tmp_path / "a.tif", "-o", tmp_path / "run", *config, "--steps", 1)
    code, _, err = run(*words, "--frames")
    assert code == 0, err


def test_a_thin_volume_is_continued_and_that_is_said_once(run, tmp_path, volume, config):
    write_gray(tmp_path / "flat.tif", volume[:6], SPACING)
    words = ("train", tmp_path / "flat.tif", "-o", tmp_path / "run", *config, "--steps", 2)
    code, _, err = run(*words)
    assert code == 0, err
    assert err.count("padded by reflection") == 1
    words = ("segment", tmp_path / "run", tmp_path / "flat.tif", "-o", tmp_path / "out")
    code, _, err = run(*words)
    assert code == 0, err
    assert err.count("flat: thinner than the network's minimum of 16 working pixels") == 1
    labels = read_labels(tmp_path / "out" / "flat.tif")
    assert labels.pixels.shape == (6, 64, 64) and labels.spacing == pytest.approx(SPACING)


def test_other_voxel_sizes_are_named_and_brought_to_one(run, tmp_path, volume, trained):
    write_gray(tmp_path / "a.tif", volume, SPACING)
    write_gray(tmp_path / "b.tif", volume[::2], (4.0, 0.5, 0.5))
    code, _, err = run("segment", trained, tmp_path, "-o", tmp_path / "out")
    assert code == 0, err
    assert (
        "b: voxels of 4 x 0.5 x 0.5 um are rescaled to the run's voxels of 2 x 0.5 x 0.5 um" in err
    )
    assert err.index("are rescaled to") < err.index("plan: about")


def test_a_volume_larger_than_free_memory(run, tmp_path, volume, trained, monkeypatch):
    write_gray(tmp_path / "a.tif", volume, SPACING)
    words = ("segment", trained, tmp_path / "a.tif", "-o", tmp_path / "out")
    monkeypatch.setattr("adgan.system.peak.available", lambda: 2.0**20)
    refused(run(*words), "segmenting", "a.tif needs", "cut it into parts")
    monkeypatch.setattr("adgan.system.peak.available", lambda: 2.0**16)
    refused(run(*words), "a.tif needs", "cut it into parts")
