"""Text from files made fit to be printed, to name files, and to stand in tables."""

import hashlib
import re

LONGEST = 180
"""Bytes of a file's name: suffixes follow, and file systems end at 255."""
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves the cursor, ends a part of a path, turns the direction of text, or is no text."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def cell(value: object) -> object:
    """Return what stands in a cell of a table for a value, so that no text is a formula.

    Spreadsheets compute what begins as a formula does, whoever wrote it. Such text gets an
    apostrophe in front, which a reader takes off; so does text that begins with one.

    Parameters
    ----------
    value
        Text; anything else is returned as it is.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def printable(text: str) -> str:
    """Return a text in which nothing speaks to the terminal.

    Parameters
    ----------
    text
        Any text, such as a message that repeats what a file holds.
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 nucleus``, ``2 nuclei``, ``3 label maps``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('us')}i" if noun.endswith("us") else f"{number} {noun}s"


def component(name: str) -> str:
    """Return a name as one part of a path: it leads nowhere else and every disk takes it.

    Parameters
    ----------
    name
        Any text from a file or of a file.

    Returns
    -------
    str
        The name itself where it is safe; otherwise one like it, which ends in a hash of the name,
        so that two names stay two. Applied twice it changes nothing more.
    """
    safe = UNSAFE.sub("_", name)
    if not safe.strip("."):
        safe = "_" + safe[1:]  # the folder itself, or the one above
    if safe == name and 0 < len(name.encode()) <= LONGEST:
        return name
    known = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    short = safe.encode()[: LONGEST - len(known) - 1].decode(errors="ignore")
    return f"{short or '_'}-{known}"
