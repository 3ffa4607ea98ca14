"""The picture of an explanation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rosenblatt.explain.explanation import Explanation, cell_text
from rosenblatt.support.atomic import replaced_file

__all__ = ["MOST_SHOWN", "draw"]

MOST_SHOWN = 15  # columns
BLUE, RED, GREY = "#4393c3", "#d6604d", "#6b7a8f"


def draw(explanation: Explanation, row: int, path: Path) -> None:
    """Bars of the columns that count, beside what the cells of one row add.

    Parameters
    ----------
    explanation : Explanation
        Of one output of each row: see `of_largest_output`.
    row : int
        Its place among those explained.
    path : Path
        A PNG, SVG or PDF file.
    """
    # Without pyplot, which would select an interactive backend.
    from matplotlib.figure import Figure

    means = explanation.importances
    names = list(means)[:MOST_SHOWN][::-1]
    order = np.argsort(-np.abs(explanation.values[row]), kind="stable")[:MOST_SHOWN][::-1]
    values = explanation.values[row][order]
    labels = [
        f"{explanation.feature_names[k]} = {cell_text(explanation.data[row, k]) or '-'}"
        for k in order
    ]
    figure = Figure(figsize=(11, 1.5 + 0.32 * len(names)), layout="constrained")
    left, right = figure.subplots(1, 2)
    # By place: names and cells may be the same.
    for axes, texts in ((left, names), (right, labels)):
        axes.set_yticks(range(len(texts)), [text.replace("$", r"\$") for text in texts])
        axes.spines[["top", "right"]].set_visible(False)
    left.barh(range(len(names)), [means[name] for name in names], color=GREY)
    left.set_xlabel("mean |SHAP value|")
    right.barh(range(len(order)), values, color=np.where(values > 0, RED, BLUE))
    right.axvline(0, color="black", linewidth=0.8)
    output, base = explanation.output_names[row], explanation.base_values[row]
    right.set_xlabel(f"SHAP value: {output} {base:.3g} → {explanation.predictions[row]:.3g}")
    with replaced_file(path) as file:
        figure.savefig(file, format=path.suffix[1:].lower(), dpi=150)
