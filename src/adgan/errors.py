"""The errors that users see."""


class AdganError(ValueError):
    """An error in the input, described in one line: what is wrong, where, and the remedy.

    The command line prints only the message and exits with code 2. A message names a setting as an
    argument in back quotes (```scene=N```), which the command line replaces by its flag.
    """


class ImageError(AdganError):
    """An error in one image of many; the others can be used."""
