"""Make text from files safe to print, to use in file names, and to write into tables."""

import hashlib
import re

NAME_BYTES_MAX = 180
"""Longest file name in bytes; file systems allow 255, including the suffixes added later."""
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f/\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, path separators, changes of the text direction, and invalid characters."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def cell(value: object) -> object:
    """Return the content of a table cell for a value, so that no text becomes a formula.

    Spreadsheets evaluate any text that starts like a formula. Such text gets an apostrophe in
    front, which a reader removes; so does text that starts with an apostrophe.

    Parameters
    ----------
    value
        Text; anything else is returned as it is.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def printable(text: str) -> str:
    """Return a text with control characters escaped, so that none affects the terminal.

    Parameters
    ----------
    text
        Any text, such as a message that quotes the content of a file.
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 nucleus``, ``2 nuclei``, ``3 label maps``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('us')}i" if noun.endswith("us") else f"{number} {noun}s"


def component(name: str) -> str:
    """Return a name as a safe path component, valid on every file system.

    Parameters
    ----------
    name
        Any text, from a file or its name.

    Returns
    -------
    str
        The name itself if it is safe; otherwise a similar name that ends in a hash of the original,
        so that different names stay different. Applying the function again changes nothing.
    """
    safe = UNSAFE.sub("_", name)
    if not safe.strip("."):
        safe = "_" + safe[1:]  # "." and ".." are the folder itself and its parent
    if safe == name and 0 < len(name.encode()) <= NAME_BYTES_MAX:
        return name
    known = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    short = safe.encode()[: NAME_BYTES_MAX - len(known) - 1].decode(errors="ignore")
    return f"{short or '_'}-{known}"
