"""Sphinx configuration: `make docs` builds the site."""

import sys
from importlib import import_module
from pathlib import Path

from docutils.nodes import TextElement
from sphinx.application import Sphinx

import adgan

sys.path.insert(0, str(Path(__file__).parent / "site"))
from commands import write_pages  # noqa: E402

project = "adgan"
copyright = "the adgan authors"
version = release = adgan.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "mathml",
]
exclude_patterns = ["_build"]
templates_path = ["site/templates"]

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 4

autosummary_generate = True
autodoc_typehints = "none"  # the text says which types go in
numpydoc_show_class_members = False

nitpicky = True
smartquotes = False  # two hyphens begin an option

html_theme = "furo"
html_title = "adgan"
html_math_renderer = "mathml"
html_copy_source = False
html_static_path = ["site/static"]
html_css_files = ["site.css"]


def resolve(app: Sphinx, env: object, node: TextElement, content: TextElement) -> object:
    """Find what a docstring names; what only developers meet is shown without a link.

    A name that is nowhere in the package stays a warning.
    """
    domain, target = node.get("refdomain"), node.get("reftarget", "")
    if domain != "py" or not target.startswith("adgan"):
        return None
    module, _, name = target.rpartition(".")
    if name in adgan.__all__ and adgan._HOME.get(name) == module.removeprefix("adgan."):
        return app.env.domains["py"].resolve_xref(
            env, node["refdoc"], app.builder, "func", f"adgan.{name}", node, content
        )
    return content if _exists(target) else None


def _exists(target: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = target.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def setup(app: Sphinx) -> None:
    """Write what the program says of itself before pages are read."""
    app.connect("builder-inited", lambda app: write_pages(Path(app.srcdir)))
    app.connect("missing-reference", resolve)
