"""`adgan synthesize`: realistic images of simulated nuclei, with their true labels."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from adgan.cli.options import RUN, WRITE, Device
from adgan.cli.progress import Meter, watch_items
from adgan.cli.ranges import PAIRS, SEED, SIDES
from adgan.cli.voice import tell
from adgan.system.text import count_of


def synthesize(
    run: Path,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    number: Annotated[int, Parameter(alias="-n"), PAIRS] = 100,
    size: Annotated[tuple[int, ...] | None, SIDES] = None,
    seed: Annotated[int, SEED] = 0,
    program: Annotated[
        Literal["cellpose", "stardist", "nnunet"] | None, Parameter(name="--for"), WRITE
    ] = None,
    device: Annotated[Device, RUN] = "auto",
    overwrite: Annotated[bool, RUN] = False,
) -> None:
    """Turn simulated masks into realistic images, as pairs for training other tools.

    Run the same command again to draw missing pairs.

    Examples
    --------
    Fifty pairs of 512 x 512 pixels:

        $ adgan synthesize run -o pairs -n 50 --size 512 512

    Parameters
    ----------
    run
        Run folder created by `adgan train`.
    output
        Output folder for images/ and labels/.
    number
        Number of pairs (default 100).
    size
        Image size in pixels, (Z) Y X (default 256 256, or 64 128 128 for volumes).
    seed
        Random seed of the simulated nuclei (default 0).
    program
        Write the training folders of this program instead of images/ and labels/.
    device
        Device to compute on (default auto: the fastest available).
    overwrite
        Start over in a folder that already contains files.
    """
    import adgan

    with Meter("synthesizing") as meter:
        adgan.synthesize(
            run,
            output,
            number,
            size=size,
            seed=seed,
            program=program,
            device=device,
            overwrite=overwrite,
            watch=watch_items(meter),
        )
    pairs = count_of(number, "pair")
    if program:
        from adgan.labels.layouts import NEXT

        tell(f"Wrote {pairs} to {output} in the layout of {program}: {NEXT[program](output)}")
        return
    tell(f"Wrote {pairs} with equal names to {output / 'images'} and {output / 'labels'}")
