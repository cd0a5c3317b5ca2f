import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import ReadOptions, load_images, write_gray

RNG = np.random.default_rng(0)


def write(folder, name, shape, dtype="uint16", spacing=None):
    write_gray(folder / name, (RNG.random(shape) * 200).astype(dtype), spacing)


def test_images_may_differ_in_size_depth_and_scale(tmp_path):
    write(tmp_path, "a2.tif", (20, 30), "uint8", (0.5, 0.5))
    write(tmp_path, "a10.tif", (25, 30), "float32")
    images = load_images(tmp_path)
    assert [(i.name, i.spacing) for i in images] == [("a2", (0.5, 0.5)), ("a10", None)]


def test_volumes_of_one_scale(tmp_path):
    write(tmp_path, "a.tif", (6, 20, 30), spacing=(2.0, 0.5, 0.5))
    write(tmp_path, "b.tif", (7, 25, 30), spacing=(2.001, 0.5, 0.5))
    assert [i.pixels.shape[0] for i in load_images(tmp_path)] == [6, 7]


def test_mixed_ranks(tmp_path):
    write(tmp_path, "flat.tif", (20, 30))
    write(tmp_path, "deep.tif", (6, 20, 30))
    with pytest.raises(AdganError, match=r"mixed: .*flat.tif is an image and .*deep.tif a volume"):
        load_images(tmp_path)


def test_voxel_sizes_known_for_some_volumes_only(tmp_path):
    write(tmp_path, "a.tif", (6, 20, 30), spacing=(2.0, 0.5, 0.5))
    write(tmp_path, "b.tif", (6, 20, 30))
    message = r"a.tif states its voxel size.*b.tif does not.*`spacing=\(Z, Y, X\)`"
    with pytest.raises(AdganError, match=message):
        load_images(tmp_path)
    given = load_images(tmp_path, ReadOptions(spacing=(3.0, 1.0, 1.0)))
    assert [i.spacing for i in given] == [(3.0, 1.0, 1.0)] * 2


def test_given_spacing_is_checked(tmp_path):
    write(tmp_path, "a.tif", (6, 20, 30))
    with pytest.raises(AdganError, match="must be positive"):
        load_images(tmp_path, ReadOptions(spacing=(0.0, 1.0, 1.0)))


def test_volumes_may_differ_in_voxel_size(tmp_path):
    write(tmp_path, "a.tif", (6, 20, 30), spacing=(2.0, 0.5, 0.5))
    write(tmp_path, "b.tif", (6, 20, 30), spacing=(1.0, 0.5, 0.5))
    assert [i.spacing[0] for i in load_images(tmp_path)] == pytest.approx([2.0, 1.0])


def test_slices_of_a_folder_are_one_volume(tmp_path):
    for number in (1, 2, 10):
        write(tmp_path, f"slice_{number}.tif", (20, 30))
    (volume,) = load_images(tmp_path, ReadOptions(stack=True, spacing=(2.0, 1.0, 1.0)))
    assert volume.pixels.shape == (3, 20, 30)
    assert (volume.name, volume.spacing) == (tmp_path.name, (2.0, 1.0, 1.0))
    (last,) = load_images(tmp_path / "slice_10.tif")
    np.testing.assert_array_equal(volume.pixels[2], last.pixels)


def test_slices_must_be_alike(tmp_path):
    write(tmp_path, "a.tif", (20, 30))
    with pytest.raises(AdganError, match="contains only one slice"):
        load_images(tmp_path, ReadOptions(stack=True))
    write(tmp_path, "b.tif", (20, 31))
    with pytest.raises(AdganError, match="slices of the stack .* differ"):
        load_images(tmp_path, ReadOptions(stack=True))
    write(tmp_path, "b.tif", (4, 20, 30))
    with pytest.raises(AdganError, match="is a volume"):
        load_images(tmp_path, ReadOptions(stack=True))
