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
    """Write a formula on a line of its own, its number, if it has one, at the right."""
    number = f"({node['number']})" if node.get("number") else ""
    anchor = f' id="{node["ids"][0]}"' if node["ids"] else ""
    formula = convert(node.astext(), display="block")
    writer.body.append(f'<div class="math"{anchor}>{formula}<span>{number}</span></div>\n')
    raise SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Make it the renderer called ``mathml``."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True}
