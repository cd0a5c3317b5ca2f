import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import read_labels
from adgan.io.tiled import filled_tiff

pytest.importorskip("zarr")


@pytest.mark.parametrize("shape", [(600, 1030), (3, 40, 700)])
def test_what_is_filled_by_window_is_a_tiled_bigtiff(tmp_path, shape):
    path, spacing = tmp_path / "sub" / "a.tif", (2.0, 0.5, 0.25)[-len(shape) :]
    window = (*(slice(1, 3) for _ in shape[:-1]), slice(500, 640))
    with filled_tiff(path, shape, "uint32", spacing) as array:
        array[window] = 70_000
        assert not path.exists()
    wanted = np.zeros(shape, np.uint32)
    wanted[window] = 70_000
    read = read_labels(path)
    np.testing.assert_array_equal(read.pixels, wanted)
    assert read.spacing == pytest.approx(spacing)
    with tifffile.TiffFile(path) as tif:
        assert tif.is_bigtiff and tif.is_ome and tif.pages[0].tile == (512, 512)
    assert [p.name for p in path.parent.iterdir()] == ["a.tif"]


def test_nothing_is_left_of_what_failed(tmp_path):
    with (
        pytest.raises(AdganError, match="stop"),
        filled_tiff(tmp_path / "a.tif", (9, 9), "uint8", None),
    ):
        raise AdganError("stop")
    assert not list(tmp_path.iterdir())
