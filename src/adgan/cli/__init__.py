"""The command line, one file per verb. A user error is one line on stderr and exit code 2."""

import shlex
import sys
from collections.abc import Callable, Sequence

from cyclopts import App, Group, Parameter

import adgan
from adgan.cli.benchmark import app as benchmark
from adgan.cli.datasets import app as datasets
from adgan.cli.demo import demo
from adgan.cli.doctor import doctor
from adgan.cli.evaluate import evaluate
from adgan.cli.everywhere import HELP, take_apart
from adgan.cli.examples import help_of
from adgan.cli.export import export
from adgan.cli.inspect import inspect
from adgan.cli.measure import measure
from adgan.cli.net import caught
from adgan.cli.recipe import recipe
from adgan.cli.segment import segment
from adgan.cli.synthesize import synthesize
from adgan.cli.train import train
from adgan.cli.voice import speaking
from adgan.system.claims import claims

app = App(
    name="adgan",
    help="Segment nuclei without labels, with a built-in model trained on simulated images or "
    "with an AD-GAN trained on your own images.",
    help_epilogue=HELP,
    help_format="restructuredtext",
    version=lambda: adgan.__version__,
    default_parameter=Parameter(negative=(), show_default=False),
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)
HEADINGS: dict[str, tuple[Callable[..., int | None], ...]] = {
    "From images to nuclei": (inspect, train, segment),
    "From nuclei to results": (measure, evaluate, export),
    "Simulation": (synthesize, demo),
    "Settings and this machine": (recipe, doctor),
}
VERBS = tuple(verb for verbs in HEADINGS.values() for verb in verbs)
GROUPS = (benchmark, datasets)
for place, (heading, verbs) in enumerate(HEADINGS.items()):
    panel = Group(heading, sort_key=place)
    for number, verb in enumerate(verbs):
        app.command(verb, group=panel, sort_key=number, help_epilogue=help_of(verb))
comparisons = Group("Comparisons", sort_key=len(HEADINGS))
for number, group in enumerate(GROUPS):
    group.sort_key = number
    group.group = comparisons
    for one in (group[name] for name in group if not name.startswith("-")):
        assert one.default_command, "each is a verb"
        one.help_epilogue = help_of(one.default_command)
    app.command(group)
app.register_install_completion_command(
    help="Install completion of verbs and options for bash, zsh or fish.",
    group=Group("Other", sort_key=len(HEADINGS) + 1),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Parameters
    ----------
    arguments
        The arguments (default: those of the process).

    Returns
    -------
    int
        The exit code, see :func:`adgan.cli.net.caught`.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)

    def command() -> int:
        rest, debug, quiet, log = take_apart(words)

        def verb() -> int | None:
            with claims():
                return app(rest, exit_on_error=False, print_error=False)

        with speaking(quiet, log, shlex.join(["adgan", *words])):
            return caught(verb, debug)  # inside the log, so that it records the error

    return caught(command)
