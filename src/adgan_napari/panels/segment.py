"""Segment: layers or a folder, with a run or the built-in model."""

from pathlib import Path
from typing import Any

from adgan_napari.jobs import Job, segment_words
from adgan_napari.looking import Findings, Seen, look, summary
from adgan_napari.panels.choices import Folder
from adgan_napari.panels.look import show_findings
from adgan_napari.panels.running import RunningPanel
from adgan_napari.shown import ABOUT, placed
from adgan_napari.stacks import stack_of


class SegmentPanel(RunningPanel):
    """Segment the checked layers in this process, or a folder by the command line."""

    intro = "Gives every nucleus a label, with a trained run or the built-in model."
    verb = "Segment"

    def ask(self) -> None:
        """Add the folders of the run and of the results."""
        self.run_folder = Folder("none: the built-in model")
        self.output = Folder("for a folder of images")
        self.form.addRow("Run", self.run_folder)
        self.form.addRow("Results", self.output)

    def begin(self) -> None:
        """Start: layers in this process, a folder in another one."""
        folder, run = self.images.path(), self.run_folder.path()
        if folder is not None:
            output = self.output.needed("the results")
            self.command(
                segment_words(run, [folder], output), output.with_name(f"{output.name}.log")
            )
            return
        self.running(True)
        self._next(self.layers.chosen(), run)

    def _next(self, layers: list[Any], run: Path | None) -> None:
        """Segment the first of some layers, then the others."""
        layer, left = layers[0], layers[1:]
        try:
            stack = stack_of(layer)
        except Exception as error:
            self.running(False)
            self.fail(error)
            return
        findings = Findings.of(stack)
        found = self.viewer.add_labels(
            stack.as_layer(findings.labels),
            name=f"{layer.name} nuclei",
            metadata={ABOUT: {"image": layer.name, "axes": stack.axes}},
            opacity=0.5,
            **placed(layer),
        )
        self.tell(f"Segmenting {layer.name} …")
        self.progress(0)

        def taken(seen: Seen) -> None:
            findings.put(seen)
            show_findings(found, findings)
            self.progress(seen.share)
            if findings.expected:
                self.tell(layer.name, *summary(stack, findings))

        def ended() -> None:
            whole = len(findings.expected) == len(stack)  # neither stopped nor failed
            if left and whole:
                self._next(left, run)
            else:
                self.running(False)
                self.bar.hide()

        self.work(look, (stack, run), taken, ended)

    def over(self, job: Job) -> None:
        """Open the results for review, unless the command failed."""
        output = self.output.path()
        if output is not None and not job.failed:
            panel = self.open("Review")
            panel.results.put(output)
            panel.list_results()
