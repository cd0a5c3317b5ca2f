"""Built-in simulated images with ground truth, for the demo and the tests."""

from dataclasses import dataclass

import numpy as np

from adgan.errors import AdganError
from adgan.synth.microscope import MicroscopeSpec, microscope
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator


@dataclass(frozen=True)
class Sample:
    """A kind of image: its shape and pixel size, its nuclei and its microscope.

    ``spacing`` and all lengths of `scene` and `microscope` are in micrometres.
    """

    shape: tuple[int, ...]
    spacing: tuple[float, ...]
    scene: SceneSpec
    microscope: MicroscopeSpec


SAMPLES = {
    # 25 to 40 nuclei per image, with a semi-major axis of 10 to 15 pixels.
    "nuclei2d": Sample(
        shape=(256, 256),
        spacing=(0.5, 0.5),
        scene=SceneSpec(
            radius=(5.0, 7.5),
            count=(25, 40),
            reference=128.0,
            contact=0.35,
            overlap=0.02,
            irregularity=0.06,
        ),
        microscope=MicroscopeSpec(grain=0.75, blur=0.45, haze_blur=6.0),
    ),
    # The plane distance is four times the pixel size.
    "nuclei3d": Sample(
        shape=(24, 96, 96),
        spacing=(2.0, 0.5, 0.5),
        scene=SceneSpec(
            radius=(5.0, 7.5),
            count=(12, 18),
            reference=48.0,
            contact=0.3,
            overlap=0.02,
            irregularity=0.06,
        ),
        microscope=MicroscopeSpec(grain=0.75, blur=0.45, haze_blur=6.0),
    ),
}


def simulated_sample(
    name: str = "nuclei2d", images: int = 16, seed: int = 0, start: int = 0
) -> list[tuple[np.ndarray, np.ndarray, tuple[float, ...]]]:
    """Draw images with their ground truth.

    Image ``i`` depends only on `name`, `seed` and ``i``. A longer sample therefore begins with the
    shorter one, and `start` continues where another sample ended.

    Parameters
    ----------
    name
        Name of the sample, a key of :data:`SAMPLES`.
    images
        Number of images.
    seed
        Random seed; another seed gives other images of the same kind.
    start
        Number of the first image.

    Returns
    -------
    list of tuple
        Image, uint16; label map, uint16 of the same shape; micrometres along each axis.

    Raises
    ------
    AdganError
        If there is no sample of that name.
    """
    if name not in SAMPLES:
        raise AdganError(f"there is no simulated sample {name!r}: choose {', '.join(SAMPLES)}")
    sample = SAMPLES[name]
    drawn = []
    for number in range(start, start + images):
        rng = generator(seed, "sample", name, number)
        labels = render(sample_scene(rng, sample.scene, sample.shape, sample.spacing))
        image = microscope(rng, labels, sample.microscope, sample.spacing)
        drawn.append((image, labels, sample.spacing))
    return drawn
