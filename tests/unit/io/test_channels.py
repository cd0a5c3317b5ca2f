"""The channels of a file beside each other, where there is something to choose."""

import numpy as np
import PIL.Image
import pytest
import tifffile

from adgan.io.channels import channels_of

PIXELS = np.random.default_rng(0).integers(0, 250, (3, 20, 24)).astype(np.uint8)


def test_colours_of_a_picture_are_channels_and_opacity_is_none(tmp_path):
    PIL.Image.fromarray(np.moveaxis(PIXELS, 0, -1)).save(tmp_path / "a.png")
    assert np.array_equal(channels_of(tmp_path / "a.png"), PIXELS)
    assert np.array_equal(channels_of(tmp_path / "a.png", colours=True), PIXELS)
    opaque = np.concatenate([PIXELS, np.full((1, 20, 24), 255, np.uint8)])
    PIL.Image.fromarray(np.moveaxis(opaque, 0, -1)).save(tmp_path / "b.png")
    assert np.array_equal(channels_of(tmp_path / "b.png"), PIXELS)


@pytest.mark.parametrize("axes", ["CYX", "ZCYX", "TCYX"])
def test_planes_and_frames_are_seen_from_above(tmp_path, axes):
    array = PIXELS if axes == "CYX" else np.stack([0 * PIXELS, PIXELS, PIXELS // 2])
    tifffile.imwrite(tmp_path / "a.ome.tif", array, ome=True, metadata={"axes": axes})
    assert np.array_equal(channels_of(tmp_path / "a.ome.tif"), PIXELS)
    assert channels_of(tmp_path / "a.ome.tif", colours=True) is None


def test_one_channel_and_gray_saved_as_colour_leave_nothing_to_choose(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", PIXELS[0])
    assert channels_of(tmp_path / "a.tif") is None
    PIL.Image.fromarray(PIXELS[0]).convert("RGB").save(tmp_path / "a.png")
    assert channels_of(tmp_path / "a.png") is None
    gray = PIL.Image.fromarray(PIXELS[0])
    gray.putalpha(PIL.Image.fromarray(PIXELS[1]))
    gray.save(tmp_path / "b.png")
    assert channels_of(tmp_path / "b.png") is None


def test_that_there_is_one_channel_is_told_by_the_header(tmp_path, monkeypatch):
    monkeypatch.setattr("adgan.system.peak.available", lambda: 0)
    tifffile.imwrite(tmp_path / "a.tif", PIXELS[0])
    assert channels_of(tmp_path / "a.tif") is None


def test_gray_with_opacity_and_axes_without_names_leave_nothing_to_choose(tmp_path):
    opaque = np.stack([PIXELS[0], PIXELS[1]], axis=-1)
    PIL.Image.fromarray(opaque, "LA").save(tmp_path / "a.png")
    assert channels_of(tmp_path / "a.png") is None
    tifffile.imwrite(tmp_path / "a.tif", np.stack([PIXELS] * 2), photometric="minisblack")
    assert channels_of(tmp_path / "a.tif") is None
