"""A command stops when whoever began it lets go of it, or is killed."""

import subprocess
import sys
import time

COMMAND = """
import os, sys, time
from pathlib import Path
from adgan.system.leash import stop_at_end
place = Path(sys.argv[1])
try:
    stop_at_end(sys.stdin.fileno())
    (place / "begun").touch()
    while True:
        time.sleep(0.02)
except KeyboardInterrupt:
    (place / "stopped").touch()
"""
PROGRAM = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]], stdin=subprocess.PIPE)
time.sleep(100)
"""


def appears(path):
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end, path
        time.sleep(0.02)


def test_a_command_stops_when_it_is_let_go(tmp_path):
    words = [sys.executable, "-c", COMMAND, tmp_path]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as command:
        appears(tmp_path / "begun")
        assert command.poll() is None
        command.stdin.close()
        assert command.wait(60) == 0
    assert (tmp_path / "stopped").exists()


def test_a_command_stops_when_the_program_that_began_it_is_killed(tmp_path):
    with subprocess.Popen([sys.executable, "-c", PROGRAM, tmp_path, COMMAND]) as program:
        appears(tmp_path / "begun")
        program.kill()
    appears(tmp_path / "stopped")
