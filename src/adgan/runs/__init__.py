"""A run folder: weights in safetensors, everything else in JSON and CSV. No code is loaded.

``recipe.json``, ``run.json`` (versions, inputs, length, verdict), ``weights.safetensors`` (the
generator that was chosen), ``student.safetensors`` (the built-in network fine-tuned on the
images, if it was), ``state.safetensors`` (what resuming needs), ``curve.csv`` (losses),
``checks.csv`` (scores without labels), ``panels/``; while training, and where asked for
afterwards, the weights of every check in ``checks/``.
"""

RECIPE, RUN, WEIGHTS, STUDENT, STATE, CURVE, CHECKS, PANELS, KEPT = (
    "recipe.json",
    "run.json",
    "weights.safetensors",
    "student.safetensors",
    "state.safetensors",
    "curve.csv",
    "checks.csv",
    "panels",
    "checks",
)
