"""Sphinx's settings for both languages; `book.building` passes the language."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

# Sphinx imports every module that autodoc shows.
warnings.filterwarnings("ignore", category=DeprecationWarning)

project = "rosenblatt"
author = "the authors of rosenblatt"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "book.docstrings",
    "book.mathml",
]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
templates_path = [str(Path(__file__).parent / "templates")]
html_static_path = [str(Path(__file__).parent / "static")]
html_css_files = ["book.css"]
html_theme = "furo"
html_math_renderer = "mathml"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "default"

myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 4
myst_dmath_double_inline = True
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
