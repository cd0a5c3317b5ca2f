"""Check that bad input ends with one clear line: hundreds of command lines, and damaged files.

    python benchmarks/attack.py [--groups images,runs] [--fuzz 10000] [--kills 5]

A case fails if it raises anything but the program's own error, if skipped files are not named, if a
warning is shown, if a file of the user is changed, or if hidden files are left behind. The exit
code says whether any case failed.
"""

import argparse
import contextlib
import hashlib
import io
import os
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

from attack_cases import GROUPS, Case, Ground
from attack_fuzz import fuzz
from attack_kills import kill

from adgan.cli import main
from adgan.io import write_gray, write_labels
from adgan.synth.samples import simulated_sample

CONFIG = """
network: {width: 2, discriminator_width: 2, blocks: 0}
data: {crop: [32, 32], batch: 2}
scene: {radius: [10, 15], count: [25, 40]}
schedule: {picture_every: 2, check_every: 2}
"""


def prepare(work: Path) -> Ground:
    """Create valid input: three images with labels, and a run of four steps."""
    ground = Ground(
        work / "cases", work / "good" / "images", work / "good" / "labels", work / "run",
        work / "recipe.yaml",
    )  # fmt: skip
    for folder in (ground.work, ground.images, ground.labels):
        folder.mkdir(parents=True)
    ground.config.write_text(CONFIG)
    for number, (image, labels, spacing) in enumerate(simulated_sample(images=3)):
        write_gray(ground.images / f"cell_{number}.tif", image[:64, :64], spacing)
        write_labels(ground.labels / f"cell_{number}.tif", labels[:64, :64], spacing)
    words = ["train", ground.images, "-o", ground.run, "--config", ground.config, "--steps", 4]
    assert main([str(word) for word in words]) == 0
    return ground


def fingerprint(ground: Ground) -> str:
    """Return a hash of everything that no case may change."""
    known = hashlib.sha256()
    for folder in (ground.images, ground.labels, ground.run, ground.work / "mine"):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                known.update(str(path).encode() + path.read_bytes())
    return known.hexdigest()


def attempt(case: Case) -> str | None:
    """Run a case; return what is wrong with its end, or None."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        warnings.catch_warnings(record=True) as leaked,
    ):
        warnings.simplefilter("always")
        try:
            code = main(list(case.words))
        except BaseException:  # SystemExit too: `main` returns exit codes and raises nothing
            return traceback.format_exc()
    told = [line for line in err.getvalue().splitlines() if line.startswith("adgan: ")]
    if leaked:
        return f"a warning leaks: {leaked[0].message} ({leaked[0].filename}:{leaked[0].lineno})"
    if code not in (0, 2, 3) or (code == 2 and len(told) != 1):
        return f"exit code {code}, told {told}"
    if (
        code == 3
        and "were skipped" not in err.getvalue()
        and "cannot be used" not in err.getvalue()
    ):
        return f"exit code 3, and nothing that was skipped is named: {err.getvalue()[-200:]}"
    if case.refused and code == 0:
        return f"not refused: {out.getvalue()[-200:]}"
    if "\x1b" in out.getvalue() + err.getvalue():
        return "it speaks to the terminal"
    if told and len(told[0]) > 700:
        return f"{len(told[0])} characters are no line"
    return None


def run_cases(ground: Ground, groups: list[str], verbose: bool) -> tuple[int, int]:
    """Run the cases of some groups; return how many there were and how many failed."""
    number = failed = 0
    for group in groups:
        before, started, first = "", time.monotonic(), number
        for case in GROUPS[group](ground):
            before = before or fingerprint(ground)
            wrong = attempt(case)
            if wrong is None and fingerprint(ground) != before:
                wrong, before = "a file was changed", fingerprint(ground)
            number += 1
            if wrong:
                failed += 1
                lines = wrong.strip().splitlines()
                print(f"FAILED {group}: {case.name}: {lines[-1]}")
                if verbose:
                    print("  " + " ".join(case.words)[:300])
                    print("\n".join(lines[-12:-1]))
        print(f"{group}: {number - first} cases in {time.monotonic() - started:.0f} s", flush=True)
    hidden = [path for path in ground.work.rglob(".adgan*")]
    for path in hidden:
        print(f"FAILED remnant: {path}")
    return number, failed + len(hidden)


def start() -> int:
    """Run the attack with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--groups", default=",".join(GROUPS))
    parser.add_argument("--fuzz", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        ground = prepare(Path(scratch))
        groups = [name for name in asked.groups.split(",") if name]
        number, failed = run_cases(ground, groups, asked.verbose)
        broken = fuzz(ground, asked.fuzz, asked.seed)
        killed = kill(ground, asked.kills, asked.seed)
    print(
        f"{number} cases, {failed} failed; {asked.fuzz} damaged files, {broken} failed; "
        f"{asked.kills} kills of each verb, {killed} failed"
    )
    return int(failed + broken + killed > 0)


if __name__ == "__main__":
    sys.exit(start())
