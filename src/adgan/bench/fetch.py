"""A public data set on disk: downloaded, unpacked into images and labels, with its data file."""

import re
import shutil
import zipfile
from pathlib import Path, PurePosixPath

import numpy as np
import yaml
from skimage.measure import label

from adgan.bench.catalogue import PUBLIC, Public
from adgan.bench.download import Watch, download
from adgan.bench.names import pick
from adgan.errors import AdganError
from adgan.io import claim_output, read_images, write_labels

DOWNLOADS = ".downloads"
"""Sub-folder in which archives wait until all of them are there."""


def fetch(
    name: str,
    folder: Path,
    *,
    mirror: str | None = None,
    overwrite: bool = False,
    watch: Watch | None = None,
) -> Path:
    """Download a public data set; what an earlier try got is not downloaded again.

    Parameters
    ----------
    name
        In :data:`adgan.bench.catalogue.PUBLIC`.
    folder
        Where ``NAME/`` goes, with ``images/``, ``labels/``, ``data.yaml`` and ``TERMS.txt``.
    mirror
        Address of a folder that holds the same archives, in place of their own.
    overwrite
        Whether a folder that holds files is fine.
    watch
        Called while an archive comes in.

    Returns
    -------
    Path
        The data file.

    Raises
    ------
    AdganError
        If the name is not known, an archive cannot be had or is not as expected, or the folder
        cannot be written.
    """
    pick([name], PUBLIC, "data set")
    about = PUBLIC[name]
    target = claim_output(folder / name, overwrite)
    archives = []
    for archive in about.archives:
        file = PurePosixPath(archive.url).name
        url = f"{mirror.rstrip('/')}/{file}" if mirror else archive.url
        archives.append(target / DOWNLOADS / file)
        download(url, archives[-1], archive.sha256, watch)
    _unpack(about, archives, target)
    settings = {"images": "images", "labels": "labels", **about.settings}
    described = {"sets": {name: settings | {"citation": f"{about.citation}; {about.terms}"}}}
    (target / "TERMS.txt").write_text(
        f"{about.title}\n{about.terms}\n{about.citation}\n", encoding="utf-8"
    )
    data = target / "data.yaml"
    data.write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")
    shutil.rmtree(target / DOWNLOADS)
    return data


def _unpack(about: Public, archives: list[Path], target: Path) -> None:
    """Write images and the label maps that have one."""
    patterns = {"images": re.compile(about.images), "labels": re.compile(about.labels)}
    members: dict[str, dict[str, tuple[Path, str]]] = {part: {} for part in patterns}
    for path in archives:
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    for part, pattern in patterns.items():
                        if found := pattern.fullmatch(member):
                            members[part]["_".join(found.groups())] = (path, member)
        except zipfile.BadZipFile as error:
            path.unlink()
            raise AdganError(f"{path} is damaged and was removed: run the same again") from error
    pairs = members["images"].keys() & members["labels"].keys()
    if not pairs:
        raise AdganError(
            f"{', '.join(map(str, archives))}: no image and label map of one name in it; has the "
            "data set changed?"
        )
    work = target / DOWNLOADS / "unpacked"
    shutil.rmtree(work, ignore_errors=True)
    for part, held in members.items():
        (work / part).mkdir(parents=True)
        for name in held if part == "images" else sorted(pairs):
            path, member = held[name]
            # A name is what a pattern matched of a path: it must not lead elsewhere.
            file = work / part / (name.replace("/", "_") + PurePosixPath(member).suffix)
            with zipfile.ZipFile(path) as archive, archive.open(member) as source:
                with file.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
            if part == "labels" and about.classes:
                _separate(file)
        shutil.rmtree(target / part, ignore_errors=True)
        (work / part).rename(target / part)


def _separate(path: Path) -> None:
    """Turn a picture whose first channel has a value for each object into a label map."""
    first = read_images(path, channel=0)[0].pixels
    write_labels(path.with_suffix(".tif"), label(first, connectivity=1).astype(np.uint32))
    path.unlink()
