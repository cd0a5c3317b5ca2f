from pathlib import Path

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io.axes import outline, settle
from adgan.io.raw import Raw

HERE = Path("a.tif")


def array(*shape: int) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)


@pytest.mark.parametrize(
    ("shape", "axes", "expected"),
    [
        ((4, 5), "YX", (4, 5)),
        ((6, 4, 5), "ZYX", (6, 4, 5)),
        ((6, 4, 5), "QYX", (6, 4, 5)),
        ((6, 4, 5), "IYX", (6, 4, 5)),
        ((1, 1, 4, 5), "TCYX", (4, 5)),
        ((1, 4, 5), "ZYX", (4, 5)),
        ((1, 5), "YX", (1, 5)),
        ((4, 5, 6), "YXZ", (6, 4, 5)),
    ],
)
def test_pixels_are_z_y_x(shape, axes, expected):
    data = array(*shape)
    (pixels,), _ = settle(Raw(data, axes), HERE)
    assert pixels.shape == expected
    assert pixels.flags.c_contiguous
    assert sorted(pixels.ravel()) == sorted(data.ravel())


def test_byte_order_is_native():
    (pixels,), _ = settle(Raw(array(4, 5).astype(">u2"), "YX"), HERE)
    assert pixels.dtype.isnative
    np.testing.assert_array_equal(pixels, array(4, 5))


def test_a_channel_is_taken_wherever_its_axis_stands():
    data = array(3, 6, 4, 5)
    (first,), _ = settle(Raw(data, "CZYX"), HERE, channel=1)
    (last,), _ = settle(Raw(np.moveaxis(data, 0, -1), "ZYXS"), HERE, channel=1)
    np.testing.assert_array_equal(first, data[1])
    np.testing.assert_array_equal(last, data[1])


def test_unnamed_pages_are_channels_when_one_is_asked_for():
    data = array(3, 4, 5)
    (pixels,), _ = settle(Raw(data, "QYX"), HERE, channel=2)
    np.testing.assert_array_equal(pixels, data[2])
    (volume,), _ = settle(Raw(array(6, 4, 5), "QYX"), HERE, channel=0)
    assert volume.shape == (6, 4, 5)


@pytest.mark.parametrize("axes", ["TYX", "QYX"])
def test_frames_are_separate_images(axes):
    data = array(6, 4, 5)
    parts, _ = settle(Raw(data, axes), HERE, frames=True)
    np.testing.assert_array_equal(np.stack(parts), data)


def test_named_slices_stay_a_volume_with_frames():
    parts, _ = settle(Raw(array(6, 4, 5), "ZYX"), HERE, frames=True)
    assert [p.shape for p in parts] == [(6, 4, 5)]


def test_frames_of_volumes_with_channels():
    data = array(2, 6, 3, 4, 5)
    parts, spacing = settle(
        Raw(data, "TZCYX", {"Z": 2.0, "Y": 1.0, "X": 0.5}), HERE, channel=0, frames=True
    )
    np.testing.assert_array_equal(np.stack(parts), data[:, :, 0])
    assert spacing == (2.0, 1.0, 0.5)


def test_spacing_follows_the_axes():
    size = {"Z": 2.0, "Y": 1.0, "X": 0.5}
    assert settle(Raw(array(4, 5), "YX", size), HERE)[1] == (1.0, 0.5)
    assert settle(Raw(array(6, 4, 5), "QYX", size), HERE)[1] == (2.0, 1.0, 0.5)
    assert settle(Raw(array(6, 4, 5), "QYX", {"Y": 1.0, "X": 0.5}), HERE)[1] is None


def test_gray_saved_as_rgb_needs_no_channel():
    gray = array(4, 5)
    rgb = np.stack([gray] * 3, axis=-1)
    rgba = np.concatenate([rgb, np.full_like(rgb[..., :1], 9)], axis=-1)
    np.testing.assert_array_equal(settle(Raw(rgb, "YXS"), HERE)[0][0], gray)
    np.testing.assert_array_equal(settle(Raw(rgba, "YXS", alpha=True), HERE)[0][0], gray)


@pytest.mark.parametrize(
    ("shape", "axes", "options", "message"),
    [
        ((4, 5, 3), "YXS", {}, r"a.tif is an RGB image.*`channel=N` \(0 to 2\)"),
        ((2, 4, 5), "CYX", {}, r"image of 2 channels.*`channel=N` \(0 to 1\)"),
        ((4, 5, 3), "YXS", {"channel": 3}, "no channel 3: it has channels 0 to 2"),
        ((4, 5, 3), "YXS", {"channel": -1}, "no channel -1"),
        ((4, 5), "YX", {"channel": 1}, "has no channel 1: it has one channel: use 0"),
        ((6, 4, 5), "TYX", {}, "a.tif is a time series of 6 frames: read each frame"),
        ((6, 4, 5), "TYX", {"labels": True}, "time series.*split it"),
        ((4, 5, 3), "YXS", {"labels": True}, "3 channels, but a label map has one"),
        ((3, 4, 5), "QYX", {}, "3 pages.*`channel=N`.*`frames=True`.*Z stack"),
        ((6, 7, 4, 5), "QZYX", {}, r"ambiguous axes \(QZYX"),
        ((6, 7, 4, 5), "QQYX", {}, "ambiguous axes"),
        ((6, 4, 5), "HYX", {}, "ambiguous axes"),
        ((6, 5), "ZX", {}, "ambiguous axes"),
        ((4, 4, 5), "QYX", {}, "4 pages"),
        ((3, 2, 4, 5), "QCYX", {"channel": 1}, "3 pages"),
        ((4, 5), "YX", {"axes": "YYX"}, "`axes=YYX` is invalid: give Y and X once"),
        ((4, 5), "YX", {"axes": "QYX"}, "`axes=QYX` is invalid: give Y and X once"),
        ((4, 5), "YX", {"axes": "ZX"}, "`axes=ZX` is invalid: give Y and X once"),
        ((0, 5), "YX", {}, r"a.tif has no pixels \(shape \(0, 5\)\)"),
    ],
)
def test_what_cannot_be_settled_is_said(shape, axes, options, message):
    with pytest.raises(AdganError, match=message):
        settle(Raw(array(*shape), axes), HERE, **options)


def test_equal_channels_that_are_no_colours_are_channels_to_choose_from():
    with pytest.raises(AdganError, match="an image of 3 channels"):
        settle(Raw(np.stack([array(4, 5)] * 3), "CYX"), HERE)


def test_five_pages_are_a_volume_and_four_may_be_channels():
    (volume,), _ = settle(Raw(array(5, 4, 5), "QYX"), HERE, channel=0)
    (plane,), _ = settle(Raw(array(4, 4, 5), "QYX"), HERE, channel=0)
    assert volume.shape == (5, 4, 5) and plane.shape == (4, 5)


def test_pages_of_named_frames_are_slices():
    parts, _ = settle(Raw(array(2, 6, 4, 5), "TQYX"), HERE, frames=True)
    assert [part.shape for part in parts] == [(6, 4, 5)] * 2


def test_sizes_that_cannot_be_are_kept_of_volumes_alone():
    none = {"Z": 0.0, "Y": 1.0, "X": 1.0}
    assert settle(Raw(array(4, 5), "YX", none | {"Y": 0.0}), HERE)[1] is None
    volume = Raw(array(6, 4, 5), "ZYX", none)
    assert settle(volume, HERE)[1] == (0.0, 1.0, 1.0)  # to be refused, as sizes depend on it
    assert settle(volume, HERE, labels=True)[1] is None


def test_few_pages_of_labels_are_a_volume():
    (pixels,), _ = settle(Raw(array(3, 4, 5), "QYX"), HERE, labels=True)
    assert pixels.shape == (3, 4, 5)


def test_axes_that_somebody_names_win():
    data = array(3, 2, 4, 5)
    (pixels,), _ = settle(Raw(data, "QIYX"), HERE, 1, axes="ZCYX")
    np.testing.assert_array_equal(pixels, data[:, 1])
    parts, _ = settle(Raw(array(6, 4, 5), "ZYX"), HERE, frames=True, axes="tyx")
    assert len(parts) == 6
    (volume,), _ = settle(Raw(array(1, 6, 1, 4, 5), "TQCYX"), HERE, axes="ZYX")
    assert volume.shape == (6, 4, 5)
    with pytest.raises(AdganError, match="has 3 axes .* names 2: give one letter"):
        settle(Raw(array(6, 4, 5), "QYX"), HERE, axes="YX")


def test_an_outline_is_what_settling_gives():
    for data, axes, options in [
        (array(4, 5), "YX", {}),
        (array(6, 4, 5), "QYX", {}),
        (array(2, 6, 3, 4, 5), "TZCYX", {"frames": True, "channel": 2}),
        (array(4, 5, 3), "YXS", {"channel": 0}),
        (array(1, 3, 4, 5), "QZYX", {}),
    ]:
        raw = Raw(data, axes, {"Z": 2.0, "Y": 1.0, "X": 0.5})
        parts, spacing = settle(raw, HERE, **options)
        seen = outline(raw, HERE, **options)
        assert (seen.frames, seen.shape, seen.dtype) == (len(parts), parts[0].shape, parts[0].dtype)
        assert seen.spacing == spacing
        assert seen.guessed == (6 if axes == "QYX" else 0)
    with pytest.raises(AdganError, match="no channel 3"):
        outline(Raw(array(4, 5, 3), "YXS"), HERE, channel=3)
