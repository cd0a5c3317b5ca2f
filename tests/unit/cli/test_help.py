"""Help in groups, with examples that parse, and completion."""

import os
import shlex
import shutil
import subprocess
import sys

import pytest

from adgan.cli import GROUPS, HEADINGS, VERBS, app
from adgan.cli.examples import commands_of, examples_of

MAIN = "import sys; from adgan.cli import main; sys.exit(main())"
EVERY = [
    *VERBS,
    *(group[name].default_command for group in GROUPS for name in group if name[0] != "-"),
]


@pytest.mark.parametrize("verb", EVERY, ids=lambda verb: f"{verb.__module__}.{verb.__name__}")
def test_every_verb_has_examples_and_they_parse(verb):
    commands = commands_of(verb)
    assert commands
    for words in map(shlex.split, commands):
        words = words[: words.index(">")] if ">" in words else words
        assert words[0] == "adgan"
        command, *_ = app.parse_args(words[1:], exit_on_error=False, print_error=False)
        assert command in EVERY
    assert any(verb is app.parse_args(shlex.split(c.split(" >")[0])[1:])[0] for c in commands)


def test_help_has_every_verb_below_its_heading(run):
    _, out, _ = run("--help")
    for heading, verbs in HEADINGS.items():
        below = out[out.index(heading) :].split("╰")[0]
        assert all(f"│ {verb.__name__} " in below for verb in verbs)
    assert "--quiet" in out and "--log FILE" in out and "--install-completion" in out


def test_help_of_a_verb_groups_options_and_ends_with_examples(run):
    _, out, _ = run("segment", "--help")
    for heading in ("Reading images", "Output", "Execution"):
        assert f"─ {heading} ─" in out
    assert out.index("Examples:") > out.index("Execution")
    assert "$ adgan segment images -o labels --table --confidence" in out


def test_patterns_keep_their_asterisks(run):
    _, out, _ = run("segment", "--help")
    assert "*_DAPI.tif" in out and "*/w1/*" in out


@pytest.mark.parametrize("verb", EVERY, ids=lambda verb: f"{verb.__module__}.{verb.__name__}")
def test_each_example_has_a_line_of_its_own(verb):
    blocks = examples_of(verb).split("\n\n")
    assert all(len(block.splitlines()) == 1 for block in blocks if "$ " in block)


def test_help_in_a_pipe_has_no_colours_and_on_a_terminal_may():
    words = [sys.executable, "-c", MAIN, "segment", "--help"]
    plain = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "NO_COLOR")}
    piped = subprocess.run(words, capture_output=True, text=True, env=plain)
    assert piped.returncode == 0 and "\x1b" not in piped.stdout


COMPLETE = """
source "$1"
COMP_WORDS=(adgan "${@:2}")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_adgan
echo "${COMPREPLY[*]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(("typed", "offered"), [
    (["se"], "segment"), (["segment", "--conf"], "--confidence"),
    (["segment", "--engine", ""], "torch onnx openvino"), (["datasets", ""], "list fetch"),
])  # fmt: skip
def test_bash_completes_verbs_options_and_choices(typed, offered, tmp_path):
    script = tmp_path / "completion.bash"
    script.write_text(app.generate_completion(shell="bash"))
    words = ["bash", "-c", COMPLETE, "bash", script, *typed]
    done = subprocess.run(words, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == (offered, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_the_verbs(shell):
    script = app.generate_completion(shell=shell)
    assert "segment" in script and "confidence" in script
