"""Examples in the help of a verb, from the section of its docstring that cyclopts omits."""

import inspect
import re
from collections.abc import Callable
from typing import Any

TITLE = "Examples\n--------\n"
NEXT = re.compile(r"\n\n?\w[\w ]*\n-{3,}\n")
PROMPT = "$ "


def examples_of(verb: Callable[..., Any]) -> str:
    """Return the examples of a verb from its docstring.

    Parameters
    ----------
    verb
        A function of the command line.
    """
    _, _, found = (inspect.getdoc(verb) or "").partition(TITLE)
    return NEXT.split(found)[0].strip()


def help_of(verb: Callable[..., Any]) -> str:
    """Return the examples with a heading, for the end of the verb's help."""
    found = examples_of(verb)
    return f"Examples:\n\n{found}" if found else ""


def commands_of(verb: Callable[..., Any]) -> list[str]:
    """Return the command lines among the examples."""
    lines = (line.strip() for line in examples_of(verb).splitlines())
    return [line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT)]
