import pytest

from adgan.errors import AdganError
from adgan.image.sample import write_sample
from adgan.io import find_images, read_images, read_labels
from adgan.synth.samples import simulated_sample


@pytest.mark.parametrize("name", ["nuclei2d", "nuclei3d"])
def test_what_is_written_reads_back(tmp_path, name):
    folder = write_sample(tmp_path / "sample", name, images=2, seed=3, start=5)
    files = find_images([folder / "images"])
    assert [path.name for path in files] == [f"{name}_05.tif", f"{name}_06.tif"]
    drawn = simulated_sample(name, images=2, seed=3, start=5)
    for path, (image, labels, spacing) in zip(files, drawn, strict=True):
        (read,) = read_images(path)
        truth = read_labels(folder / "labels" / path.name)
        assert (read.pixels == image).all() and (truth.pixels == labels).all()
        assert read.spacing == pytest.approx(spacing, rel=1e-4)
        assert truth.spacing == pytest.approx(spacing, rel=1e-4)


def test_a_folder_with_files_is_kept(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(AdganError, match="already contains files"):
        write_sample(tmp_path, images=1)
    write_sample(tmp_path, images=1, overwrite=True)
    write_sample(tmp_path, images=1, overwrite=True)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_an_unknown_name_leaves_nothing(tmp_path):
    with pytest.raises(AdganError, match="cells"):
        write_sample(tmp_path / "sample", "cells")
    assert not (tmp_path / "sample").exists()
