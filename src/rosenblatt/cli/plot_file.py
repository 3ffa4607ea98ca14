"""Pictures: the files that can be drawn into, and the figure of a search."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from rosenblatt.cli.replacing import check_not_read, check_replaceable
from rosenblatt.cli.source import Source
from rosenblatt.errors import InputError
from rosenblatt.search import StructureSearchCV, StructureSearchDisplay
from rosenblatt.search.display import FIGURE
from rosenblatt.support.atomic import check_room, check_writable, replaced_file
from rosenblatt.support.optional_dependencies import install_command

ENDINGS = (".png", ".svg", ".pdf")


MARK = b"atplotlib"  # names itself at one end or the other of each of these formats
END = 4096  # bytes
LEAST = 4000  # bytes of a picture: the smallest ones here have more


def picture_for(source: Source, plot: Path | None, model: Path, *, force: bool) -> Path | None:
    """The file of the figure, checked to be writable; None if no figure can be drawn."""
    path = plot or Path(f"{source.stem}-search.png")
    check_ending(path)
    check_not_read("--plot", path, (source.data,))
    if os.path.realpath(path) == os.path.realpath(model):
        raise InputError(f"--plot and --out both name {path}: choose another name for one of them")
    if plot is None and find_spec("matplotlib") is None:
        return None
    check_drawable(path, force=force)
    return path


def check_drawable(path: Path, *, force: bool) -> None:
    """InputError if no picture can be drawn into the file that --plot names.

    A file that holds no such picture is replaced by `force` alone.
    """
    check_ending(path)
    if find_spec("matplotlib") is None:
        raise InputError(
            f"--plot needs matplotlib: {install_command('matplotlib')}, or leave it out"
        )
    check_replaceable(path, is_picture, "picture of matplotlib's", force=force)
    check_writable(path)
    check_room(path, LEAST)


def is_picture(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(END)
        file.seek(max(0, path.stat().st_size - END))
        return MARK in start or MARK in file.read(END)


def check_ending(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            f"cannot draw into {path}: give --plot a name that ends with one of "
            f"{', '.join(ENDINGS)}"
        )


def form_of(path: Path) -> str:
    """As matplotlib calls it."""
    return path.suffix[1:].lower()


def draw(search: StructureSearchCV, path: Path) -> None:
    # Without pyplot, which would select an interactive backend.
    from matplotlib.figure import Figure

    figure = Figure(**FIGURE)
    StructureSearchDisplay.from_estimator(search, ax=figure.subplots())
    with replaced_file(path) as file:
        figure.savefig(file, format=form_of(path), dpi=150)
