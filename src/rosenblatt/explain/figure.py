"""The picture of an explanation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rosenblatt.explain.explanation import Explanation, cell_text
from rosenblatt.support.atomic import replaced_file
from rosenblatt.support.picture_text import collected_glyphs, fonts_for, in_picture

__all__ = ["MOST_SHOWN", "draw"]

MOST_SHOWN = 15  # columns
BLUE, RED, GREY = "#4393c3", "#d6604d", "#6b7a8f"
# Characters beside the axes, which have room for no more.
LONGEST_NAME, LONGEST_CELL = 28, 14


def draw(explanation: Explanation, row: int, path: Path) -> list[str]:
    """Bars of the columns that count, beside what the cells of one row add.

    Parameters
    ----------
    explanation : Explanation
        Of one output of each row: see `of_largest_output`.
    row : int
        Its place among those explained.
    path : Path
        A PNG, SVG or PDF file.

    Returns
    -------
    characters : list of str
        Those that no font of the system has, which are boxes in the picture.
    """
    # Without pyplot, which would select an interactive backend.
    import matplotlib as mpl
    from matplotlib.figure import Figure

    means = explanation.importances
    names = list(means)[:MOST_SHOWN][::-1]
    told = [in_picture(name, LONGEST_NAME) for name in names]
    order = np.argsort(-np.abs(explanation.values[row]), kind="stable")[:MOST_SHOWN][::-1]
    values = explanation.values[row][order]
    labels = [
        f"{in_picture(explanation.feature_names[k], LONGEST_NAME)} = "
        f"{in_picture(cell_text(explanation.data[row, k]) or '-', LONGEST_CELL)}"
        for k in order
    ]
    output = in_picture(explanation.output_names[row], LONGEST_NAME)
    fonts = fonts_for("".join([*told, *labels, output]))
    with mpl.rc_context({"font.family": [*mpl.rcParams["font.family"], *fonts]}):
        figure = Figure(figsize=(11, 1.5 + 0.32 * len(names)), layout="constrained")
        left, right = figure.subplots(1, 2)
        # By place: names and cells may be the same.
        for axes, texts in ((left, told), (right, labels)):
            axes.set_yticks(range(len(texts)), texts)
            axes.spines[["top", "right"]].set_visible(False)
        left.barh(range(len(names)), [means[name] for name in names], color=GREY)
        left.set_xlabel("mean |SHAP value|")
        right.barh(range(len(order)), values, color=np.where(values > 0, RED, BLUE))
        right.axvline(0, color="black", linewidth=0.8)
        base = explanation.base_values[row]
        right.set_xlabel(f"SHAP value: {output} {base:.3g} → {explanation.predictions[row]:.3g}")
        with replaced_file(path) as file, collected_glyphs() as missing:
            figure.savefig(file, format=path.suffix[1:].lower(), dpi=150)
    return missing
