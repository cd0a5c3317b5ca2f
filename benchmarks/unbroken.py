"""Check that a segmentation that is killed repeatedly gives the same files as an unbroken one.

python benchmarks/unbroken.py [--images 100] [--kills 20] [--workers 0,3] [--seed 0]

`adgan segment` with tables and confidence is killed by SIGKILL after a random number of images and
started again in the same folder, several times; then it runs to its end. All files must be
identical to those of an unbroken run, and no image that the manifest lists as done may be written
again. With workers, the main process is killed, and its workers must end by themselves.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
from processes import ADGAN

from adgan.io import write_gray
from adgan.synth.samples import simulated_sample
from adgan.system.seeding import generator

IMAGE_SIDE_PIXELS = 96
FILE_WITH_FOLDERS = "segment.json"
"""A file that names the given folders and therefore differs between runs."""
TIME_LIMIT_SECONDS = 600.0
"""Time after which a process counts as hanging, in seconds."""


def write_images(folder: Path, number: int) -> None:
    """Write crops of simulated images, each with noise of its own."""
    folder.mkdir()
    ((scene, _, _),) = simulated_sample(images=1, seed=5)
    for index in range(number):
        rng = generator(0, "piece", index)
        y, x = (int(rng.integers(side - IMAGE_SIDE_PIXELS + 1)) for side in scene.shape)
        piece = scene[y : y + IMAGE_SIDE_PIXELS, x : x + IMAGE_SIDE_PIXELS].astype(np.float32)
        noisy = np.clip(piece + rng.normal(0, 0.02 * scene.max(), piece.shape), 0, 65535)
        write_gray(folder / f"{index:04d}.tif", noisy.astype(np.uint16))


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the contents of all files in a folder, by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != FILE_WITH_FOLDERS
    }


def finished(out: Path) -> dict[str, int]:
    """Return the images that the manifest lists as done, with the time stamps of their labels."""
    manifest = out / "manifest.jsonl"
    if not manifest.exists():
        return {}
    rows = [json.loads(row) for row in manifest.read_text().splitlines() if row.endswith("}")]
    paths = [out / f"{row['name']}.tif" for row in rows if row["state"] == "done"]
    return {path.name: path.stat().st_mtime_ns for path in paths if path.exists()}


def kill_after(command: Sequence[str], out: Path, more: int) -> None:
    """Run a command until it has finished `more` images, and kill it."""
    before, end = len(finished(out)), time.monotonic() + TIME_LIMIT_SECONDS
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and len(finished(out)) - before < more:
        if time.monotonic() > end:
            process.kill()
            raise SystemExit("it hangs")
        time.sleep(0.01)
    workers = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.kill()
    process.wait()
    left = psutil.wait_procs(workers, timeout=60)[1]
    if left:
        raise SystemExit(f"{len(left)} workers outlive their program by a minute")


def compare(folder: Path, workers: int, kills: int, number: int, seed: int) -> int:
    """Kill a segmentation repeatedly and complete it; return the number of wrong files."""
    images, whole, out = folder / "images", folder / "whole", folder / f"killed_{workers}"
    rng = np.random.default_rng(seed)
    line = [*ADGAN, "segment", str(images), "--table", "--confidence", "-o"]
    if not whole.exists():
        subprocess.run([*line, str(whole)], check=True, stdout=subprocess.DEVNULL)
    command = [*line, str(out), *(["--workers", str(workers)] if workers else [])]
    again = 0
    for _ in range(kills):
        done = finished(out)
        kill_after(command, out, int(rng.integers(0, 2 * number // (kills + 1))))
        now = finished(out)
        again += sum(now.get(name) != written for name, written in done.items())
    done = finished(out)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    again += sum(finished(out).get(name) != written for name, written in done.items())
    one, other = files_of(whole), files_of(out)
    differ = [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)]
    print(
        f"{workers or 'no'} workers, {kills} kills, {len(done)} of {number} images before the last "
        f"start: {len(differ)} of {len(one)} files differ, {again} images were done twice",
        flush=True,
    )
    for name in sorted(differ)[:10]:
        print(f"  differs: {name}")
    return len(differ) + again


def main() -> int:
    """Compare for each number of workers; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", default="0,3")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_images(folder / "images", given.images)
        wrong = [
            compare(folder, int(workers), given.kills, given.images, given.seed)
            for workers in given.workers.split(",")
        ]
    return int(any(wrong))


if __name__ == "__main__":
    sys.exit(main())
