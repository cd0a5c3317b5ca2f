"""Files of microscopes: CZI and LIF written here, ND2 as its reader tells of it."""

import struct
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import ReadOptions, open_images, read_images

PLANE = np.arange(20 * 30, dtype=np.uint16).reshape(20, 30)
PLANES = np.stack([PLANE + 1000 * z for z in range(3)])


@pytest.fixture
def czi(tmp_path):
    """Two scenes of two channels and three slices each, the second one mirrored."""
    pytest.importorskip("czifile")
    writer = pytest.importorskip("pylibCZIrw.czi")
    path = tmp_path / "cells.czi"
    with writer.create_czi(str(path)) as file:
        for channel in range(2):
            for z, plane in enumerate(PLANES + 100 * channel):
                place = {"C": channel, "Z": z, "T": 0}
                file.write(plane[..., None], plane=place, scene=0)
                mirrored = np.ascontiguousarray(plane[:, ::-1, None])
                file.write(mirrored, plane=place, scene=1, location=(100, 0))
        file.write_metadata("cells", scale_x=1e-7, scale_y=1e-7, scale_z=5e-7)
    return path


def test_a_scene_of_a_czi_file(czi):
    (image,) = read_images(czi, channel=1, scene=1)
    assert np.array_equal(image.pixels, (PLANES + 100)[..., ::-1])
    assert image.spacing == pytest.approx((0.5, 0.1, 0.1)) and image.name == "cells"
    with pytest.raises(
        AdganError, match=r"cells.czi contains 2 separate images .*`scene=N` \(0 to 1\)"
    ):
        read_images(czi, channel=0)
    with pytest.raises(AdganError, match="has no scene 2: it has 0 to 1"):
        read_images(czi, channel=0, scene=2)


def test_all_scenes_are_described_and_named(czi):
    found = open_images(czi.parent, ReadOptions(channel=0, scene="all"))
    assert [(e.name, e.shape) for e in found.entries] == [
        ("cells_s01", (3, 20, 30)),
        ("cells_s02", (3, 20, 30)),
    ]
    first, second = (found.read(entry) for entry in found.entries)
    assert np.array_equal(first.pixels, PLANES) and np.array_equal(second.pixels[..., ::-1], PLANES)


def test_a_truncated_czi_file_is_refused(czi):
    czi.write_bytes(czi.read_bytes()[:2000])
    with pytest.raises(AdganError, match="cells.czi is truncated or damaged"):
        read_images(czi, channel=0, scene=0)


def write_lif(path, images):
    """Write volumes ``Z Y X`` of uint16, .1 x .1 x .5 um, as Leica's program does."""

    def block(kind, body):
        return struct.pack("<iI", 0x70, len(body)) + body if kind else body

    def text(words):
        return struct.pack("<BI", 0x2A, len(words)) + words.encode("utf-16-le")

    elements, memory = "", b""
    for number, pixels in enumerate(images):
        sides, step, dimensions = pixels.shape[::-1], 2, ""
        for axis, (side, size) in enumerate(zip(sides, (1e-7, 1e-7, 5e-7), strict=True), start=1):
            dimensions += (
                f'<DimensionDescription DimID="{axis}" NumberOfElements="{side}" Origin="0" '
                f'Length="{size * (side - 1)}" Unit="m" BitInc="0" BytesInc="{step}"/>'
            )
            step *= side
        elements += (
            f'<Element Name="image {number}" UniqueID="{number}"><Data><Image><ImageDescription>'
            '<Channels><ChannelDescription DataType="0" ChannelTag="0" Resolution="16" '
            'BytesInc="0" NameOfMeasuredQuantity="" Min="0" Max="1" Unit="" LUTName="" '
            'IsLUTInverted="0" '
            f'BitInc="0"/></Channels><Dimensions>{dimensions}</Dimensions>'
            "</ImageDescription></Image></Data>"
            f'<Memory Size="{pixels.nbytes}" MemoryBlockID="MemBlock_{number}"/></Element>'
        )
        head = struct.pack("<BQ", 0x2A, pixels.nbytes) + text(f"MemBlock_{number}")
        memory += block(True, head) + pixels.tobytes()
    xml = (
        '<LMSDataContainerHeader Version="2"><Element Name="root" UniqueID="r"><Children>'
        f"{elements}</Children></Element></LMSDataContainerHeader>"
    )
    path.write_bytes(block(True, text(xml)) + memory)


def test_images_of_a_lif_file(tmp_path):
    pytest.importorskip("liffile")
    path = tmp_path / "cells.lif"
    write_lif(path, [PLANES, PLANES + 1])
    (image,) = read_images(path, scene=1)
    assert np.array_equal(image.pixels, PLANES + 1)
    assert image.spacing == pytest.approx((0.5, 0.1, 0.1))
    assert [e.name for e in open_images(tmp_path, ReadOptions(scene="all")).entries] == [
        "cells_s01",
        "cells_s02",
    ]
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(AdganError, match="cells.lif is truncated or damaged"):
        read_images(path, scene=0)
    write_lif(path, [])
    with pytest.raises(AdganError, match="cells.lif contains no image"):
        read_images(path)


class Nikon:
    """What nd2 tells of a file with two positions."""

    sizes = {"P": 2, "Z": 3, "C": 2, "Y": 20, "X": 30}
    dtype = np.uint16

    def __init__(self, path):
        assert Path(path).is_file()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def voxel_size(self):
        return SimpleNamespace(x=0.1, y=0.1, z=0.5)

    def asarray(self, position=None):
        return np.stack([PLANES, PLANES + 100], axis=1) + position


@pytest.fixture
def nd2(tmp_path, monkeypatch):
    module = ModuleType("nd2")
    module.ND2File = Nikon
    monkeypatch.setitem(sys.modules, "nd2", module)
    (tmp_path / "cells.nd2").write_bytes(b"\xda\xce\xbe\x0a and so on")
    return tmp_path / "cells.nd2"


def test_a_position_of_an_nd2_file(nd2):
    (image,) = read_images(nd2, channel=1, scene=1)
    assert np.array_equal(image.pixels, PLANES + 101)
    assert image.spacing == pytest.approx((0.5, 0.1, 0.1))
    assert len(open_images(nd2, ReadOptions(channel=0, scene="all"))) == 2
    with pytest.raises(AdganError, match="`scene=N`"):
        read_images(nd2, channel=0)


def test_an_nd2_file_of_one_position_whose_depth_is_unknown(nd2, monkeypatch):
    monkeypatch.setattr(Nikon, "sizes", {"Z": 3, "C": 2, "Y": 20, "X": 30})
    monkeypatch.setattr(Nikon, "voxel_size", lambda self: SimpleNamespace(x=0.1, y=0.1, z=0.0))
    whole = np.stack([PLANES, PLANES + 100], axis=1)
    monkeypatch.setattr(Nikon, "asarray", lambda self, position: {None: whole}[position])
    (image,) = read_images(nd2, channel=1)
    assert np.array_equal(image.pixels, PLANES + 100) and image.spacing is None


def test_an_image_larger_than_the_memory_is_described_and_not_decoded(nd2, monkeypatch):
    monkeypatch.setattr("adgan.system.peak.available", lambda: 7199)
    with pytest.raises(AdganError, match="cells.nd2 needs"):
        read_images(nd2, channel=1, scene=1)
    assert open_images(nd2, ReadOptions(channel=0, scene=0)).entries[0].shape == (3, 20, 30)
    monkeypatch.setattr("adgan.system.peak.available", lambda: 7200)
    assert len(read_images(nd2, channel=1, scene=1)) == 1


@pytest.mark.parametrize(
    ("module", "extra", "head"),
    [
        ("czifile", "czi", b"ZISRAWFILE"),
        ("liffile", "lif", b"\x70\x00\x00\x00"),
        ("nd2", "nd2", b"\xda\xce\xbe\x0a"),
    ],
)
def test_a_reader_that_is_not_installed_is_named(tmp_path, monkeypatch, module, extra, head):
    monkeypatch.setitem(sys.modules, module, None)
    path = tmp_path / f"cells.{extra}"
    path.write_bytes(head + b" and so on")
    with pytest.raises(AdganError, match=rf"without {module} .*pip install 'adgan\[{extra}\]'"):
        read_images(path)
    assert "pip install" in open_images(tmp_path).skipped[0].reason
