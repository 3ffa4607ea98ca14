"""Where the parts of the book lie."""

from __future__ import annotations

from pathlib import Path

__all__ = ["BOOK", "BUILT", "CHAPTERS", "LANGUAGES", "RESULTS", "ROOT", "STAGED"]

BOOK = Path(__file__).parent
ROOT = BOOK.parent
BUILT = ROOT / "build" / "book"
RESULTS = BUILT / "results"
# What Sphinx reads: the chapters, and what is written for them.
STAGED = BUILT / "source"
# Folder of the chapters and of the site → Sphinx's name of the language.
LANGUAGES = {"en": "en", "zh": "zh_CN"}
CHAPTERS = (
    "history",
    "neuron",
    "perceptron",
    "layers",
    "losses",
    "descent",
    "rules",
    "curvature",
    "backpropagation",
    "claims",
    "tables",
)
