"""What a house costs: prices with intervals, what each price is made of, and how wrong they are.

    python examples/house_prices.py california_housing.parquet --target target \\
        --rises-with median_income --picture prices.png

A fifth of the rows is set aside. The network learns from the others, and never from these.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from rosenblatt import TableRegressor
from rosenblatt.explain import ShapExplainer

COVERAGE = 0.9
MOST_COLUMNS = 4  # of which a price is said to be made


@dataclass(frozen=True, eq=False)
class Priced:
    """Houses that were set aside, with their prices, predicted prices and intervals."""

    model: TableRegressor
    houses: pd.DataFrame
    prices: np.ndarray
    predicted: np.ndarray
    intervals: np.ndarray

    @property
    def covered(self) -> float:
        low, high = self.intervals.T
        return float(np.mean((low <= self.prices) & (self.prices <= high)))


def priced(
    table: pd.DataFrame,
    target: str,
    *,
    rises_with: Sequence[str] = (),
    preset: str = "fast",
    seed: int = 0,
) -> Priced:
    """Learn from four fifths of the rows, and price the others."""
    learnt, aside = train_test_split(table, test_size=0.2, random_state=seed)
    directions = dict.fromkeys(rises_with, 1) or None
    model = TableRegressor(preset, monotonic_cst=directions, random_state=seed)
    model.fit(learnt, target=target)
    houses = aside.drop(columns=target).reset_index(drop=True)
    intervals = model.predict_interval(houses, coverage=COVERAGE)
    return Priced(model, houses, aside[target].to_numpy(), model.predict(houses), intervals)


def amount(x: float, sign: str = "") -> str:
    """Three digits of it."""
    return f"{float(f'{x:.3g}'):{sign},.10g}"


def lines(found: Priced, learnt: pd.DataFrame, n_houses: int = 3) -> list[str]:
    """Scores, and some houses one by one."""
    errors = np.abs(found.predicted - found.prices)
    usual = np.abs(found.prices - np.median(found.prices))
    told = [
        f"{len(found.prices):,} houses that were set aside:"
        f" R² {found.model.score(found.houses, found.prices):.3f}",
        f"half of the prices are off by less than {amount(np.median(errors))}"
        f" (by {amount(np.median(usual))} if all were said to cost the same)",
        f"intervals of {COVERAGE:.0%} hold {found.covered:.1%} of the prices",
    ]
    some = found.houses.head(n_houses)
    why = ShapExplainer(found.model, learnt)(some)
    for row in range(len(some)):
        low, high = found.intervals[row]
        told += [
            "",
            f"house {row + 1}: {amount(found.predicted[row])}, between {amount(low)} and"
            f" {amount(high)}; it cost {amount(found.prices[row])}",
            f"  {amount(why.base_values[row], '+'):>10}  what a house costs in the mean",
        ]
        for k in np.argsort(-np.abs(why.values[row]))[:MOST_COLUMNS]:
            name = why.feature_names[k]
            told.append(f"  {amount(why.values[row, k], '+'):>10}  {name} = {some.iloc[row][name]}")
    return told


def draw(found: Priced, path: Path) -> None:
    """Predicted over true prices; rows outside of their interval in another colour."""
    from matplotlib.figure import Figure

    low, high = found.intervals.T
    inside = (low <= found.prices) & (found.prices <= high)
    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    for rows, colour, label in ((inside, "C0", "in its interval"), (~inside, "C1", "outside")):
        axes.plot(found.prices[rows], found.predicted[rows], ".", ms=3, color=colour, label=label)
    axes.axline((found.prices[0], found.prices[0]), slope=1, color="0.4", lw=1)
    axes.set(xlabel="price", ylabel="predicted price")
    axes.legend(markerscale=4)
    figure.savefig(path, dpi=150)


def main(arguments: Sequence[str] | None = None) -> Priced:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("table", type=Path, help="a Parquet file, a row for each house")
    parser.add_argument("--target", default="target", help="the column of prices")
    parser.add_argument("--rises-with", nargs="*", default=[], metavar="COLUMN")
    parser.add_argument("--preset", default="fast", choices=["fast", "default", "best"])
    parser.add_argument("--rows", type=int, help="that many rows, drawn at random")
    parser.add_argument("--picture", type=Path, help="a PNG of prices and predicted prices")
    options = parser.parse_args(arguments)
    table = pd.read_parquet(options.table)
    if options.rows is not None:
        table = table.sample(options.rows, random_state=0)
    found = priced(table, options.target, rises_with=options.rises_with, preset=options.preset)
    print("\n".join(lines(found, table.drop(columns=options.target))))
    if options.picture is not None:
        draw(found, options.picture)
        print(f"\n{options.picture} shows predicted beside true prices")
    return found


if __name__ == "__main__":
    main()
