"""Extract files from a zip archive that may be damaged, encrypted or a zip bomb."""

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

FILES_LIMIT = 200_000
"""Largest number of files in an archive."""
COMPRESSION_LIMIT = 500
"""Largest compression ratio; that of label maps, which compress best, is about a hundred."""
HARMLESS_BYTES = 2**26
"""Unpacked size up to which any compression ratio is accepted, in bytes."""
CHUNK_BYTES = 2**20
ENCRYPTED = 1
"""Flag of an encrypted member."""


@dataclass(frozen=True)
class Unpacking:
    """An archive, and the largest unpacked size in bytes."""

    path: Path
    most: int

    def matching(self, pattern: re.Pattern[str]) -> dict[str, str]:
        """Return the members that match a pattern, by the texts of its groups, joined by ``_``.

        Raises
        ------
        AdganError
            If the file is not an archive or exceeds the limits; it is removed.
        """
        with self._opened() as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            every = sum(member.file_size for member in members)
            packed = self.path.stat().st_size
            if len(members) > FILES_LIMIT:
                raise self._refused(f"it holds {len(members)} files")
            if every > self.most or every > max(HARMLESS_BYTES, COMPRESSION_LIMIT * packed):
                raise self._refused(f"it unpacks to {every / 2**20:.0f} MB")
            if any(member.flag_bits & ENCRYPTED for member in members):
                raise self._refused("it is encrypted")
            found = [(pattern.fullmatch(member.filename), member.filename) for member in members]
        return {"_".join(match.groups()): name for match, name in found if match}

    def extract(self, member: str, target: Path) -> None:
        """Extract one member to a file.

        Raises
        ------
        AdganError
            If the member cannot be read; the archive is removed.
        OSError
            If the file cannot be written.
        """
        with target.open("wb") as file:
            for chunk in self._chunks(member):
                file.write(chunk)

    def _chunks(self, member: str) -> Iterator[bytes]:
        with self._opened() as archive, archive.open(member) as source:
            # A member never gives more bytes than its size in the index, which was checked.
            while chunk := source.read(CHUNK_BYTES):
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
        """Remove the archive, so that the next try downloads it again; return the error."""
        self.path.unlink(missing_ok=True)
        return AdganError(
            f"{self.path} is not an archive of this data set ({why}) and was removed: run the same "
            "command again, or report that the archive has changed"
        )
