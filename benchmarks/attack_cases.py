"""Bad input for every verb, one command line per case: odd images, numbers, files and folders."""

import copy
import json
import os
import shutil
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import tifffile

ODD = [None, -1, 0, 1e300, 10**12, float("nan"), "", "\x1b[2J", [], {}, [[]], "x" * 5000, True]
"""Values that replace each entry of a settings file."""
NUMBERS = ["-1", "0", "nan", "inf", "1e300", "1e-300", "9" * 5000, "1.5", "many", ""]

FINE = {("--threshold", "1e-300"), ("--minutes", "1.5"), ("inspect --spacing", "1.5")}
"""Odd numbers that are valid for an option."""


@dataclass(frozen=True)
class Case:
    """A named command line, and whether the program must refuse it."""

    name: str
    words: tuple[str, ...]
    refused: bool = False


@dataclass(frozen=True)
class Ground:
    """The valid input of all cases: images, labels, a run, and settings of tiny networks."""

    work: Path
    images: Path
    labels: Path
    run: Path
    config: Path

    def place(self, name: str) -> Path:
        """Return a new folder for a case."""
        folder = self.work / name
        folder.mkdir(parents=True)
        return folder


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def huge_png(path: Path, depth: int, colour: int) -> None:
    """Write a small file that declares 60,000 x 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def odd_arrays() -> dict[str, np.ndarray]:
    """Return images of odd shapes and values."""
    rng = np.random.default_rng(0)
    plain = rng.integers(100, 900, (48, 40)).astype(np.uint16)
    single = rng.random((48, 40))
    blob = np.zeros((48, 40))
    blob[20:30, 10:20] = 1
    nan, infinite = single.astype(np.float32), single.astype(np.float32)
    nan[0, 0], infinite[0, 0] = np.nan, -np.inf
    return {
        "2x5000": rng.integers(0, 900, (2, 5000)).astype(np.uint16),
        "5000x1": rng.integers(0, 900, (5000, 1)).astype(np.uint16),
        "1x1": np.ones((1, 1), np.uint8),
        "1x2": np.array([[0, 1]], np.uint8),
        "zeros": 0 * plain,
        "ones": 0 * plain + 1,
        "two_values": (blob * 7).astype(np.uint8),
        "one_pixel": np.pad(np.ones((1, 1), np.uint16), 20),
        "nan": nan,
        "infinite": infinite,
        "1e300": single * 1e300,
        "-1e300": -single * 1e300,
        "1e-300": single * 1e-300,
        "denormal32": (single * 1e-40).astype(np.float32),
        "denormal64": single * 5e-324,
        "largest32": (single * np.finfo(np.float32).max).astype(np.float32),
        "both_ends": np.where(blob > 0, 1.7e308, -1.7e308),
        "close": 1.0 + blob * 1e-16 + single * 3e-16,
        "float16": single.astype(np.float16),
        "uint64": np.uint64(2**64 - 1) - (single * 9).astype(np.uint64),
        "uint64_max": np.where(blob > 0, 2**64 - 1, 0).astype(np.uint64),
        "int64_min": np.array([-(2**63), 2**63 - 1])[(blob > 0).astype(int)],
        "uint32": np.where(blob > 0, 2**32 - 1, 0).astype(np.uint32),
        "negative": -plain.astype(np.int32),
        "int8": (single * 200 - 100).astype(np.int8),
        "complex": single.astype(np.complex64),
        "many_pages": rng.integers(0, 9, (300, 4, 4)).astype(np.uint8),
        "flat_volume": rng.integers(0, 900, (5, 48, 40)).astype(np.uint16),
        "thin_volume": rng.integers(0, 900, (48, 2, 40)).astype(np.uint16),
        "five_axes": rng.integers(0, 9, (2, 3, 2, 8, 8)).astype(np.uint8),
    }


def odd_files(folder: Path) -> Iterator[Path]:
    """Write odd files, such as empty or damaged ones, and yield their paths."""
    plain = (np.random.default_rng(1).random((48, 40)) * 900).astype(np.uint16)
    for name, pixels in odd_arrays().items():
        tifffile.imwrite(folder / f"{name}.tif", pixels, photometric="minisblack")
        yield folder / f"{name}.tif"
    for name, content in {
        "empty.tif": b"",
        "letter.tif": b"this is a letter",
        "head.tif": b"II*\0",
        "zeros.tif": bytes(1000),
        "head.png": b"\x89PNG\r\n\x1a\n",
        "head.jpg": b"\xff\xd8\xff\xe0",
        "html.png": b"<html></html>",
    }.items():
        (folder / name).write_bytes(content)
        yield folder / name
    for number, size in enumerate(("1e-320", "1e300", "-1", "nan", "0", "text", "1e-9")):
        path = folder / f"ome{number}.tif"
        sides = {f"PhysicalSize{axis}": 1.0 for axis in "XY"}
        tifffile.imwrite(path, plain, ome=True, metadata={"axes": "YX", **sides})
        path.write_bytes(path.read_bytes().replace(b'"1.0"', f'"{size:.3}"'.encode()))
        yield path
    for depth, colour in ((16, 6), (8, 2), (1, 0), (8, 3)):
        huge_png(folder / f"huge{depth}_{colour}.png", depth, colour)
        yield folder / f"huge{depth}_{colour}.png"
    tifffile.imwrite(folder / "two.tif", plain)
    tifffile.imwrite(folder / "two.tif", plain[:9], append=True)
    yield folder / "two.tif"
    picture = PIL.Image.fromarray((plain // 4).astype(np.uint8)).convert("P")
    picture.putpalette([*range(256)] * 3)
    picture.save(folder / "palette.png")
    yield folder / "palette.png"
    for name in (
        "=1+1",
        "a[bold][",
        "a\nb",
        "\x1b[2J",
        "-n",
        "x" * 240,
        "a b",
        os.fsdecode(b"\xff"),
    ):
        tifffile.imwrite(folder / f"{name}.tif", plain)
        yield folder / f"{name}.tif"
    os.mkfifo(folder / "pipe.tif")
    yield folder / "pipe.tif"
    (folder / "loop.tif").symlink_to(folder / "loop.tif")
    yield folder / "loop.tif"
    (folder / "folder.tif").mkdir()
    yield folder / "folder.tif"


def image_cases(ground: Ground) -> Iterator[Case]:
    """Yield a case for every odd file and every verb that reads images."""
    folder = ground.place("odd")
    tiny = ("--config", str(ground.config), "--steps", "1")
    for number, path in enumerate(odd_files(folder)):
        out = ground.work / f"out{number}"
        for verb, words in {
            "inspect": ("inspect", path, "-o", f"{out}i"),
            "recipe": ("recipe", path),
            "segment": (
                "segment", ground.run, path, "-o", f"{out}s", "--table", "--confidence",
                "--probability", "--overlay", "--rois",
            ),
            "without a run": ("segment", path, "-o", f"{out}b", "--json", "--confidence"),
            "train": ("train", path, "-o", f"{out}t", *tiny),
            "measure": ("measure", path, path, "-o", f"{out}m.csv"),
            "evaluate": ("evaluate", path, path, "--html", f"{out}e.html"),
        }.items():  # fmt: skip
            yield Case(f"{verb} {path.name!a:.40}", tuple(map(str, words)))


def number_cases(ground: Ground) -> Iterator[Case]:
    """Yield cases with odd numbers for every option that takes a number."""
    segment = ("segment", ground.run, ground.images)
    lines = {
        "--spacing": (*segment, "-o", "OUT", "--spacing"),
        "--threshold": (*segment, "-o", "OUT", "--threshold"),
        "--channel": (*segment, "-o", "OUT", "--channel"),
        "--size": ("synthesize", ground.run, "-n", 1, "-o", "OUT", "--size"),
        "-n": ("synthesize", ground.run, "-o", "OUT", "--size", 64, 64, "-n"),
        "--seed": ("train", ground.images, "-o", "OUT", "--config", ground.config, "--seed"),
        "--steps": ("train", ground.images, "-o", "OUT", "--config", ground.config, "--steps"),
        "--minutes": ("train", ground.images, "-o", "OUT", "--config", ground.config, "--minutes"),
        "--radius": ("recipe", "--count", 1, 2, "--radius", 3),
        "--count": ("recipe", "--radius", 5, 9, "--count", 1),
        "--ignore-border": ("evaluate", ground.labels, ground.labels, "--ignore-border"),
        "inspect --spacing": ("inspect", ground.images, "--spacing", 1),
        "--seeds": ("benchmark", "run", "--data", "none.yaml", "-o", "OUT", "--seeds"),
    }
    for option, words in lines.items():
        for value in NUMBERS:
            if option in ("--seed", "--ignore-border", "--channel") and value == "0":
                continue
            out = str(ground.work / f"n{option}{value:.5}".replace("/", "_"))
            line = tuple(out if word == "OUT" else str(word) for word in words)
            fine = (option, value) in FINE or option == "--count"
            yield Case(f"{option} {value:.9}", (*line, value), refused=not fine)


def paths_of(value: object, path: tuple = ()) -> Iterator[tuple]:
    """Yield the path to every entry of nested settings."""
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, item in pairs:
        yield (*path, name)
        yield from paths_of(item, (*path, name))


def damaged_settings(text: str, every: int) -> Iterator[tuple[str, str]]:
    """Yield settings in which one entry is missing or odd, with a name for each."""
    whole = json.loads(text)
    for number, path in enumerate(paths_of(whole)):
        values = [ODD[(number + k * 5) % len(ODD)] for k in range(every)]
        for k, odd in enumerate(["missing", *values]):
            changed = copy.deepcopy(whole)
            inner = changed
            for name in path[:-1]:
                inner = inner[name]
            if k:
                inner[path[-1]] = odd
            else:
                del inner[path[-1]]
            yield f"{'.'.join(map(str, path))}={str(odd)[:9]!a}", json.dumps(changed)


def run_cases(ground: Ground) -> Iterator[Case]:
    """Yield cases with runs whose files are damaged, entry by entry."""
    for file, every in (("run.json", 3), ("recipe.json", 2)):
        text = (ground.run / file).read_text()
        for number, (name, damaged) in enumerate(damaged_settings(text, every)):
            run = ground.work / f"{file}{number}"
            shutil.copytree(ground.run, run)
            (run / file).write_text(damaged)
            words = (
                ("segment", run, ground.images, "-o", f"{run}_out"),
                ("train", ground.images, "--resume", run),
                ("synthesize", run, "-n", 1, "--size", 64, 64, "-o", f"{run}_out"),
            )[number % 3]
            yield Case(f"{words[0]} {file} {name}", tuple(map(str, words)))
    for file in ("curve.csv", "checks.csv", "state.safetensors", "weights.safetensors"):
        whole = (ground.run / file).read_bytes() if (ground.run / file).exists() else b"step\n1\n"
        for number, damaged in enumerate(
            (None, b"", b"\0" * 99, whole[:-7], whole[: len(whole) // 2], whole + b"x,y\n",
             whole[5:], whole.replace(b"1", b"9"), whole.replace(b"step", b"pets"), b"\xff" + whole)
        ):  # fmt: skip
            run = ground.work / f"{file}{number}"
            shutil.copytree(ground.run, run)
            (run / file).unlink(missing_ok=True)
            if damaged is not None:
                (run / file).write_bytes(damaged)
            for verb in (
                ("train", ground.images, "--resume", run),
                ("segment", run, ground.images),
            ):
                out = () if verb[0] == "train" else ("-o", f"{run}_out")
                yield Case(f"{verb[0]} {file} {number}", tuple(map(str, (*verb, *out))))


def config_cases(ground: Ground) -> Iterator[Case]:
    """Yield cases with odd settings files, and with odd data files."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    texts = [
        "", "3", "- 1", "a: [", "\tx", bomb, "[" * 9999, "{a: " * 999, "when: 2020-01-01",
        "seed: " + "9" * 5000, "seed: 1e999", "!!python/object/apply:os.system [echo]", "1: 2",
        "scene: 3", "scene: {radius: 2020-01-01}", "scene: {radius: [.nan, .inf]}", "\0", "\udcff",
        "schedule: {betas: [5, 5]}", "schedule: {patience: 1.5}", "network: {width: 1000000000}",
        "data: {crop: [1e9, 1e9]}", "data: {spacing: [1e-12, 1e-12]}", "scene: {radius: [1e-6, 1]}",
        "data: {ndim: 3}", "data: {stack: perhaps}", "? [a]\n: b", "a: !!set {b}", "<<: {a: 1}",
    ]  # fmt: skip
    for number, text in enumerate(texts):
        path = ground.work / f"config{number}.yaml"
        path.write_bytes(text.encode(errors="surrogateescape"))
        words = ("train", ground.images, "-o", f"{path}_out", "--config", path, "--steps", 1)
        yield Case(f"config {text[:30]!a}", tuple(map(str, words)), refused=True)
        words = ("benchmark", "run", "--data", path, "-o", f"{path}_out", "--methods", "otsu")
        yield Case(f"data {text[:30]!a}", tuple(map(str, words)), refused=True)
    for number, name in enumerate(
        ("../../../escaped", "..", "a/b", "x" * 300, "\x1b[2J", "=1", "")
    ):
        path = ground.work / f"sets{number}.json"
        one = {"images": str(ground.images), "labels": str(ground.labels), "radius": [5, 9]}
        path.write_text(json.dumps({"sets": {name: one | {"count": [5, 9]}}}))
        out = ground.work / f"sets{number}_out"
        words = ("benchmark", "run", "--data", path, "-o", out, "--methods", "otsu", "--seeds", 1)
        yield Case(f"set {name[:20]!a}", tuple(map(str, words)))
        yield Case(f"table {name[:20]!a}", ("benchmark", "table", str(out)))
        yield Case(f"figures {name[:20]!a}", ("benchmark", "figures", str(out)))
    results = ground.work / "sets0_out" / "results.jsonl"
    if not results.exists():
        return
    for number, (name, damaged) in enumerate(damaged_settings(results.read_text(), 2)):
        folder = ground.place(f"results{number}")
        (folder / "results.jsonl").write_text(damaged + "\n")
        verb = ("table", "figures")[number % 2]
        yield Case(f"{verb} {name}", ("benchmark", verb, str(folder)))


def place_cases(ground: Ground) -> Iterator[Case]:
    """Yield cases with forbidden output folders, and with input folders that do not exist."""
    mine = ground.place("mine")
    for name in ("page.html", "t.csv", "a.tif", "notes.txt", "run.json"):
        (mine / name).write_text("mine")
    image, truth = sorted(ground.images.iterdir())[0], sorted(ground.labels.iterdir())[0]
    found = ("evaluate", ground.labels, ground.labels, "--html")
    measured = ("measure", ground.labels, ground.images, "-o")
    segmented = ("segment", ground.run, ground.images, "-o")
    for number, words in enumerate((
        (*found, mine / "page.html"), (*found, truth), (*found, truth, "--overwrite"),
        (*found, mine), (*found, mine, "--overwrite"), (*found, "/dev/null", "--overwrite"),
        (*found, mine / "none" / "page.html"), (*measured, mine / "t.csv"), (*measured, mine),
        (*measured, ground.labels, "--overwrite"), (*measured, ground.images, "--overwrite"),
        (*measured, image, "--overwrite"), (*measured, mine / "a.tif", "--overwrite"),
        (*segmented, mine), (*segmented, mine / "a.tif"), (*segmented, image, "--overwrite"),
        (*segmented, ground.images, "--overwrite"),
        (*segmented, ground.images.parent, "--overwrite"), (*segmented, "/dev/null"),
        (*segmented, "/proc/none"), (*segmented, ""),
        (*segmented, "x" * 300), (*segmented, mine / "a.tif" / "deep"),
        ("train", ground.images, "-o", mine), ("train", ground.images, "-o", ground.images.parent),
        ("train", ground.images, "-o", ground.run, "--config", ground.config),
        ("train", ground.images, "-o", ground.run, "--overwrite", "--device", "cuda"),
        ("train", ground.images, "-o", ground.run, "--overwrite", "--seed", 2**64),
        ("train", ground.images, "-o", ground.run, "--overwrite", "--radius", 900, 901),
        ("train", ground.images, "--resume", mine), ("train", image, "--resume", ground.run),
        ("synthesize", ground.run, "-o", mine), ("synthesize", mine, "-o", mine / "out"),
        ("synthesize", "/dev/null", "-o", mine / "out"), ("demo", "-o", mine),
        ("inspect", ground.images, "-o", mine), ("inspect", "~nosuchuser"),
        ("inspect", "/dev/zero"),
        ("inspect", "**/[" ), ("inspect", "\0"), ("inspect", ""), ("inspect", "x" * 5000),
        ("segment", "/dev/null", ground.images, "-o", mine / "o"),
        ("segment", "~nosuchuser", ground.images, "-o", mine / "o"),
        ("benchmark", "run", "--data", "/dev/zero", "-o", mine / "o"),
        ("benchmark", "table", mine), ("benchmark", "table", image), ("benchmark", "figures", mine),
        ("datasets", "fetch", "hela", "-o", mine / "o", "--mirror", "nonsense"),
        ("datasets", "fetch", "hela", "-o", mine / "o", "--mirror", "http://127.0.0.1:1"),
        ("datasets", "fetch", "../x", "-o", mine / "o"), ("nonsense",), ("train",),
        ("recipe", "--like", "\x1b[2J"), ("recipe", "--config", mine),
        ("recipe", "--config", image), ("recipe", "--config", "\0"),
        ("recipe", "--log", image), ("recipe", "--log", mine), ("recipe", "--log"),
        ("recipe", "--log", mine / "t.csv"), ("recipe", "--log", "/dev/null"),
        ("recipe", "--log", "\0"), ("segment", mine, "-o", mine / "o", "--quiet"),
    )):  # fmt: skip
        yield Case(
            f"place {number} {words[0]} {str(words[-1])[-30:]!a}", tuple(map(str, words)), True
        )


GROUPS = {
    "images": image_cases,
    "numbers": number_cases,
    "runs": run_cases,
    "settings": config_cases,
    "places": place_cases,
}
