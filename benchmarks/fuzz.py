"""Damage files again and again, and check that readers raise only the program's own error.

    python benchmarks/fuzz.py [--minutes 20] [--corpus .fuzz] [--only tif,zip]

A damaged file whose reader gives a new message is kept in the corpus and damaged further; a later
run continues from there. A file that causes anything but the program's own error is kept in
`failures` beside it, and the exit code is then not 0. The time is CPU time.
"""

import argparse
import hashlib
import re
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from attack import prepare
from attack_fuzz import Hangs, Reader, corpus, damage, patience

from adgan.errors import AdganError

FILE_BYTES_LIMIT = 2**18
"""Largest size of a file that is kept, in bytes."""
FILES_LIMIT = 200
"""Largest number of files that are kept per kind."""
WORDS = [
    b"SizeX=\"99999\"", b"PhysicalSizeZ=\"1e-320\"", b"DimensionOrder=\"XYCZT\"", b"Type=\"bit\"",
    b"\nimages=4294967295\n", b"spacing=nan\n", b"unit=\\u00B5m\n", b"hyperstack=true\n",
    b"{\"__metadata__\":1}", b"\"data_offsets\":[9,1]", b"\"dtype\":\"F64\"", b"null", b"1e999",
    b"- &a [*a]", b"!!binary ", b"\x00\x00\x00\x00IEND", b"PK\x05\x06", b",,\n", b"\xef\xbb\xbf",
]  # fmt: skip
"""Byte sequences with a meaning in OME-XML, ImageJ's text, safetensors, JSON, YAML, PNG, zip or
CSV. """


class Kind:
    """The files of one kind: the corpus, and the messages of their reader so far."""

    def __init__(self, name: str, whole: bytes, read: Reader, kept: Path):
        self.name, self.read, self.kept = name, read, kept
        kept.mkdir(parents=True, exist_ok=True)
        self.files = [whole, *(path.read_bytes() for path in sorted(kept.iterdir()))]
        self.known: set[str] = set()

    def damaged(self, rng: np.random.Generator) -> bytes:
        """Return a damaged copy of one of the files, sometimes with a meaningful word inserted."""
        # Most damaged files start from the intact file.
        number = 0 if rng.random() < 0.3 else int(rng.integers(len(self.files)))
        data = damage(rng, self.files[number])
        if rng.random() < 0.2:
            at = int(rng.integers(len(data) + 1))
            data = data[:at] + WORDS[int(rng.integers(len(WORDS)))] + data[at:]
        return data[:FILE_BYTES_LIMIT]

    def tell(self, data: bytes, path: Path) -> str | None:
        """Read a file; return the traceback of a defect, and keep a file with a new message."""
        path.write_bytes(data)
        failure, said = None, "read"
        try:
            with patience():
                self.read(path)
        except AdganError as error:
            said = re.sub(r"[\d.,]+|'.*?'|\(.*?\)", "#", str(error))
        except (Exception, Hangs):  # anything but one clear line is a defect, to be reported
            failure = traceback.format_exc()
            said = "\n".join(failure.splitlines()[-3:])
        if said not in self.known:
            self.known.add(said)
            if failure is None and len(self.files) < FILES_LIMIT:
                self.files.append(data)
                (self.kept / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
        return failure


def fuzz(kinds: list[Kind], scratch: Path, seconds: float, seed: int) -> tuple[int, Counter[str]]:
    """Damage files until the CPU time is used up; count the failures and the messages."""
    rng, failures, number = np.random.default_rng(seed), Counter[str](), 0
    end = time.process_time() + seconds
    while time.process_time() < end:
        for kind in kinds:
            data = kind.damaged(rng)
            failure = kind.tell(data, scratch / kind.name)
            number += 1
            if failure:
                lines = failure.strip().splitlines()
                failures[f"{kind.name}: {lines[-1][:150]} at {lines[-3].strip()[:100]}"] += 1
                place = kind.kept.parent / "failures"
                place.mkdir(exist_ok=True)
                known = hashlib.sha256(data).hexdigest()[:16]
                (place / f"{known}_{kind.name}").write_bytes(data)
    return number, failures


def start() -> int:
    """Run the fuzzer with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--corpus", type=Path, default=Path(".fuzz"))
    parser.add_argument("--only", default="", help="comma-separated endings of file names")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        work = Path(scratch)
        ground = prepare(work / "ground")
        warnings.simplefilter("error")
        (work / "files").mkdir()
        ends = tuple(asked.only.split(","))
        kinds = [
            Kind(name, whole, reader, asked.corpus / name)
            for name, (whole, reader) in corpus(ground, work / "files").items()
            if name.endswith(ends)
        ]
        before = sum(len(kind.files) for kind in kinds)
        number, failures = fuzz(kinds, work / "files", 60 * asked.minutes, asked.seed)
        kept = sum(len(kind.files) for kind in kinds)
    for failure, count in failures.most_common():
        print(f"FAILED {count} x {failure}")
    print(
        f"{number} damaged files of {len(kinds)} kinds (seed {asked.seed}), "
        f"{failures.total()} failed; {kept - before} of them are news, {kept} in {asked.corpus}"
    )
    return int(failures.total() > 0)


if __name__ == "__main__":
    sys.exit(start())
