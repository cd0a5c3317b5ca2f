"""Names that a user chose, checked against those that are known."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from adgan.errors import AdganError


def pick(names: Sequence[str], known: Iterable[str], kind: str) -> list[str]:
    """Return names that are all known, each once.

    Parameters
    ----------
    names
        What was asked for.
    known
        What there is.
    kind
        What a name stands for, for the message.

    Raises
    ------
    AdganError
        Naming the first that is not known, and the nearest that are.
    """
    known = list(known)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
            raise AdganError(f"no {kind} is called '{name}': {hint}")
    return list(dict.fromkeys(names))
