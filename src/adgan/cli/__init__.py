"""The command line: one file a verb. A mistake is one line on stderr and exit code 2."""

import sys
from collections.abc import Callable, Sequence

from cyclopts import App, Parameter

import adgan
from adgan.claims import claims
from adgan.cli.benchmark import app as benchmark
from adgan.cli.datasets import app as datasets
from adgan.cli.demo import demo
from adgan.cli.evaluate import evaluate
from adgan.cli.export import export
from adgan.cli.inspect import inspect
from adgan.cli.measure import measure
from adgan.cli.net import caught
from adgan.cli.recipe import recipe
from adgan.cli.segment import segment
from adgan.cli.synthesize import synthesize
from adgan.cli.train import train

app = App(
    name="adgan",
    help="Nucleus segmentation without labels: train an AD-GAN on your own images. "
    "With --debug after any command, a failure shows where it happened.",
    version=lambda: adgan.__version__,
    default_parameter=Parameter(negative=(), show_default=False),
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)
VERBS: tuple[Callable[..., int | None], ...] = (
    inspect,
    train,
    segment,
    evaluate,
    measure,
    synthesize,
    export,
    recipe,
    demo,
)
for number, verb in enumerate(VERBS):
    app.command(verb, sort_key=number)
DEBUG = "--debug"
GROUPS = (benchmark, datasets)
for number, group in enumerate(GROUPS, start=len(VERBS)):
    group.sort_key = number
    app.command(group)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Parameters
    ----------
    arguments
        Its words; those of the process when absent.

    Returns
    -------
    int
        The exit code, see :func:`adgan.cli.net.caught`.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = DEBUG in words

    def command() -> int | None:
        with claims():
            kept = [word for word in words if word != DEBUG]
            return app(kept, exit_on_error=False, print_error=False)

    return caught(command, debug)
