"""Check names given by a user against the known ones."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from adgan.errors import AdganError


def pick(names: Sequence[str], known: Iterable[str], kind: str) -> list[str]:
    """Return the names without duplicates, if all are known.

    Parameters
    ----------
    names
        The given names.
    known
        The known names.
    kind
        What a name stands for, for the error message.

    Raises
    ------
    AdganError
        If a name is not known; the message suggests similar ones.
    """
    known = list(known)
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}"
            raise AdganError(f"no {kind} is called '{name}': {hint}")
    return list(dict.fromkeys(names))
