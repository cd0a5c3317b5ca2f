"""`adgan synthesize`: realistic images of simulated nuclei, with their true labels."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from adgan.cli.options import RUN, WRITE, Device
from adgan.cli.progress import Meter, tell, watch_items
from adgan.cli.ranges import PAIRS, SEED, SIDES


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
    """Turn simulated masks into realistic images: pairs to train other tools on.

    The same command again draws what is missing.

    Examples
    --------
    Fifty pairs of 512 x 512 pixels:

        $ adgan synthesize run -o pairs -n 50 --size 512 512

    Parameters
    ----------
    run
        A run folder that `adgan train` made.
    output
        The folder for images/ and labels/.
    number
        How many pairs; 100 when absent.
    size
        Sides in pixels, (Z) Y X; 256 256, or 64 128 128 for volumes, when absent.
    seed
        Of the simulated nuclei; 0 when absent.
    program
        Write the folders that this program trains on, in place of images/ and labels/.
    device
        Where to compute; auto takes the best there is.
    overwrite
        Start anew in a folder that holds files.
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
    if program:
        from adgan.layouts import NEXT

        tell(f"{number} pairs are in {output} as {program} takes them: {NEXT[program](output)}")
        return
    tell(f"{number} pairs of the same name are in {output / 'images'} and {output / 'labels'}")
