"""The command line: one file a verb. A mistake is one line on stderr and exit code 2."""

import os
import sys
from collections.abc import Callable, Sequence

from cyclopts import App, CycloptsError, Parameter

import adgan
from adgan.cli.benchmark import app as benchmark
from adgan.cli.datasets import app as datasets
from adgan.cli.demo import demo
from adgan.cli.evaluate import evaluate
from adgan.cli.inspect import inspect
from adgan.cli.measure import measure
from adgan.cli.recipe import recipe
from adgan.cli.segment import segment
from adgan.cli.synthesize import synthesize
from adgan.cli.train import train
from adgan.errors import AdganError

app = App(
    name="adgan",
    help="Nucleus segmentation without labels: train an AD-GAN on your own images.",
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
    recipe,
    demo,
)
for number, verb in enumerate(VERBS):
    app.command(verb, sort_key=number)
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
        The exit code: 0; 2 for a mistake of the user; 3 where images were skipped; 130 after
        Ctrl-C; 1 when whoever reads the output went away.
    """
    code = 0
    try:
        code = app(arguments, exit_on_error=False, print_error=False) or 0
        sys.stdout.flush()
    except (AdganError, CycloptsError) as error:
        return _fail(2, " ".join(str(error).split()))
    except KeyboardInterrupt as error:
        return _fail(130, str(error) or "interrupted")
    except BrokenPipeError:
        # What is still buffered must not raise again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _fail(code: int, message: str) -> int:
    print(f"adgan: {message}", file=sys.stderr)
    return code
