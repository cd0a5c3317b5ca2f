"""Read and write images. Only this package interprets axes, pixel sizes and file names."""

from adgan.io.atomic import atomic, make_folder, write_json
from adgan.io.collection import Collection
from adgan.io.entry import Entry, Skipped
from adgan.io.find import find_images, find_named, natural
from adgan.io.folder import Sized
from adgan.io.image import Image, check_names, check_pixels, stem
from adgan.io.options import AS_STORED, ReadOptions, Scene
from adgan.io.output import claim_files, claim_output
from adgan.io.read import read_images, read_labels
from adgan.io.sources import Sources, load_images, open_images
from adgan.io.spacing import check_spacing
from adgan.io.windowed import Windowed
from adgan.io.write import write_gray, write_labels, write_png

__all__ = [
    "AS_STORED",
    "Collection",
    "Entry",
    "Image",
    "ReadOptions",
    "Scene",
    "Sized",
    "Skipped",
    "Sources",
    "Windowed",
    "atomic",
    "check_names",
    "check_pixels",
    "check_spacing",
    "claim_files",
    "claim_output",
    "find_images",
    "find_named",
    "load_images",
    "make_folder",
    "natural",
    "open_images",
    "read_images",
    "read_labels",
    "stem",
    "write_gray",
    "write_json",
    "write_labels",
    "write_png",
]
