"""Download a public data set, unpack its images and labels, and write its data file."""

import re
import shutil
from pathlib import Path, PurePosixPath

import numpy as np
import yaml
from skimage.measure import label

from adgan.errors import AdganError
from adgan.io import atomic, claim_output, read_images, write_labels
from adgan.system.claims import claims
from adgan.system.text import component
from adgan_bench.archive import Unpacking
from adgan_bench.catalogue import PUBLIC, Public
from adgan_bench.download import Watch, download
from adgan_bench.names import pick

DOWNLOADS = ".downloads"
"""Sub-folder for archives until all of them are downloaded."""
DOWNLOAD_SIZE_LIMIT, UNPACKED_SIZE_LIMIT = 4, 40
"""Largest size of an archive, and of its content, relative to the size in the catalogue."""


@claims()
def fetch(
    name: str,
    folder: Path,
    *,
    mirror: str | None = None,
    overwrite: bool = False,
    watch: Watch | None = None,
) -> Path:
    """Download a public data set; parts that were downloaded before are not downloaded again.

    Parameters
    ----------
    name
        Name of the data set, a key of :data:`adgan_bench.catalogue.PUBLIC`.
    folder
        Folder in which ``NAME/`` is created, with ``images/``, ``labels/``, ``data.yaml`` and
        ``TERMS.txt``.
    mirror
        Address of another folder with the same archives.
    overwrite
        Allow a folder that contains files.
    watch
        Called during downloads.

    Returns
    -------
    Path
        The data file.

    Raises
    ------
    AdganError
        If the name is not known, an archive cannot be downloaded or is not as expected, or the
        folder cannot be written.
    """
    pick([name], PUBLIC, "data set")
    about = PUBLIC[name]
    target = claim_output(folder / name, overwrite)
    archives = []
    expected = about.megabytes * 2**20
    for archive in about.archives:
        file = PurePosixPath(archive.url).name
        url = f"{mirror.rstrip('/')}/{file}" if mirror else archive.url
        path = target / DOWNLOADS / file
        download(url, path, archive.sha256, watch, DOWNLOAD_SIZE_LIMIT * expected)
        archives.append(Unpacking(path, UNPACKED_SIZE_LIMIT * expected))
    _unpack(about, archives, target)
    settings = {"images": "images", "labels": "labels", **about.settings}
    described = {"sets": {name: settings | {"citation": f"{about.citation}; {about.terms}"}}}
    terms = f"{about.title}\n{about.terms}\n{about.citation}\n"
    data = target / "data.yaml"
    for path, text in (
        (target / "TERMS.txt", terms),
        (data, yaml.safe_dump(described, sort_keys=False)),
    ):
        with atomic(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    shutil.rmtree(target / DOWNLOADS)
    return data


def _unpack(about: Public, archives: list[Unpacking], target: Path) -> None:
    """Extract all images, and the label maps that belong to one."""
    members: dict[str, dict[str, tuple[Unpacking, str]]] = {}
    for part, pattern in (("images", about.images), ("labels", about.labels)):
        members[part] = {
            name: (archive, member)
            for archive in archives
            for name, member in archive.matching(re.compile(pattern)).items()
        }
    pairs = members["images"].keys() & members["labels"].keys()
    if not pairs:
        raise AdganError(
            f"{', '.join(str(archive.path) for archive in archives)}: there is no image with a "
            "label map of its name; has the data set changed?"
        )
    work = target / DOWNLOADS / "unpacked"
    shutil.rmtree(work, ignore_errors=True)
    for part, held in members.items():
        (work / part).mkdir(parents=True)
        for name in held if part == "images" else sorted(pairs):
            archive, member = held[name]
            # A name comes from a path in the archive and must not lead out of the folder.
            file = work / part / (component(name) + PurePosixPath(member).suffix)
            archive.extract(member, file)
            if part == "labels" and about.classes:
                _separate(file)
        _check_own(target / part, work / part)
    for part in members:
        shutil.rmtree(target / part, ignore_errors=True)
        (work / part).rename(target / part)


def _check_own(old: Path, new: Path) -> None:
    """Refuse to replace a folder that holds files other than those of the data set."""
    names = {path.name for path in old.iterdir()} if old.is_dir() else set()
    if others := names - {path.name for path in new.iterdir()}:
        raise AdganError(
            f"{old} holds {min(others)}, which is not of this data set: move it elsewhere, "
            "or choose another folder"
        )


def _separate(path: Path) -> None:
    """Convert a picture whose first channel tells touching objects apart into a label map."""
    first = read_images(path, channel=0)[0].pixels
    write_labels(path.with_suffix(".tif"), label(first, connectivity=1).astype(np.uint32))
    path.unlink()
