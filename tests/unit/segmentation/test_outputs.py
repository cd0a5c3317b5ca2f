"""What is left out of label maps, and tables in each format."""

import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import write_gray
from adgan.quality.confidence import Confidence
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.result import Segmentation, without_border
from adgan.segmentation.segment import segment
from adgan.synth.samples import simulated_sample


def test_nuclei_that_the_frame_cuts_are_left_out_with_their_confidence():
    labels = np.zeros((20, 24), np.uint32)
    labels[0:5, 3:8], labels[8:13, 8:13], labels[15:19, 20:24], labels[8:12, 16:20] = 1, 2, 3, 4
    confidence = Confidence(
        0.5, np.array([0.1, 0.2, 0.3, 0.4]), {"shape": np.array([1, 2, 3, 4])}, 0
    )
    found = without_border(Segmentation(labels, None, confidence))
    assert np.array_equal(found.labels, (labels == 2) + 2 * (labels == 4).astype(np.uint32))
    assert found.labels.dtype == np.uint32
    assert found.confidence.nuclei.tolist() == [0.2, 0.4]
    assert found.confidence.reasons["shape"].tolist() == [2, 4]


def test_volumes_lose_what_the_first_and_last_slice_cut():
    labels = np.zeros((5, 12, 14), np.uint32)
    labels[0:2, 2:5, 2:5], labels[1:4, 6:9, 6:9] = 1, 2
    assert np.array_equal(without_border(Segmentation(labels)).labels > 0, labels == 2)
    assert not without_border(Segmentation(0 * labels)).labels.any()


def test_segmenting_leaves_them_out_of_maps_and_tables(tmp_path):
    anndata = pytest.importorskip("anndata")
    ((image, _, _),) = simulated_sample(images=1)
    write_gray(tmp_path / "cell.tif", image[:128, :128], (0.5, 0.5))
    options = SegmentOptions(table=True, table_format="anndata", exclude_border=True)
    (found,) = segment(None, tmp_path / "cell.tif", tmp_path / "out", options=options, device="cpu")
    labels = tifffile.imread(found.path)
    frame = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    table = anndata.read_h5ad(tmp_path / "out" / "tables" / "cell.h5ad")
    assert found.count == labels.max() == len(table) > 3 and not frame.any()
    assert table.obs["touches_border"].sum() == 0 and table.uns["spatial_unit"] == "micrometre"
    with pytest.raises(AdganError, match="started with"):
        segment(
            None,
            tmp_path / "cell.tif",
            tmp_path / "out",
            options=SegmentOptions(table=True),
            device="cpu",
        )
