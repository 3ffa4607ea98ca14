"""Formulas as MathML, which browsers show without a script: no library is loaded."""

from __future__ import annotations

from typing import Any

from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

__all__ = ["setup"]


def inline(writer: Any, node: Any) -> None:
    writer.body.append(mathml(node))
    raise skipped()


def block(writer: Any, node: Any) -> None:
    """With the formula's id in the place of a number."""
    writer.body.append(writer.starttag(node, "div", CLASS="math"))
    writer.body.append(mathml(node, as_block=True))
    if node["label"]:
        writer.body.append(f'<span class="eqno">({node["label"]})</span>')
    writer.body.append("</div>\n")
    raise skipped()


def mathml(node: Any, as_block: bool = False) -> str:
    """With ŷ as one letter: browsers stretch a hat above a letter until it looks like a bar."""
    return tex2mathml(node.astext().replace(r"\hat{y}", "ŷ"), as_block)


def skipped() -> Exception:
    from docutils.nodes import SkipNode

    return SkipNode()


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
