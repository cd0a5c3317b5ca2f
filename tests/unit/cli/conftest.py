"""Command lines run within the test's own process."""

import pytest

from adgan.cli import main


@pytest.fixture
def run(capsys):
    """Run a command line; return its exit code, stdout and stderr."""

    def run_(*words):
        capsys.readouterr()
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run_
