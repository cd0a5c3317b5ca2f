"""A set of four small simulated images, and its data file."""

import pytest

from adgan.io import write_gray, write_labels
from adgan.synth.samples import simulated_sample

TEXT = """sets:
  simulated:
    images: images
    labels: labels
    radius: [10, 15]
    count: [25, 40]
"""


def write_data(tmp_path):
    """Write a data file with one set of three labelled images and one without."""
    for part in ("images", "labels"):
        (tmp_path / part).mkdir()
    for number, (image, labels, _) in enumerate(simulated_sample(images=4)):
        write_gray(tmp_path / "images" / f"{number}.tif", image[:80, :96])
        if number < 3:
            write_labels(tmp_path / "labels" / f"{number}.tif", labels[:80, :96])
    path = tmp_path / "data.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def data_file(tmp_path):
    return write_data(tmp_path)


@pytest.fixture(scope="session")
def shared_data_file(tmp_path_factory):
    """The same, for tests that only read it."""
    return write_data(tmp_path_factory.mktemp("data"))
