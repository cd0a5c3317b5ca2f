"""Options that every command accepts, anywhere on its command line."""

from collections.abc import Sequence
from pathlib import Path

from adgan.errors import AdganError

DEBUG, QUIET, LOG, END = "--debug", "--quiet", "--log", "--"
HELP = f"""Options of every command:

- ``{QUIET}`` hides progress and notes, but no results, warnings or errors;
- ``{LOG} FILE`` appends all messages to a file, each with its time;
- ``{DEBUG}`` prints the traceback of an error.

Set ``NO_COLOR=1`` in the environment to turn off colours; output to a file or pipe has none."""


def take_apart(words: Sequence[str]) -> tuple[list[str], bool, bool, Path | None]:
    """Remove these options from a command line; nothing after ``--`` is an option.

    Returns
    -------
    words : list of str
        The arguments of the command itself.
    debug, quiet, log
        The options described in :data:`HELP`.

    Raises
    ------
    AdganError
        If --log is not followed by a file name.
    """
    end = words.index(END) if END in words else len(words)
    kept, log, rest = [], None, iter(words[:end])
    for word in rest:
        name, _, value = word.partition("=")
        if name == LOG:
            value = value or next(rest, "")
            if not value or value.startswith("-"):
                raise AdganError(f"{LOG} needs a file name")
            log = Path(value)
        elif word not in (DEBUG, QUIET):
            kept.append(word)
    before = words[:end]
    return [*kept, *words[end:]], DEBUG in before, QUIET in before, log
