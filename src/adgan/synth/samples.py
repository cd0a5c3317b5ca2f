"""Built-in simulated images with ground truth: what the demo and the tests run on."""

from dataclasses import dataclass

import numpy as np

from adgan.errors import AdganError
from adgan.seeding import generator
from adgan.synth.microscope import MicroscopeSpec, microscope
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene


@dataclass(frozen=True)
class Sample:
    """A kind of image: its frame, its nuclei and its microscope.

    ``spacing`` is in micrometres, and so is every length of `scene` and `microscope`.
    """

    shape: tuple[int, ...]
    spacing: tuple[float, ...]
    scene: SceneSpec
    microscope: MicroscopeSpec


PIXEL = 0.5

SAMPLES = {
    # Nuclei of 10 to 15 pixels' semi-major axis, 25 to 45 a frame.
    "nuclei2d": Sample(
        shape=(256, 256),
        spacing=(PIXEL, PIXEL),
        scene=SceneSpec(
            radius=(10 * PIXEL, 15 * PIXEL),
            count=(25, 40),
            reference=256 * PIXEL,
            contact=0.35,
            overlap=0.02,
            wobble=0.06,
        ),
        microscope=MicroscopeSpec(grain=0.75, blur=0.45, haze_blur=6.0),
    ),
    # Planes four times as far apart as pixels are wide.
    "nuclei3d": Sample(
        shape=(24, 96, 96),
        spacing=(2.0, PIXEL, PIXEL),
        scene=SceneSpec(
            radius=(5.0, 7.5),
            count=(12, 18),
            reference=48.0,
            contact=0.3,
            overlap=0.02,
            wobble=0.06,
        ),
        microscope=MicroscopeSpec(grain=0.75, blur=0.45, haze_blur=6.0),
    ),
}


def simulated_sample(
    name: str = "nuclei2d", images: int = 16, seed: int = 0, start: int = 0
) -> list[tuple[np.ndarray, np.ndarray, tuple[float, ...]]]:
    """Draw images with their ground truth.

    Image ``i`` depends on `name`, `seed` and ``i`` alone, so a longer sample begins with
    the shorter one, and `start` goes on where another sample ended.

    Parameters
    ----------
    name
        A key of :data:`SAMPLES`.
    images
        How many.
    seed
        Another seed gives other images of the same kind.
    start
        Number of the first image.

    Returns
    -------
    list of tuple
        Image, uint16; instance map, uint16 of the same shape; micrometres per axis.

    Raises
    ------
    AdganError
        If there is no sample of that name.
    """
    if name not in SAMPLES:
        raise AdganError(f"no simulated sample is called {name!r}: choose {', '.join(SAMPLES)}")
    sample = SAMPLES[name]
    drawn = []
    for number in range(start, start + images):
        rng = generator(seed, "sample", name, number)
        labels = render(sample_scene(rng, sample.scene, sample.shape, sample.spacing))
        image = microscope(rng, labels, sample.microscope, sample.spacing)
        drawn.append((image, labels, sample.spacing))
    return drawn
