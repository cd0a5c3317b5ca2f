"""Files out of a zip archive that may be damaged, encrypted or a bomb."""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adgan.errors import AdganError

MOST_FILES = 200_000
RATIO = 500
"""Bytes unpacked for each one packed; label maps, which compress best, come to a hundred."""
SMALL = 2**26
"""Bytes unpacked that harm nobody, whatever the ratio."""
CHUNK = 2**20
ENCRYPTED = 1
"""Flag of a member."""


@dataclass(frozen=True)
class Unpacking:
    """An archive and how many bytes may come out of it."""

    path: Path
    most: int

    def matching(self, pattern: re.Pattern[str]) -> dict[str, str]:
        """Return members that match a pattern, by what its groups match, joined by ``_``.

        Raises
        ------
        AdganError
            If the archive is none, or beyond all limits; it is removed.
        """
        with self._opened() as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            every = sum(member.file_size for member in members)
            packed = self.path.stat().st_size
            if len(members) > MOST_FILES:
                raise self._refused(f"it holds {len(members)} files")
            if every > self.most or every > max(SMALL, RATIO * packed):
                raise self._refused(f"it unpacks to {every / 2**20:.0f} MB")
            if any(member.flag_bits & ENCRYPTED for member in members):
                raise self._refused("it is encrypted")
            found = [(pattern.fullmatch(member.filename), member.filename) for member in members]
        return {"_".join(match.groups()): name for match, name in found if match}

    def extract(self, member: str, target: Path) -> None:
        """Write one member as a file.

        Raises
        ------
        AdganError
            If it cannot be read; the archive is removed.
        OSError
            If it cannot be written.
        """
        with target.open("wb") as file:
            for chunk in self._chunks(member):
                file.write(chunk)

    def _chunks(self, member: str) -> Iterator[bytes]:
        with self._opened() as archive, archive.open(member) as source:
            # No more comes than the archive's index says, which was looked at.
            while chunk := source.read(CHUNK):
                yield chunk

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                yield archive
        except AdganError:
            raise
        except (
            zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error,
            RuntimeError, EOFError, ValueError, LookupError, OverflowError, OSError,
        ) as error:  # fmt: skip
            raise self._refused(str(error) or "it is damaged") from error

    def _refused(self, why: str) -> AdganError:
        """Remove the archive, so that the next try does not meet it again."""
        self.path.unlink(missing_ok=True)
        return AdganError(
            f"{self.path} is no archive of this data set ({why}) and was removed: run the same "
            "again, or report that it has changed"
        )
