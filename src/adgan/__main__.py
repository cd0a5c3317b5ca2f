"""`python -m adgan`, for systems where the command itself is not on the path."""

import sys

from adgan.cli import main

if __name__ == "__main__":
    sys.exit(main())
