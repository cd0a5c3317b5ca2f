"""Public data sets by name: their addresses, contents, terms of use and citations."""

from dataclasses import dataclass
from typing import Any

CHALLENGE = "https://data.celltrackingchallenge.net/training-datasets"
CHALLENGE_TERMS = (
    "Cell Tracking Challenge: free for research, cite; other uses need permission of its providers"
)
CHALLENGE_CITATION = "Maska et al. 2023, Nature Methods 20, doi:10.1038/s41592-023-01879-y"
BROAD = "https://data.broadinstitute.org/bbbc"
FRAMES = r"[^/]+/(\d\d)/t(\d+)\.tif"
SILVER = r"[^/]+/(\d\d)_ST/SEG/man_seg(\d+)\.tif"
GOLD = r"[^/]+/(\d\d)_GT/SEG/man_seg(\d+)\.tif"


@dataclass(frozen=True)
class Archive:
    """A zip file on a server, with its SHA-256 if known."""

    url: str
    sha256: str | None = None


@dataclass(frozen=True)
class Public:
    """A public data set.

    Parameters
    ----------
    title
        Description of the images.
    megabytes
        Approximate download size.
    terms, citation
        Licence, and paper to cite.
    archives
        The zip files.
    images, labels
        Regular expressions for the members of the archives that are images and label maps. The
        texts of their groups, joined by ``_``, are the name by which they are paired.
    settings
        Settings of the set in the data file, such as border and sizes.
    classes
        True if label maps are pictures in whose first channel touching objects have different
        values.
    """

    title: str
    megabytes: int
    terms: str
    citation: str
    archives: tuple[Archive, ...]
    images: str
    labels: str
    settings: dict[str, Any]
    classes: bool = False


def _challenge(
    name: str, sha256: str | None, title: str, megabytes: int, labels: str, **settings: Any
) -> Public:
    archive = Archive(f"{CHALLENGE}/{name}.zip", sha256)
    return Public(
        title, megabytes, CHALLENGE_TERMS, CHALLENGE_CITATION, (archive,), FRAMES, labels, settings
    )


PUBLIC: dict[str, Public] = {
    "hela": _challenge(
        "Fluo-N2DL-HeLa",
        "35dd99d58e071aba0b03880128d920bd1c063783cc280f9531fbdc5be614c82e",
        "HeLa nuclei, a time series, 2D; computer-made reference",
        191,
        SILVER,
        ignore_border=25,
        radius=[13, 18],
        count=[5, 40],
    ),
    "gowt1": _challenge(
        "Fluo-N2DH-GOWT1",
        "1a7bd9a7d1d10c4122c7782427b437246fb69cc3322a975485c04e206f64fc2c",
        "mouse stem cells, a time series, 2D; computer-made reference",
        46,
        SILVER,
        ignore_border=50,
        radius=[30, 46],
        count=[1, 3],
    ),
    "simplus": _challenge(
        "Fluo-N2DH-SIM+",
        "3e809148c87ace80c72f563b56c35e0d9448dcdeb461a09c83f61e93f5e40ec8",
        "simulated HL60 nuclei, a time series, 2D",
        95,
        GOLD,
        radius=[23, 35],
        count=[5, 13],
    ),
    "cho3d": _challenge(
        "Fluo-N3DH-CHO",
        None,
        "hamster ovary cells, a time series, 3D; computer-made reference",
        98,
        SILVER,
    ),
    "simplus3d": _challenge(
        "Fluo-N3DH-SIM+", None, "simulated HL60 nuclei, a time series, 3D", 3600, GOLD
    ),
    "hacat": Public(
        "HaCaT and other cells and tissues at 10x to 63x, 2D; annotated by hand",
        200,
        "CC0",
        "Kromp et al. 2020, Scientific Data 7, 262, doi:10.1038/s41597-020-00608-w",
        (
            Archive(
                "https://www.ebi.ac.uk/biostudies/files/S-BSST265/dataset.zip",
                "8285987ed4d57c46a46a55a33c1c085875ea41f429b59cde31d249741aa07ad1",
            ),
        ),
        r"rawimages/(.+)\.tif",
        r"groundtruth/(.+)\.tif",
        {},
    ),
    "bbbc039": Public(
        "U2OS nuclei, 2D; annotated by hand",
        81,
        "CC0",
        "BBBC039v1, Ljosa et al. 2012, Nature Methods 9, 637, doi:10.1038/nmeth.2083",
        (
            Archive(
                f"{BROAD}/BBBC039/images.zip",
                "6f30a5d4fe38c928ded972704f085975f8dc0d65d9aa366df00e5a9d449fddd7",
            ),
            Archive(
                f"{BROAD}/BBBC039/masks.zip",
                "f9e6043d8ca56344a4886f96a700d804d6ee982f31e2b2cd3194af2a053c2710",
            ),
        ),
        r"images/(.+)\.tif",
        r"masks/(.+)\.png",
        {"radius": [12, 19], "count": [10, 60]},
        classes=True,
    ),
    "bbbc050": Public(
        "nuclei of mouse embryos, 3D; annotated by hand",
        130,
        "CC BY 3.0, Akira Funahashi",
        "Tokuoka et al. 2020, npj Systems Biology 6, 32, doi:10.1038/s41540-020-00152-8",
        (
            Archive(
                f"{BROAD}/BBBC050/Images.zip",
                "29f100abbfebfb1986b8e87eac091e86d8ec27cd8194f9a1c02c805e76b6dcd8",
            ),
            Archive(
                f"{BROAD}/BBBC050/GroundTruth.zip",
                "1f19b308730dccf217c4d4dcf5745ad0fcde4eeb9f9c9306b2c8abd1fe73e5d1",
            ),
        ),
        r"Images/(train|test)/Images/(.+)\.tif",
        r"GroundTruth/(train|test)/GroundTruth_QCANet/(.+)\.tif",
        {},
    ),
}
"""The data sets by the names that `adgan datasets` uses."""
