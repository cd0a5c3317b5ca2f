"""Download one file over HTTP: interrupted downloads continue, and checksums are verified."""

import hashlib
import http.client
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from adgan.errors import AdganError
from adgan.io.atomic import cannot_write

CHUNK_BYTES = 1 << 18
NETWORK_ERRORS = (
    urllib.error.URLError,
    http.client.HTTPException,
    ConnectionError,
    TimeoutError,
    UnicodeError,
    ssl.SSLError,
)
"""Errors of the connection; other system errors are those of the disk."""
TIMEOUT_SECONDS = 30.0
"""Time without an answer after which the download fails, in seconds."""

Watch = Callable[[int, int | None], None]
"""Called with the bytes so far, and the bytes of the file if the server states them."""


def download(
    url: str,
    path: Path,
    sha256: str | None = None,
    watch: Watch | None = None,
    most: int | None = None,
) -> None:
    """Download a file, unless it exists.

    An interrupted download, kept beside the file with the suffix ``.part``, is continued.

    Parameters
    ----------
    url
        Address of the file.
    path
        Path to write to; its folder is created.
    sha256
        Checksum of the file, in hexadecimal.
    watch
        Called during the download.
    most
        Largest size of the file, in bytes.

    Raises
    ------
    AdganError
        If the server cannot be reached or refuses, if the file is not the expected one, or if it
        cannot be written.
    """
    part = path.with_name(path.name + ".part")
    if not re.fullmatch(r"https?://[\w.:-]+/\S+", url):
        raise AdganError(f"{url} is not an address: give one that starts with https://")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _fetch(url, part, path, watch, most)
        else:
            part = path
        if sha256 and (found := checksum(part)) != sha256:
            part.unlink()
            raise AdganError(
                f"{url} is not the expected file (its SHA-256 is {found[:12]}..., not "
                f"{sha256[:12]}...) and was removed: try again, or report that it has changed"
            )
        part.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(url: str, part: Path, path: Path, watch: Watch | None, most: int | None) -> None:
    done = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={done}-"} if done else {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            # A server that does not support ranges sends the whole file again.
            done = done if answer.status == http.client.PARTIAL_CONTENT else 0
            length = answer.headers.get("Content-Length")
            whole = done + int(length) if length and length.isdecimal() else None
            with part.open("ab" if done else "wb") as file:
                while chunk := answer.read(CHUNK_BYTES):
                    file.write(chunk)
                    done += len(chunk)
                    if most is not None and done > most:
                        part.unlink()
                        raise AdganError(
                            f"{url} is not the expected file (more than {most / 2**20:.0f} MB) and "
                            "was removed: report that it has changed"
                        )
                    if watch:
                        watch(done, whole)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # the file was complete; its checksum is verified later
        raise _unreachable(url, path, f"the server says {error.code} {error.reason}") from error
    except NETWORK_ERRORS as error:
        raise _unreachable(url, path, str(getattr(error, "reason", error))) from error
    if whole is not None and done < whole:
        raise _unreachable(url, path, f"the connection ended after {done} of {whole} bytes")


def _unreachable(url: str, path: Path, reason: str) -> AdganError:
    host = urllib.parse.urlsplit(url).netloc
    return AdganError(
        f"cannot download {url} ({reason}): connect to {host} and run the same command again, "
        f"which continues where it stopped; or put the file at {path} yourself"
    )
