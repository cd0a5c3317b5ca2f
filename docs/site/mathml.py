"""Equations as MathML, which browsers draw by themselves: no page of the site loads a script."""

from docutils.nodes import Element, SkipNode
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def inline(writer: HTML5Translator, node: Element) -> None:
    """Write a formula within a line."""
    writer.body.append(convert(node.astext()))
    raise SkipNode


def block(writer: HTML5Translator, node: Element) -> None:
    """Write a formula on a line of its own."""
    formula = convert(node.astext(), display="block")
    writer.body.append(f'<div class="math">{formula}</div>\n')
    raise SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Make it the renderer called ``mathml``."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True}
