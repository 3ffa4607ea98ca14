"""Draws the figures of a result with matplotlib, the extra `plot`.

Colours are those of Okabe & Ito (2008), which people with any colour vision tell apart. What theory
predicts is dashed and black, what was measured is whole.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rosenblatt.lab.observation import Curve, Figure
from rosenblatt.lab.result import Result
from rosenblatt.lab.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw", "import_drawing"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# In inches, at 150 dots: two figures beside each other are a page wide.
WIDTH, HEIGHT = 6.4, 4.2
CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
    "Noto Sans CJK JP",
)
CHINESE_FILES = (
    "notosanscjk",
    "notosanssc",
    "sourcehansanssc",
    "wqy",
    "msyh",
    "pingfang",
    "simhei",
)


def import_drawing() -> None:
    """Import all that drawing takes: Ctrl-C within a later import would end the process."""
    from matplotlib.figure import Figure as Canvas

    Canvas().savefig(BytesIO(), format="png")


def draw(result: Result, file: IO[bytes], form: str, language: str = "en") -> None:
    """Write the figures of the result, one under the other.

    Parameters
    ----------
    result : Result
        With one figure at least.
    file : binary file
    form : str
        "png", "svg" or "pdf".
    language : str
        Where no font of the system has Chinese characters, labels are in English.
    """
    # Without pyplot, which would select an interactive backend.
    import matplotlib as mpl
    from matplotlib.figure import Figure as Canvas

    fonts = chinese_fonts() if language == "zh" else []
    shown = "zh" if fonts else "en"
    with mpl.rc_context({"font.family": [*fonts[:1], "DejaVu Sans"], "axes.unicode_minus": False}):
        n = len(result.figures)
        canvas = Canvas(figsize=(WIDTH, HEIGHT * n), layout="constrained")
        for figure, ax in zip(result.figures, canvas.subplots(n, squeeze=False)[:, 0], strict=True):
            plot(ax, figure, shown)
        canvas.savefig(file, format=form, dpi=150)


def chinese_fonts() -> list[str]:
    """Those of the system that have Chinese characters."""
    from matplotlib import font_manager

    def found() -> list[str]:
        known = set(font_manager.get_font_names())
        return [name for name in CHINESE_FONTS if name in known]

    if not found():  # matplotlib keeps a list, which may be older than the fonts
        for file in font_manager.findSystemFonts():
            if Path(file).stem.lower().startswith(CHINESE_FILES):
                font_manager.fontManager.addfont(file)
    return found()


def plot(ax: Axes, figure: Figure, language: str) -> None:
    from matplotlib.ticker import MaxNLocator

    def said(text: Text) -> str:
        return text.in_language(language)

    for number, curve in enumerate(figure.curves):
        add(ax, curve, said(curve.name), number)
    for axis, scale, label in (
        (figure.x, ax.set_xscale, ax.set_xlabel),
        (figure.y, ax.set_yscale, ax.set_ylabel),
    ):
        if axis.log:
            scale("log")
        label(said(axis.label))
    if not figure.x.log and all(float(x).is_integer() for c in figure.curves for x in c.x):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))  # of layers and steps no halves
    ax.set_title(said(figure.title))
    ax.grid(alpha=0.3)
    if len(figure.curves) > 1:
        ax.legend()


def add(ax: Axes, curve: Curve, name: str, number: int) -> None:
    colour = "black" if curve.predicted else COLOURS[number % len(COLOURS)]
    if curve.low:
        ax.fill_between(curve.x, curve.low, curve.high, color=colour, alpha=0.2, linewidth=0)
    ax.plot(
        curve.x,
        curve.y,
        label=name,
        color=colour,
        linestyle="none" if curve.points else DASHES[number % 3] if curve.predicted else "-",
        marker=MARKERS[number % len(MARKERS)] if curve.points else None,
        linewidth=1.4,
        zorder=3 if curve.predicted else 2,
    )
