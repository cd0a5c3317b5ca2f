"""Read and write images: axes, pixel size and names are settled here and nowhere else."""

from adgan.io.atomic import atomic
from adgan.io.find import find_images, natural
from adgan.io.folder import load_folder
from adgan.io.image import Image, check_names, check_pixels, stem
from adgan.io.output import claim_files, claim_output
from adgan.io.read import read_images, read_labels
from adgan.io.sources import Sources, load_images
from adgan.io.spacing import check_spacing
from adgan.io.write import write_gray, write_labels, write_png

__all__ = [
    "Image",
    "Sources",
    "atomic",
    "check_names",
    "check_pixels",
    "check_spacing",
    "claim_files",
    "claim_output",
    "find_images",
    "load_folder",
    "load_images",
    "natural",
    "read_images",
    "read_labels",
    "stem",
    "write_gray",
    "write_labels",
    "write_png",
]
