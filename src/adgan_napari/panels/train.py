"""Train on these, and Learn from corrections: start a training and show its progress."""

from pathlib import Path
from typing import Any

import numpy as np
from qtpy.QtWidgets import QDoubleSpinBox, QVBoxLayout

from adgan.errors import AdganError
from adgan.io import open_images
from adgan.recipe.presets import FAST
from adgan_napari.handing import images_beside, write_stacks
from adgan_napari.jobs import Job, course_of, train_words
from adgan_napari.live import masks_of, sample_of
from adgan_napari.panels.choices import Folder
from adgan_napari.panels.panel import button
from adgan_napari.panels.plot import Plot
from adgan_napari.panels.running import RunningPanel
from adgan_napari.shown import placed
from adgan_napari.stacks import Stack, stack_of


class TrainPanel(RunningPanel):
    """Train on layers or on a folder, and show loss, score and masks meanwhile."""

    intro = (
        "Trains on these images, without labels, in the background. If you stop it or close the "
        "window, the run can still be used."
    )
    verb = "Train"
    labels: Path | None = None

    def ask(self) -> None:
        """Add the folder of the run and the training time."""
        self.folder = Folder("where the run goes")
        self.minutes = QDoubleSpinBox()
        self.minutes.setRange(0.1, 1440)
        self.minutes.setValue(FAST["schedule"]["minutes"])
        self.minutes.setSuffix(" min")
        self.form.addRow("Run", self.folder)
        self.form.addRow("Time", self.minutes)
        self.sample: Stack | None = None
        self.origin: Any = None
        self.masks: Any = None
        self.stamp = 0

    def fill(self, layout: QVBoxLayout) -> None:
        """Add the curves, and the button for the next step."""
        super().fill(layout)
        self.loss = Plot("loss", "sky")
        self.score = Plot("score of the masks", "orange")
        layout.addWidget(self.loss)
        layout.addWidget(self.score)
        self.next = button("Segment with this run", self._segment)
        self.next.setEnabled(False)
        layout.addWidget(self.next)

    def begin(self) -> None:
        """Start the training; layers are written to files first."""
        run, folder = self.folder.needed("the run"), self.images.path()
        train_words([], run, 1, self.labels)  # refuses a folder that holds a run
        self.stamp, self.masks = course_of(run).stamp, None
        self.next.setEnabled(False)
        if folder is not None:
            found = open_images([folder]).require()
            image = found.read(found.entries[0])
            name = f"sample: {image.name}"
            self.origin = self.viewer.add_image(
                image.pixels, name=name, scale=image.spacing or (1,) * image.pixels.ndim
            )
            self._show_on(stack_of(self.origin))
            self._train([folder], run)
            return
        layers = self.layers.chosen()
        stacks = [stack_of(layer) for layer in layers]
        self.origin = layers[0]
        self._show_on(stacks[0])
        self.running(True)
        self.work(
            write_stacks,
            (stacks, images_beside(run)),
            lambda path: self.tell(f"Writing {path.name}"),
            lambda: self._written(images_beside(run), run, stacks),
        )

    def _show_on(self, stack: Stack) -> None:
        """Store the part of the stack on which masks are shown during the training."""
        self.sample, window = sample_of(stack)
        self.offset = np.zeros(self.origin.ndim)
        for letter, part in zip("YX", window, strict=True):
            self.offset[stack.axes.index(letter)] = part.start

    def _written(self, folder: Path, run: Path, stacks: list[Stack]) -> None:
        self.running(False)
        wanted = [folder / f"{name}.tif" for stack in stacks for name in stack.names()]
        if all(path.is_file() for path in wanted):
            self._train(wanted, run)

    def _train(self, images: list[Path], run: Path) -> None:
        words = train_words(images, run, self.minutes.value(), self.labels)
        self.command(words, run.with_name(f"{run.name}.log"))

    def follow(self) -> None:
        """Update the curves and the masks."""
        super().follow()
        run = self.folder.path()
        try:
            course = course_of(run) if run else None
        except AdganError:
            return  # a file is just being written
        if course is None:
            return
        self.loss.draw(course.steps, course.loss)
        self.score.draw([step for step, _ in course.scores], [score for _, score in course.scores])
        if course.stamp > self.stamp and not self.busy and self.sample is not None:
            self.stamp = course.stamp
            self.work(masks_of, (run, self.sample), self._show, lambda: None)

    def _show(self, labels: np.ndarray) -> None:
        """Show the current masks of the sample."""
        assert self.sample is not None
        shown = self.sample.as_layer(labels[None])
        if self.masks is not None and self.masks in self.viewer.layers:
            self.masks.data = shown
        elif self.origin in self.viewer.layers:
            where = placed(self.origin, self.offset)
            self.masks = self.viewer.add_labels(shown, name="masks so far", opacity=0.5, **where)

    def over(self, job: Job) -> None:
        """Enable the next step if the run has weights."""
        run = self.folder.path()
        self.next.setEnabled(run is not None and course_of(run).stamp > 0)

    def _segment(self) -> None:
        panel = self.open("Segment")
        panel.run_folder.put(self.folder.needed("the run"))
        panel.images.text.setText(self.images.text.text())


class LearnPanel(TrainPanel):
    """Train a new run on corrected label maps."""

    intro = (
        "Trains on the corrections made in Review, and on the images themselves. The result is a "
        "new run: give it a folder of its own."
    )
    verb = "Learn"

    def ask(self) -> None:
        """Add the folder of corrected label maps."""
        super().ask()
        self.corrected = Folder("what Review kept")
        self.form.insertRow(2, "Corrected", self.corrected)

    def begin(self) -> None:
        """Start the training, if there are corrected label maps."""
        folder = self.corrected.needed("the corrected label maps")
        open_images([folder])  # refuses a folder without images
        self.labels = folder
        super().begin()
