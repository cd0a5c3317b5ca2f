"""A run folder: weights in safetensors, everything else in JSON and CSV. It contains no code.

``recipe.json``, ``run.json`` (versions, inputs, length, verdict), ``weights.safetensors`` (the
selected generator), ``student.safetensors`` (the built-in network fine-tuned on the images, if
it was), ``state.safetensors`` and ``events.jsonl`` (networks and log, required for resuming),
``curve.csv`` (losses), ``checks.csv`` (scores without labels) and ``panels/``; during training, and
afterwards if requested, the weights of every check in ``checks/``.
"""

RECIPE, RUN, LOG, WEIGHTS, STUDENT, STATE, CURVE, CHECKS, PANELS, KEPT = (
    "recipe.json",
    "run.json",
    "events.jsonl",
    "weights.safetensors",
    "student.safetensors",
    "state.safetensors",
    "curve.csv",
    "checks.csv",
    "panels",
    "checks",
)
NEW = ".adgan-new"
"""Subfolder of an older run in which a new one is written until it has weights."""
