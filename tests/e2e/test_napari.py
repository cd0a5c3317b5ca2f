"""The napari plugin in a real viewer: windows, clicks, keys and files.

It needs napari and a display: ``pip install 'adgan[napari]' pytest-qt``, then under xvfb-run.
Screenshots go into the folder that ADGAN_SHOTS names, for people to look at.
"""

import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

with warnings.catch_warnings():  # those of napari are its own
    warnings.simplefilter("ignore")
    pytest.importorskip("napari", reason="napari is not installed: pip install 'adgan[napari]'")
    pytest.importorskip("pytestqt", reason="pytest-qt is not installed")
if sys.platform == "linux" and not os.environ.get("DISPLAY"):
    pytest.skip("there is no display: run this under xvfb-run", allow_module_level=True)

from adgan.io import read_labels, write_gray
from adgan.runs.checkpoint import load
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.segment import segment
from adgan.synth.samples import simulated_sample

pytestmark = pytest.mark.filterwarnings("default")
WAIT = 120_000
"""Milliseconds that work in the background may take on a busy machine."""


@pytest.fixture
def viewer(make_napari_viewer):
    """A window that is shown."""
    made = make_napari_viewer(show=True)
    made.window.resize(1300, 850)
    return made


@pytest.fixture
def shot(viewer, qtbot):
    """Take a picture of the window, where somebody wants to look at it."""

    def take(name):
        if folder := os.environ.get("ADGAN_SHOTS"):
            qtbot.wait(200)
            viewer.screenshot(str(Path(folder) / f"{name}.png"), canvas_only=False, flash=False)

    return take


def opened(viewer, name):
    return viewer.window.add_plugin_dock_widget("adgan", name)[1]


def idle(qtbot, panel):
    qtbot.waitUntil(lambda: not panel.busy, timeout=WAIT)


@pytest.fixture
def looked(viewer, qtbot):
    """A viewer in which a first look was taken at a part of a simulated image."""
    image, truth, spacing = simulated_sample(images=1)[0]
    viewer.add_image(image[:128, :160], name="cells", scale=spacing, units=("um", "um"))
    panel = opened(viewer, "First look")
    panel.start.click()
    idle(qtbot, panel)
    return panel, truth[:128, :160]


def test_menus_offer_every_window():
    from npe2 import PluginManager

    manager = PluginManager.instance()
    manager.discover()
    manifest = manager.get_manifest("adgan")
    menus = manifest.contributions.menus
    commands = {item.command for items in menus.values() for item in items}
    assert commands == {w.command for w in manifest.contributions.widgets}
    assert {"napari/layers/segment", "napari/layers/measure"} <= set(menus)
    assert all(callable(manager.commands.get(c.id)) for c in manifest.contributions.commands)


def test_a_first_look_gives_labels_in_the_place_of_the_image(viewer, looked, shot):
    panel, truth = looked
    image, labels = viewer.layers
    np.testing.assert_allclose(labels.scale, image.scale)
    assert labels.units == image.units and labels.data.shape == image.data.shape
    assert np.mean((labels.data > 0) == (truth > 0)) > 0.95
    assert "nuclei" in panel.status.text() and "µm" in panel.status.text()
    assert len(labels.features) == len(np.unique(labels.data))
    shot("first_look")


def test_a_series_and_a_volume_are_looked_at_frame_by_frame(viewer, qtbot, shot):
    series = np.stack([image[:96, :96] for image, _, _ in simulated_sample(images=2)])
    viewer.add_image(np.moveaxis(series, 0, 2), name="series")
    panel = opened(viewer, "First look")
    assert panel.axes.text() == "ZYX"
    panel.axes.setText("YXT")
    panel.start.click()
    idle(qtbot, panel)
    assert viewer.layers[-1].data.shape == (96, 96, 2)
    assert "2 frames" in panel.status.text()
    panel.axes.setText("YX")
    panel.start.click()
    assert "give one of T, Z, Y, X" in panel.status.text()
    shot("mistake")


def click(viewer, qtbot, layer, label, modifier=None):
    """Click on a nucleus in the canvas."""
    from qtpy.QtCore import QPoint, Qt

    from adgan_napari.review import Review

    viewer.reset_view()
    qtbot.wait(100)
    middle, _ = Review(layer.data, {}).place(label)
    world = np.asarray(layer.data_to_world(middle))
    canvas = viewer.window._qt_viewer.canvas
    zoom, centre = viewer.scene.camera.zoom, np.asarray(viewer.scene.camera.center)[-2:]
    height, width = canvas.size
    y, x = (world[-2:] - centre) * zoom + np.array([height, width]) / 2
    qtbot.mouseClick(
        canvas.native, Qt.LeftButton, modifier or Qt.NoModifier, QPoint(round(x), round(y))
    )
    qtbot.wait(50)


def test_review_by_clicks_and_keys_keeps_corrected_label_maps(
    viewer, looked, qtbot, shot, tmp_path
):
    from qtpy.QtCore import Qt

    labels = viewer.layers[-1]
    panel = opened(viewer, "Review")
    panel.kept.put(tmp_path / "corrected")
    assert panel.session.layer is labels
    panel.next_one()
    first = panel.session.review.waiting()[0]
    assert panel.session.chosen == [first] and labels.selected_label == first
    shot("review")
    viewer.window._qt_viewer.canvas.native.setFocus()
    qtbot.keyClick(viewer.window._qt_viewer.canvas.native, "y")
    assert first in panel.session.review.accepted and panel.session.chosen != [first]

    numbers = [n for n in np.unique(labels.data) if n > 0]
    one, other = numbers[0], numbers[1]
    click(viewer, qtbot, labels, one)
    assert panel.session.chosen == [one]
    click(viewer, qtbot, labels, other, Qt.ShiftModifier)
    assert panel.session.chosen == [one, other]
    size = np.isin(labels.data, [one, other]).sum()
    panel.merge()
    assert (labels.data == one).sum() == size and not (labels.data == other).any()
    labels.undo()
    assert (labels.data == other).any()
    labels.redo()
    panel.split()
    assert len(np.unique(labels.data)) == len(numbers) + 1
    panel.draw()
    assert labels.mode == "paint"
    labels.paint((5, 5), labels.selected_label)
    drawn = int(labels.data[5, 5])
    panel.keep()
    shot("corrected")
    kept = read_labels(tmp_path / "corrected" / "cells.tif")
    np.testing.assert_array_equal(kept.pixels, labels.data)
    assert kept.spacing == pytest.approx((0.5, 0.5))
    assert drawn in panel.session.review.accepted


def test_a_review_that_was_closed_takes_no_more_layers(viewer, looked):
    before = opened(viewer, "Review")
    viewer.window.remove_dock_widget(before)
    panel = opened(viewer, "Review")
    added = viewer.add_labels(viewer.layers[-1].data.copy(), name="more")
    assert panel is not before and before.session is None
    assert panel.session.layer.name == "more"
    viewer.layers.remove(added)
    assert before.session is None and panel.session.layer.name != "more"


def test_the_table_and_the_layers_are_linked_both_ways(viewer, looked, qtbot, shot, tmp_path):
    labels = viewer.layers[-1]
    panel = opened(viewer, "Measure")
    assert panel.image.layer() is viewer.layers[0]
    panel.run()
    idle(qtbot, panel)
    count = len(np.unique(labels.data)) - 1
    assert panel.sorted.rowCount() == count
    assert "intensity_mean" in panel.rows.names and "confidence" in panel.rows.names
    panel.view.selectRow(2)
    chosen = int(panel.sorted.index(2, 0).data())
    assert labels.selected_label == chosen
    labels.selected_label = int(panel.sorted.index(5, 0).data())
    assert panel.view.currentIndex().row() == 5
    shot("measure")
    panel.write(tmp_path / "nuclei.csv")
    assert len((tmp_path / "nuclei.csv").read_text().splitlines()) == count + 1


def test_export_writes_what_is_ticked(viewer, looked, qtbot, shot, tmp_path):
    panel = opened(viewer, "Export")
    panel.folder.put(tmp_path / "out")
    for box in panel.kinds.values():
        box.setChecked(True)
    panel.start.click()
    idle(qtbot, panel)
    assert "5 files" in panel.status.text()
    shot("export")
    opened_again = viewer.open(str(tmp_path / "out" / "cells.ome.zarr"), plugin="adgan")
    np.testing.assert_array_equal(np.asarray(opened_again[0].data), viewer.layers[1].data)
    np.testing.assert_allclose(opened_again[0].scale, viewer.layers[1].scale)


def test_ome_zarr_that_segment_writes_opens_with_its_scale(viewer, tmp_path):
    pytest.importorskip("zarr")
    image, _, spacing = simulated_sample(images=1)[0]
    write_gray(tmp_path / "cells.tif", image[:96, :96], spacing)
    segment(None, [tmp_path / "cells.tif"], tmp_path / "out", options=SegmentOptions(store="zarr"))
    (layer,) = viewer.open(str(tmp_path / "out" / "cells.ome.zarr"), plugin="adgan")
    assert type(layer).__name__ == "Labels" and layer.data.shape == (96, 96)
    assert len(np.unique(np.asarray(layer.data))) > 2
    np.testing.assert_allclose(layer.scale, spacing)
    assert [str(unit) for unit in layer.units] == ["micrometer", "micrometer"]


def test_the_images_of_a_folder_are_reviewed_one_after_the_other(viewer, qtbot, shot, tmp_path):
    for number, (image, _, spacing) in enumerate(simulated_sample(images=2)):
        (tmp_path / "images").mkdir(exist_ok=True)
        write_gray(tmp_path / "images" / f"cell{number}.tif", image[:96, :96], spacing)
    segment(None, tmp_path / "images", tmp_path / "out", options=SegmentOptions(confidence=True))
    panel = opened(viewer, "Review")
    panel.results.put(tmp_path / "out")
    panel.list_results()
    assert panel.gallery.count() == 2 and panel.kept.path() == tmp_path / "out-corrected"
    panel.gallery.itemClicked.emit(panel.gallery.item(0))
    assert [type(layer).__name__ for layer in viewer.layers] == ["Image", "Labels"]
    panel.next_one()
    first = panel.session.chosen[0]
    panel.delete()
    shot("folder")
    panel.gallery.itemClicked.emit(panel.gallery.item(1))
    assert len(viewer.layers) == 2
    (kept,) = (tmp_path / "out-corrected").glob("*.tif")
    assert kept.stem in panel.gallery.item(0).text()
    assert first not in read_labels(kept).pixels
    panel.gallery.itemClicked.emit(panel.gallery.item(0))
    assert first not in viewer.layers[-1].data


def test_a_training_beside_the_window_is_followed_and_closing_leaves_a_run(
    viewer, qtbot, shot, tmp_path
):
    image, _, spacing = simulated_sample(images=1)[0]
    viewer.add_image(image[:128, :128], name="cells", scale=spacing)
    panel = opened(viewer, "Train on these")
    run = tmp_path / "run"
    panel.folder.put(run)
    panel.start.click()
    qtbot.waitUntil(lambda: panel.job is not None and len(panel.loss.values) > 0, timeout=WAIT)
    qtbot.waitUntil(lambda: panel.masks is not None, timeout=WAIT)
    assert panel.masks.data.shape == (128, 128)
    shot("train")
    job = panel.job
    viewer.window.remove_dock_widget(panel)
    qtbot.waitUntil(lambda: job.ended, timeout=WAIT)
    assert load(run).recipe
