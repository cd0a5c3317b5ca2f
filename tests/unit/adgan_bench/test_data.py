import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import write_labels
from adgan_bench.data import median_diameter, read_data


def test_reads_images_labels_and_split(data_file):
    (found,) = read_data(data_file)
    assert found.name == "simulated"
    assert len(found.images) == 4
    assert [image.name for image in found.seen] == ["0", "1"]
    assert [image.name for image in found.held] == ["2"]
    assert found.scene() == {"radius": (10, 15), "count": (25, 40)}
    assert found.ndim == 2


def test_paths_start_from_another_root(data_file, tmp_path):
    moved = tmp_path / "elsewhere" / "data.yaml"
    moved.parent.mkdir()
    data_file.rename(moved)
    with pytest.raises(AdganError, match="set simulated .* does not exist"):
        read_data(moved)
    assert len(read_data(moved, root=tmp_path)[0].images) == 4


def test_no_split_scores_every_label(data_file):
    data_file.write_text(data_file.read_text() + "    split: 0\n")
    (found,) = read_data(data_file)
    assert (len(found.seen), len(found.held)) == (0, 3)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("    split: 0.9\n", "leaves none for training or none"),
        ("    split: 2\n", "simulated.split"),
        ("    colour: red\n", "simulated.colour"),
    ],
)
def test_a_bad_setting_is_named(data_file, line, message):
    data_file.write_text(data_file.read_text() + line)
    with pytest.raises(AdganError, match=message):
        read_data(data_file)


def test_an_unknown_set_is_refused_with_the_nearest(data_file):
    with pytest.raises(AdganError, match="did you mean simulated"):
        read_data(data_file, names=["simulate"])


def test_labels_without_an_image_are_refused(data_file):
    write_labels(data_file.parent / "labels" / "9.tif", np.zeros((8, 8), int))
    with pytest.raises(AdganError, match="9.tif has no image of its name"):
        read_data(data_file)


def test_labels_of_another_size_are_refused(data_file):
    write_labels(data_file.parent / "labels" / "1.tif", np.zeros((8, 8), int))
    with pytest.raises(AdganError, match=r"1.tif has shape \(8, 8\) and its image \(80, 96\)"):
        read_data(data_file)


def test_a_file_without_sets_is_refused(tmp_path):
    path = tmp_path / "data.yaml"
    path.write_text("images: here\n")
    with pytest.raises(AdganError, match="sets"):
        read_data(path)


def test_diameter_is_that_of_discs_and_balls():
    square = np.arange(-15, 16) ** 2
    plane = np.add.outer(square, square)
    disc, ball = plane <= 12**2, np.add.outer(square, plane) <= 12**2
    assert median_diameter([disc * 3, np.zeros((5, 5), int)]) == pytest.approx(24, rel=0.02)
    assert np.isnan(median_diameter([np.zeros((5, 5), int)]))
    assert median_diameter([ball.astype(int)]) == pytest.approx(24, rel=0.02)
    # Every other plane of the ball.
    thin = ball[1::2].astype(int)
    assert median_diameter([thin], (2.0, 1.0, 1.0)) == pytest.approx(24, rel=0.02)
