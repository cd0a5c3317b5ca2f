"""`adgan doctor`: installed packages, this machine, and how to install what is missing."""

import platform
import sys
from importlib import metadata
from typing import Annotated, Any

from adgan.cli.options import JSON
from adgan.cli.voice import tell, tell_json, warn

NAME = "adgan"
DEVELOPER_EXTRAS = ("dev", "testing", "docs")
"""Extras for developers of the program itself."""


def doctor(*, json_: Annotated[bool, JSON] = False) -> int:
    """Report versions, devices, memory and file readers, and how to install what is missing.

    The exit code is 2 if a required package is missing.

    Examples
    --------
    To send along with a question:

        $ adgan doctor

    Parameters
    ----------
    json_
        Print the report as JSON and nothing else.
    """
    needed, extras = missing()
    facts = {**_versions(), **_machine(), **_readers()}
    if json_:
        tell_json({"facts": facts, "missing": needed, "extras": extras})
        return 2 if needed else 0
    for name, value in facts.items():
        tell(f"{name:<13}{value}")
    for extra, lacking in extras.items():
        tell(f"missing      {', '.join(lacking)}: pip install '{NAME}[{extra}]'")
    if needed:
        warn(f"{', '.join(needed)} must be installed: pip install --force-reinstall {NAME}")
        return 2
    tell("Everything required for segmentation and training is installed")
    return 0


def missing() -> tuple[list[str], dict[str, list[str]]]:
    """Return the requirements of the package that are missing or have an incompatible version.

    Returns
    -------
    needed
        Mandatory requirements.
    extras
        Optional requirements, by the extra that installs them.
    """
    from packaging.requirements import Requirement

    requirements = [Requirement(line) for line in metadata.requires(NAME) or ()]
    names = metadata.metadata(NAME).get_all("Provides-Extra") or []
    lacking = {
        extra: [
            str(one.name)
            for one in requirements
            if one.name != NAME and _applies(one, extra) and not _fits(one)
        ]
        for extra in ("", *(name for name in names if name not in DEVELOPER_EXTRAS))
    }
    needed = lacking.pop("")
    return needed, {extra: lines for extra, lines in lacking.items() if lines}


def _applies(requirement: Any, extra: str) -> bool:
    marker = requirement.marker
    if marker is None:
        return not extra
    # A requirement that applies without any extra belongs to the package itself.
    return marker.evaluate({"extra": extra}) and not (extra and marker.evaluate({"extra": ""}))


def _fits(requirement: Any) -> bool:
    try:
        return requirement.specifier.contains(metadata.version(requirement.name), prereleases=True)
    except metadata.PackageNotFoundError:
        return False


def _versions() -> dict[str, str]:
    """Return the versions of the program and of the packages that most affect its results."""
    found = {NAME: metadata.version(NAME), "python": platform.python_version()}
    for name in ("torch", "numpy", "scipy", "scikit-image", "tifffile", "imagecodecs"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def _machine() -> dict[str, str]:
    """Return the system, its devices and its memory."""
    from adgan.system.peak import available

    found = {"system": f"{platform.platform()}, {sys.executable}"}
    try:
        import torch

        from adgan.system.device import choose_device
    except ImportError as error:
        found["device"] = f"torch cannot be loaded: {error}"
    else:
        cards = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
        chosen = choose_device("auto")
        found["device"] = ", ".join([f"{chosen.type} (auto)", *cards])
        if chosen.type == "mps":
            found["device"] += "; unsupported operations run on the CPU, with a warning"
        found["threads"] = f"{torch.get_num_threads()}"
    found["memory"] = f"{available() / 2**30:.1f} GiB free"
    return found


def _readers() -> dict[str, str]:
    """Return the image file formats that can be read."""
    from importlib.util import find_spec

    kinds = {"CZI": "czifile", "LIF": "liffile", "ND2": "nd2", "OME-Zarr": "zarr"}
    here = [kind for kind, module in kinds.items() if find_spec(module)]
    return {"readers": ", ".join(["TIFF", "PNG", "JPEG", *here])}
