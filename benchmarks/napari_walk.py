"""Walks through the napari plugin as docs/napari.md tells it, in a real window, and takes pictures.

It begins with a folder of simulated images and ends with reviewed, measured and exported labels:

    make walk

Every step prints the seconds since the start.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import napari
import PIL.Image
from qtpy.QtWidgets import QApplication

from adgan.image.sample import write_sample

WINDOW_SIZE_PIXELS = (1280, 800)
"""Size of the window, in pixels."""
TIME_LIMIT_SECONDS = 600.0
"""Time limit until labels are reviewed, in seconds."""
TRAINING_MINUTES = 2.0
"""Time of the training, in minutes."""


class Walk:
    """A window, the clock, and the folder of pictures."""

    def __init__(self, pictures: Path, viewer: Any):
        self.pictures = pictures
        self.started = time.monotonic()
        self.viewer = viewer
        viewer.window.resize(*WINDOW_SIZE_PIXELS)
        pictures.mkdir(parents=True, exist_ok=True)

    def open(self, name: str) -> Any:
        """Show a window of the plugin, and close the previous ones."""
        for before, widget in dict(self.viewer.window.dock_widgets).items():
            if "adgan" in before:
                self.viewer.window.remove_dock_widget(widget)
        _, panel = self.viewer.window.add_plugin_dock_widget("adgan", name)
        self.wait(0.3)
        return panel

    def wait(self, seconds: float) -> None:
        """Let the window process events for some seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.instance().processEvents()
            time.sleep(0.02)

    def until(self, there: Callable[[], Any]) -> None:
        """Let the window process events until a condition is true."""
        while not there():
            self.wait(0.2)

    def picture(self, name: str) -> None:
        """Take a picture of the window."""
        self.wait(0.5)
        shot = self.viewer.screenshot(canvas_only=False, flash=False)
        path = self.pictures / f"{name}.png"
        picture = PIL.Image.fromarray(shot[..., :3])
        # So many colours keep those of the legend, in a quarter of the bytes.
        few = picture.quantize(256, PIL.Image.Quantize.FASTOCTREE, dither=PIL.Image.Dither.NONE)
        few.save(path, optimize=True)
        self.say(f"picture {name}.png")

    def say(self, what: str) -> None:
        """Print the time and a step."""
        print(f"{time.monotonic() - self.started:6.1f} s  {what}", flush=True)


def first_look(walk: Walk) -> None:
    """Open the sample and take a first look at it."""
    walk.viewer.open_sample("adgan", "image")
    panel = walk.open("First look")
    panel.start.click()
    walk.until(lambda: not panel.busy)
    walk.picture("look")
    walk.viewer.layers.clear()


def train(walk: Walk, images: Path, run: Path) -> None:
    """Train on a folder, and stop after two checks of the masks."""
    panel = walk.open("Train on these")
    panel.images.put(images)
    panel.folder.put(run)
    panel.minutes.setValue(TRAINING_MINUTES)
    panel.start.click()
    walk.until(lambda: panel.job.ended or (panel.masks and len(panel.score.values) > 1))
    walk.picture("train")
    panel.halt.click()
    walk.until(lambda: panel.next.isEnabled())
    walk.say(panel.status.text().replace("\n", "; "))
    walk.viewer.layers.clear()


def segment(walk: Walk, images: Path, run: Path, results: Path) -> None:
    """Segment the folder, which opens its results for review."""
    panel = walk.open("Segment")
    panel.images.put(images)
    panel.run_folder.put(run)
    panel.output.put(results)
    panel.start.click()
    walk.until(lambda: panel.job.ended)
    walk.wait(1)
    walk.say(panel.status.text().replace("\n", "; "))


def review(walk: Walk, results: Path) -> None:
    """Review the least certain nuclei of the least certain image, and correct one."""
    panel = walk.open("Review")
    panel.results.put(results)
    panel.list_results()
    panel.open_image(panel.gallery.item(0).data(256))  # Qt.UserRole
    panel.next_one()
    walk.picture("review")
    panel.accept()
    panel.split()
    panel.accept()
    walk.wait(1.5)
    walk.viewer.reset_view()
    walk.picture("corrected")
    walk.say(panel.count.text())


def measure(walk: Walk) -> None:
    """Measure the open label map, and go to the largest nucleus."""
    panel = walk.open("Measure")
    panel.run()
    walk.until(lambda: not panel.busy)
    panel.view.sortByColumn(1, panel.sorted.sortOrder().DescendingOrder)
    panel.view.selectRow(0)
    walk.picture("measure")


def export(walk: Walk, folder: Path) -> None:
    """Export label maps, outlines and a table."""
    panel = walk.open("Export")
    panel.folder.put(folder)
    for kind in ("imagej", "qupath", "table"):
        panel.kinds[kind].setChecked(True)
    panel.start.click()
    walk.until(lambda: not panel.busy)
    walk.viewer.reset_view()
    walk.picture("export")


def volume(walk: Walk) -> None:
    """Take a first look at a volume."""
    walk.viewer.layers.clear()
    walk.viewer.open_sample("adgan", "volume")
    panel = walk.open("First look")
    panel.start.click()
    walk.until(lambda: not panel.busy)
    walk.viewer.dims.ndisplay = 3
    walk.viewer.scene.camera.angles = (15, 25, 60)
    walk.picture("volume")


def main() -> None:
    """Run all steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of pictures")
    parser.add_argument("--images", type=int, default=6, help="in the folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        images = write_sample(place / "sample", images=given.images) / "images"
        walk = Walk(given.output, napari.Viewer(show=True))
        first_look(walk)
        train(walk, images, place / "run")
        segment(walk, images, place / "run", place / "results")
        review(walk, place / "results")
        taken = time.monotonic() - walk.started
        measure(walk)
        export(walk, place / "exported")
        volume(walk)
        walk.viewer.close()
    print(f"from nothing to reviewed labels of a folder: {taken:.0f} s", flush=True)
    if taken > TIME_LIMIT_SECONDS:
        print(f"that is more than {TIME_LIMIT_SECONDS:.0f} s", flush=True)
    # What draws under xvfb frees its memory twice where the interpreter ends by itself.
    os._exit(int(taken > TIME_LIMIT_SECONDS))


if __name__ == "__main__":
    main()
