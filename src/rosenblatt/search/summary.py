"""A text summary of a search: the table of candidates, and the choice with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rosenblatt.search.plot_symbols import CHOSEN, HIGHEST, SMALLEST, shown
from rosenblatt.search.results import SearchResults, layers_text
from rosenblatt.search.terminal import LEAST_WIDTH, terminal_plot
from rosenblatt.support.text_width import filled, padded, width_of
from rosenblatt.support.wording import worded

__all__ = ["candidate_text", "candidates_table", "choice", "summary_of"]

MOST_ROWS = 40
GAP = "  "


def summary_of(
    found: SearchResults, *, width: int = 80, height: int = 20, notes: Sequence[str] = ()
) -> str:
    """The table, the choice, notes, and the plot where it has room, one below the other."""
    paragraphs = [filled(worded(text), width) for text in (choice(found), *notes)]
    if width >= LEAST_WIDTH:
        paragraphs.append(terminal_plot(found, width=width, height=height))
    return "\n\n".join([candidates_table(found), *paragraphs])


def candidates_table(found: SearchResults, encoding: str | None = None) -> str:
    """A line for each candidate, the highest score first; of very many, those and the marked."""
    scores = np.where(found.scored, found.test, -np.inf)
    order = np.argsort(-scores, kind="stable")
    marks = marks_of(found)
    kept = [i for place, i in enumerate(order) if place < MOST_ROWS or i in marks]
    varied = list(dict.fromkeys(name for others in found.others for name in others))
    number = score_format(found.test[found.scored])
    header = map(worded, ("parameters", "validation", "training", "epochs", "seconds", "status"))
    rows = [["", worded("hidden"), *varied, *header]]
    for i in kept:
        validation, training = "-", "-"
        if found.scored[i]:
            validation = f"{number(found.test[i])} ± {number(found.error[i])}"
            training = number(found.train[i])
        rows.append(
            [
                marks.get(i, ""),
                layers_text(found.sizes[i]),
                *(value_of(found.others[i].get(name, "")) for name in varied),
                f"{found.n_parameters[i]:,}",
                validation,
                training,
                f"{found.n_epochs[i]:.4g}",
                f"{found.seconds[i]:.2f}",
                worded(found.status[i]),
            ]
        )
    texts = 2 + len(varied)
    lines = aligned([[shown(cell, encoding) for cell in row] for row in rows], texts)
    if len(kept) < len(order):
        lines.append(worded(f"and {len(order) - len(kept):,} more"))
    meanings = {
        CHOSEN: "chosen",
        HIGHEST: "highest mean",
        SMALLEST: "smallest within one standard error",
    }
    legend = GAP.join(f"{mark} {worded(meaning)}" for mark, meaning in meanings.items())
    what = (
        f"{found.metric} and its standard error, epochs and seconds:"
        f" means over {found.n_folds} folds"
    )
    return "\n".join([*lines, "", shown(legend, encoding), shown(worded(what), encoding)])


def choice(found: SearchResults, encoding: str | None = None) -> str:
    """One sentence: what was chosen, and why."""
    number = score_format(found.test[found.scored])
    best, smallest, chosen = found.highest, found.smallest, found.chosen
    everyone = found.compared[found.scored].all()
    mean = f"mean {found.metric}, {number(found.test[best])} ± {number(found.error[best])}"
    highest = f"the highest {mean}"
    if chosen is None:
        text = f"{candidate_text(found, best)} has {highest}; nothing was chosen"
    elif chosen not in (best, smallest):
        text = (
            f"chosen: {candidate_text(found, chosen)}; {candidate_text(found, best)} has {highest}"
        )
    elif found.scored.sum() == 1:
        text = f"chosen: {candidate_text(found, best)}, the only candidate with a score: {mean}"
    elif best == smallest:
        text = (
            f"chosen: {candidate_text(found, best)}, for {highest}; no smaller network"
            f"{'' if everyone else ' trained to its end'} comes within one standard error of it"
        )
    elif chosen == best:
        text = (
            f"chosen: {candidate_text(found, best)}, for {highest}; the smallest network within one"
            f" standard error of it is {candidate_text(found, smallest)}"
        )
    else:
        text = (
            f"chosen: {candidate_text(found, smallest)}, the smallest network within one standard"
            f" error of {highest}, of {candidate_text(found, best)}"
        )
    return shown(text, encoding)


def candidate_text(found: SearchResults, i: int) -> str:
    """'64,32 (alpha=0.1; 2,177 parameters)'."""
    others = [f"{name}={value_of(value)}; " for name, value in found.others[i].items()]
    hidden = layers_text(found.sizes[i]) if found.sizes[i] else "no hidden layers"
    return f"{hidden} ({''.join(others)}{found.n_parameters[i]:,} parameters)"


def marks_of(found: SearchResults) -> dict[int, str]:
    marks: dict[int, str] = {}
    for i, mark in (
        (found.chosen, CHOSEN),
        (found.highest, HIGHEST),
        (found.smallest, SMALLEST),
    ):
        if i is not None:
            marks[i] = marks.get(i, "") + mark
    return marks


def score_format(scores: Any) -> Any:
    """How numbers of the size of these scores are written: four digits or so."""
    size = np.abs(scores).max()
    decimals = 4 if size < 10 else 1 if size < 1000 else 0
    return lambda score: f"{score:,.{decimals}f}"


def value_of(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 20 else text[:19] + "…"


def aligned(rows: Sequence[Sequence[str]], texts: int) -> list[str]:
    """The cells below one another; the first `texts` columns and the last one begin on the left."""
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    return [
        GAP.join(
            padded(cell, width, right=texts <= place < last)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
