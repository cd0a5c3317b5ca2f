import numpy as np
import pytest

from adgan.batch.loop import work_through
from adgan.batch.manifest import Manifest, Row
from adgan.errors import AdganError
from adgan.io import open_images, write_gray

RNG = np.random.default_rng(0)


@pytest.fixture
def collection(tmp_path):
    """Three images, of which the second is damaged once it was described."""
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(3):
        write_gray(folder / f"{number}.tif", RNG.integers(1, 200, (20, 30), dtype=np.uint16))
    found = open_images(folder)
    (folder / "1.tif").write_text("a letter")
    return found


def do(entry, image, shown):
    shown(0.5)
    return Row(
        entry.name, str(entry.path), "done", entry.stamp, details={"nuclei": 1}
    ), image.pixels.sum()


def test_it_goes_on_where_an_image_cannot_be_read(collection, tmp_path):
    manifest = Manifest(tmp_path)
    rows = list(work_through(collection.read, collection.entries, do, manifest))
    assert [(row.name, row.state, result is None) for row, result in rows] == [
        ("0", "done", False), ("1", "skipped", True), ("2", "done", False)
    ]  # fmt: skip
    assert list(Manifest(tmp_path).rows.values()) == [row for row, _ in rows]


def test_progress_counts_pixels(collection):
    seen = []
    list(work_through(collection.read, collection.entries, do, progress=lambda *s: seen.append(s)))
    shares = [0, 1 / 6, 2 / 6, 4 / 6, 5 / 6, 1]
    assert [share for share, _ in seen] == pytest.approx(shares)
    assert [name for _, name in seen] == ["0", "0", "0", "1", "2", "2"]


def test_what_goes_wrong_in_the_work_itself_ends_it(collection, tmp_path):
    def full(*_):
        raise AdganError("cannot write: no space left")

    with pytest.raises(AdganError, match="no space left"):
        list(work_through(collection.read, collection.entries, full, Manifest(tmp_path)))
    assert Manifest(tmp_path).rows == {}
