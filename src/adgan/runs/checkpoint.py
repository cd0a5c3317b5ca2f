"""Load the model of a run folder, without executing any code from it."""

import hashlib
import math
import os
from dataclasses import dataclass
from pathlib import Path

from adgan.builtin.merging import Agreement
from adgan.builtin.network import Network
from adgan.errors import AdganError
from adgan.models.adgan import Generator
from adgan.models.build import build_generator, translator_of
from adgan.models.planes import PlaneGenerator
from adgan.nn.layout import with_channels_last
from adgan.recipe.recipe import Recipe, read_recipe
from adgan.runs import NEW, RECIPE, STUDENT, WEIGHTS
from adgan.runs.record import read_run
from adgan.runs.weights import assign, load_student, load_weights


@dataclass(frozen=True)
class Model:
    """A trained generator with the recipe that made it, ready for :func:`adgan.segment`.

    Attributes
    ----------
    generator, recipe
        The network, and the settings of its run.
    usual_radius
        Estimated median semi-major axis in the training images in input pixels, or NaN.
    student
        The built-in network fine-tuned on these images, if any.
    agreement
        How far the run agrees with the built-in model on some of them, if that was measured.
    """

    generator: Generator | PlaneGenerator
    recipe: Recipe
    usual_radius: float = math.nan
    student: Network | None = None
    agreement: Agreement | None = None


def load(run: str | os.PathLike[str]) -> Model:
    """Load a trained model.

    Parameters
    ----------
    run
        A run folder.

    Returns
    -------
    Model

    Raises
    ------
    AdganError
        If the folder is not a run, has another format version, or a file is missing or damaged.
    """
    folder = Path(run)
    if not folder.is_dir():
        raise AdganError(f"run folder {folder} does not exist: train it with `adgan train`")
    if (folder / NEW).is_dir() and not (folder / WEIGHTS).exists():
        raise AdganError(
            f"{folder} was stopped while its files were moved: resume the training to finish that"
        )
    about = read_run(folder)
    recipe, path = read_recipe(folder / RECIPE), folder / WEIGHTS
    if not path.exists() and not about["steps"]:
        raise AdganError(
            f"{folder} was stopped before its first weights were saved: "
            "resume the training, or start a new one"
        )
    weights = load_weights(path, recipe)
    generator = with_channels_last(build_generator(recipe), recipe.network_ndim)
    assign(generator, weights, path)
    usual = about["usual_radius"] or math.nan
    student = None
    if (folder / STUDENT).exists():
        student = load_student(folder / STUDENT, recipe.data.ndim)
    known = (about["verdict"] or {}).get("agreement")
    agreement = Agreement(recipe.data.ndim, known["f1"], known["size"]) if known else None
    return Model(translator_of(recipe, generator).eval(), recipe, usual, student, agreement)


def fingerprint(model: Model) -> str:
    """Return a hash of all that determines a model's output: weights, settings, median radius."""
    digest = hashlib.sha256(
        f"{model.recipe.to_json()} {model.usual_radius} {model.agreement}".encode()
    )
    modules = [model.generator, *([model.student.module] if model.student else [])]
    for module in modules:
        for name, tensor in sorted(module.state_dict().items()):
            digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    return digest.hexdigest()
