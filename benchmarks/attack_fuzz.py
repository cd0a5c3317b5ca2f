"""Damage files at random, and check that their readers raise only the program's own error."""

import json
import re
import signal
import tempfile
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import PIL.Image
import tifffile
from attack_cases import Ground

from adgan.errors import AdganError
from adgan.io import read_images, read_labels
from adgan.recipe.recipe import read_recipe
from adgan.recipe.settings import read_settings
from adgan.runs.record import read_run
from adgan.runs.tables import read_rows
from adgan.runs.tensors import load_tensors
from adgan.training.trainer import Trainer
from adgan_bench.archive import Unpacking
from adgan_bench.results import Results

Reader = Callable[[Path], object]
TIME_LIMIT_SECONDS = 60
"""Time after which a reader counts as hanging, in seconds."""


def unpack(path: Path) -> None:
    """Read all members of an archive."""
    archive = Unpacking(path, 2**24)
    for member in archive.matching(re.compile("(.*)")).values():
        archive.extract(member, path.with_suffix(".out"))


def corpus(ground: Ground, folder: Path) -> dict[str, tuple[bytes, Reader]]:
    """Return intact files with their readers, by name."""
    pixels = np.random.default_rng(0).integers(0, 900, (24, 20)).astype(np.uint16)
    volume = np.stack([pixels] * 5)
    written: dict[str, Reader] = {}

    def tiff(name: str, array: np.ndarray, **options: object) -> None:
        tifffile.imwrite(folder / name, array, **options)
        written[name] = read_images

    tiff("plain.tif", pixels)
    tiff("zlib.tif", pixels, compression="zlib", predictor=True)
    tiff("lzw.tif", pixels, compression="lzw", tile=(16, 16))
    tiff("big.tif", pixels, bigtiff=True)
    tiff("float.tif", pixels.astype(np.float32))
    tiff("imagej.tif", volume, imagej=True, metadata={"axes": "ZYX", "unit": "um", "spacing": 2.0})
    sides = {f"PhysicalSize{axis}": 0.5 for axis in "ZYX"}
    tiff("ome.tif", volume, ome=True, metadata={"axes": "ZYX", **sides})
    for name in ("gray.png", "gray.jpg"):
        PIL.Image.fromarray((pixels // 4).astype(np.uint8)).save(folder / name)
        written[name] = read_images
    PIL.Image.fromarray((pixels // 4).astype(np.uint8)).convert("P").save(folder / "palette.png")
    written["palette.png"] = read_labels
    PIL.Image.fromarray(pixels).save(folder / "deep.png")
    written["deep.png"] = read_images
    for name in ("weights.safetensors", "state.safetensors", "curve.csv", "recipe.json"):
        (folder / name).write_bytes((ground.run / name).read_bytes())
    written |= {
        "weights.safetensors": load_tensors,
        "state.safetensors": lambda path: Trainer.saved_step(path.parent),
        "curve.csv": read_rows,
        "recipe.json": read_recipe,
        "run.json": lambda path: read_run(path.parent),
        "data.yaml": read_settings,
        "results.jsonl": lambda path: Results(path.parent).read(),
        "archive.zip": unpack,
    }
    (folder / "run.json").write_bytes((ground.run / "run.json").read_bytes())
    (folder / "data.yaml").write_bytes(ground.config.read_bytes())
    record = {"key": {"method": "a", "set": "b"}, "title": "a", "kind": "plain", "missing": "why"}
    (folder / "results.jsonl").write_text(json.dumps(record) + "\n")
    with zipfile.ZipFile(folder / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("plain.tif", "gray.png"):
            archive.write(folder / name, name)
    return {name: ((folder / name).read_bytes(), reader) for name, reader in written.items()}


def damage(rng: np.random.Generator, whole: bytes) -> bytes:
    """Return a file in which random bytes are changed, removed, doubled or inserted."""
    data = bytearray(whole)
    for _ in range(int(rng.integers(1, 6))):
        at = int(rng.integers(len(data) + 1))
        # Headers are short beside pixels, and most is decided there.
        at = min(at, int(rng.integers(1, 400))) if rng.random() < 0.6 else at
        size = int(rng.integers(1, 9))
        match int(rng.integers(6)):
            case 0:
                data[at : at + size] = rng.bytes(size)
            case 1:
                data[at : at + size] = b"\xff" * size
            case 2:
                data[at : at + size] = bytes(size)
            case 3:
                del data[at : at + int(rng.integers(1, 200))]
            case 4:
                data[at:at] = data[at : at + int(rng.integers(1, 200))]
            case 5:
                data = data[: max(1, at)]
    return bytes(data)


class Hangs(BaseException):
    """Raised when a reader hangs; readers cannot catch it, unlike an OSError."""


@contextmanager
def patience() -> Iterator[None]:
    """Raise `Hangs` if the body does not end in time."""

    def give_up(number: int, frame: object) -> None:
        raise Hangs(f"not done after {TIME_LIMIT_SECONDS} s")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(TIME_LIMIT_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


def fuzz(ground: Ground, number: int, seed: int) -> int:
    """Read damaged files; return the number of defects."""
    if not number:
        return 0
    rng, failures = np.random.default_rng(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("error")
        files = corpus(ground, Path(scratch))
        names = list(files)
        for turn in range(number):
            name = names[turn % len(names)]
            whole, reader = files[name]
            path = Path(scratch) / name
            damaged = damage(rng, whole)
            path.write_bytes(damaged)
            try:
                with patience():
                    reader(path)
            except AdganError:
                pass
            except (Exception, Hangs):  # anything but one clear line is a defect, to be counted
                lines = traceback.format_exc().strip().splitlines()
                failures[f"{name}: {lines[-1][:150]} at {lines[-3].strip()[:100]}"] += 1
            path.write_bytes(whole)
    for failure, count in failures.most_common():
        print(f"FAILED {count} x {failure}")
    print(f"{number} damaged files", flush=True)
    return failures.total()
