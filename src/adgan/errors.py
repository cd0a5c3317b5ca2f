"""The errors a user is meant to see."""


class AdganError(ValueError):
    """A mistake in the input, said in one line: what is wrong, where, and how to mend it.

    The command line prints the message alone and exits with code 2. A setting that mends it is
    named as functions take it, between back quotes (```scene=N```); the command line says its flag.
    """


class ImageError(AdganError):
    """The same of one image of many: the others can be used."""
