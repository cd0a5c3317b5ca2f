import numpy as np
import pytest

from adgan.report import pictures


def test_stretch_spans_black_to_white_and_lifts_the_dim():
    image = np.linspace(1000, 2000, 10_000).reshape(100, 100)
    gray = pictures.stretch(image)
    assert gray.dtype == np.uint8 and gray.min() == 0 and gray.max() == 255
    assert gray[50, 0] == pytest.approx(255 * 0.5**0.5, abs=2)  # the square root of the middle


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float64, bool])
def test_stretch_takes_every_type_and_a_flat_image(dtype):
    assert not pictures.stretch(np.full((4, 5), 1, dtype)).any()


def test_stretch_of_few_bright_pixels_and_of_nan():
    image = np.zeros((100, 100))
    image[3, 3] = 5
    image[4, 4] = np.nan
    gray = pictures.stretch(image)
    assert gray[3, 3] == 255 and gray[4, 4] == 0
    assert not pictures.stretch(np.full((3, 3), np.nan)).any()


@pytest.mark.parametrize(
    ("shape", "pixel", "shown"),
    [
        ((2048, 1024), (1, 1), (900, 450)),
        ((100, 120), (1, 1), (700, 840)),
        ((50, 100), (2.0, 1.0), (900, 900)),
        ((3000, 1), (1, 1), (900, 1)),
    ],
)
def test_display_shape(shape, pixel, shown):
    assert pictures.display_shape(shape, pixel) == shown


def test_show_and_labels_have_one_shape_and_place():
    labels = np.zeros((700, 2100), np.uint16)
    labels[200:400, 900:1500] = 7
    gray = pictures.show(labels)
    small = pictures.resize_labels(labels, gray.shape)
    assert gray.shape == (300, 900) and set(np.unique(small)) == {0, 7}
    assert np.mean((gray > 127) == (small > 0)) > 0.995


def test_planes_of_a_volume_go_through_its_middle():
    volume = np.arange(4 * 6 * 8).reshape(4, 6, 8)
    shown = pictures.planes(volume)
    assert [plane.shape for plane in shown.values()] == [(6, 8), (4, 8), (4, 6)]
    assert list(shown) == ["XY, z = 2", "XZ, y = 3", "YZ, x = 4"]
    assert all(volume[2, 3, 4] in plane for plane in shown.values())
    assert pictures.pixel_sides((3, 2, 1), 3) == [(2, 1), (3, 1), (3, 2)]
    assert list(pictures.planes(volume[0])) == [""]


@pytest.mark.parametrize("colours", [1, 4, 200, 5000])
def test_a_png_gives_back_the_pixels(decode, colours):
    rng = np.random.default_rng(1)
    palette = rng.integers(0, 256, (colours, 3), dtype=np.uint8)
    rgb = palette[rng.integers(0, colours, (60, 70))]
    picture = decode(pictures.data_uri(rgb))
    assert picture.mode == ("P" if colours <= 256 else "RGB")
    np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), rgb)
    np.testing.assert_array_equal(np.asarray(decode(pictures.data_uri(rgb[..., 0]))), rgb[..., 0])
