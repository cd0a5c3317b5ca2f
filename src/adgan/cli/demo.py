"""`adgan demo`: the whole workflow on the built-in simulated sample, with a final report page."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from adgan.cli.progress import Meter, watch_share, watch_training
from adgan.cli.ranges import MINUTES, SEED
from adgan.cli.voice import say, tell

if TYPE_CHECKING:
    from adgan.report import Sample
    from adgan.runs.checkpoint import Model

SAMPLE = "nuclei2d"


@dataclass(frozen=True)
class Numbers:
    """Numbers of images of the demonstration.

    Parameters
    ----------
    training, held_out
        Images to train on, and images to score on.
    untrained
        Images that the page shows as segmented without training.
    synthetic
        Images that the trained networks generate.
    """

    training: int = 12
    held_out: int = 4
    untrained: int = 2
    synthetic: int = 2


NUMBERS = Numbers()


def demo(
    *,
    output: Annotated[Path, Parameter(alias="-o")] = Path("demo"),
    minutes: Annotated[float, MINUTES] = 3.0,
    seed: Annotated[int, SEED] = 0,
    overwrite: bool = False,
) -> None:
    """Run the whole workflow on simulated images with known ground truth.

    Segment with the built-in model, train, segment again, score, and synthesize.

    Examples
    --------
    With one minute of training; then look at demo/index.html:

        $ adgan demo --minutes 1

    Parameters
    ----------
    output
        Output folder (default demo).
    minutes
        Training length in minutes (default 3).
    seed
        Random seed of the sample and the training (default 0).
    overwrite
        Write into a folder that already contains files.
    """
    import adgan
    from adgan.cli.page import run_content
    from adgan.image.sample import write_sample
    from adgan.io import claim_output
    from adgan.report import run_page

    recipe = adgan.make_preset(
        "fast",
        {"scene": sample_sizes(), "schedule": {"minutes": minutes}, "seed": seed},
        source="these options",
    )
    claim_output(output, overwrite)
    known = write_sample(output / "training", SAMPLE, NUMBERS.training, seed, overwrite=overwrite)
    unseen = write_sample(
        output / "held_back",
        SAMPLE,
        NUMBERS.held_out,
        seed,
        start=NUMBERS.training,
        overwrite=overwrite,
    )
    say(
        f"Simulated images are in {output}: {NUMBERS.training} for training and {NUMBERS.held_out} "
        "held out"
    )
    run, found, first = output / "run", output / "segmented", output / "built_in"
    _segment(None, unseen, first, "segmenting without training", overwrite)
    with Meter("training") as meter:
        watch = watch_training(meter, run)
        model = adgan.train(known / "images", run, recipe, overwrite=overwrite, watch=watch)
    content = run_content(run)
    if content["facts"]["ended"] != "as planned":
        raise KeyboardInterrupt(f"the demonstration was stopped during the training of {run}")
    _segment(model, unseen, found, "segmenting", overwrite)
    before, scores = (adgan.evaluate(folder, unseen / "labels") for folder in (first, found))
    adgan.synthesize(run, output / "synthetic", NUMBERS.synthetic, seed=seed, overwrite=overwrite)
    content["subtitle"] = (
        f"Trained on {NUMBERS.training} simulated images without their labels; scored on "
        f"{NUMBERS.held_out} held-out images. The networks generated the images named synthetic."
    )
    truth, synthetic = unseen / "labels", output / "synthetic"
    by = " by the built-in model, without training"
    page = output / "index.html"
    run_page(
        page,
        "Nuclei found without labels",
        samples=[
            *_samples(unseen / "images", found, truth),
            *_samples(unseen / "images", first, truth, by)[: NUMBERS.untrained],
            *_samples(synthetic / "images", synthetic / "labels"),
        ],
        evaluation=scores,
        **content,
    )
    for who, result in (("the built-in model, untrained", before), ("the trained run", scores)):
        means = ", ".join(f"{name} {result.mean[key]:.3f}" for name, key in SHOWN.items())
        tell(f"On {NUMBERS.held_out} held-out images, {who}: {means}")
    tell(f"Look at {page}")


SHOWN = {"pixel DICE": "dice", "object F1": "f1", "SEG": "seg"}


def sample_sizes() -> dict[str, Any]:
    """Return the nucleus radius in pixels and the nucleus count of the sample, as in a recipe."""
    from adgan.models.build import REFERENCE
    from adgan.synth.samples import SAMPLES

    sample = SAMPLES[SAMPLE]
    pixel = sample.spacing[-1]
    low, high = (radius / pixel for radius in sample.scene.radius)
    # The count of a recipe refers to another area than that of the sample.
    share = (REFERENCE[len(sample.shape)] * pixel / sample.scene.reference) ** len(sample.shape)
    fewest, most = (count * share for count in sample.scene.count)
    return {"radius": (low, high), "count": (fewest, most)}


def _segment(model: "Model | None", unseen: Path, found: Path, title: str, overwrite: bool) -> None:
    import adgan

    with Meter(title) as meter:
        adgan.segment(
            model,
            unseen / "images",
            found,
            options=adgan.SegmentOptions(probability=True),
            overwrite=overwrite,
            progress=watch_share(meter),
        )


def _samples(images: Path, labels: Path, truth: Path | None = None, by: str = "") -> "list[Sample]":
    """Read images and their label maps; with a truth, the foreground probabilities, too."""
    from adgan.io import find_images, read_images, read_labels
    from adgan.report import Sample

    samples = []
    for path in find_images(images):
        (image,), found = read_images(path), read_labels(labels / path.name)
        more = {}
        if truth:
            (mask,) = read_images(labels / "probability" / path.name)
            more = {"mask": mask.pixels, "truth": read_labels(truth / path.name).pixels}
        name = image.name + by
        samples.append(Sample(name, image.pixels, found.pixels, spacing=image.spacing, **more))
    return samples
