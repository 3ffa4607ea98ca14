"""Groups of customers without labels: an autoencoder's codes, k-means, and what each group is like.

    python examples/customer_segments.py customers.parquet --drop target --picture segments.png

The number of groups is the one with the best silhouette among those that come back when the rows
are drawn anew. The same is done with a PCA in place of the autoencoder, for comparison.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score

from rosenblatt import MLPAutoencoder, TableEncoder

STABLE = 0.8  # adjusted Rand index from which on groups count as the same
MOST_DISTANCES = 2000  # rows that a silhouette is computed of


@dataclass(frozen=True)
class Attempt:
    """k groups of codes: how far apart they are, and how alike those of other rows are."""

    k: int
    silhouette: float
    stability: float
    labels: np.ndarray


def k_means(k: int, seed: int) -> KMeans:
    return KMeans(k, n_init=4, random_state=seed)


def stability(codes: np.ndarray, labels: np.ndarray, k: int, draws: int, seed: int) -> float:
    """Mean adjusted Rand index of the groups with those that bootstrap samples lead to."""
    rng = np.random.default_rng(seed)
    found = []
    for draw in range(draws):
        sample = codes[rng.integers(len(codes), size=len(codes))]
        again = k_means(k, seed + draw + 1).fit(sample).predict(codes)
        found.append(adjusted_rand_score(labels, again))
    return float(np.mean(found))


def attempts(
    codes: np.ndarray, ks: Iterable[int], *, draws: int = 8, seed: int = 0
) -> list[Attempt]:
    """k-means with each k on codes that are scaled together, so that distances stay as they are."""
    codes = codes / codes.std()
    made = []
    for k in ks:
        labels = k_means(k, seed).fit_predict(codes)
        size = min(MOST_DISTANCES, len(codes))
        apart = silhouette_score(codes, labels, sample_size=size, random_state=seed)
        made.append(Attempt(k, float(apart), stability(codes, labels, k, draws, seed), labels))
    return made


def best_of(made: Sequence[Attempt]) -> Attempt:
    """The best silhouette among the stable ones; where none is stable, the most stable."""
    stable = [a for a in made if a.stability >= STABLE]
    if not stable:
        return max(made, key=lambda a: a.stability)
    return max(stable, key=lambda a: a.silhouette)


def profile(frame: pd.DataFrame, labels: np.ndarray, most: int = 4) -> list[str]:
    """A sentence for each group: the columns in which it differs most from all rows.

    Numbers differ by how far the group's median rank is from the middle, categories by how much
    more of the group than of all rows has the category.
    """
    sentences = []
    for group in range(labels.max() + 1):
        inside = frame[labels == group]
        said: list[tuple[float, str]] = []
        for name, column in frame.items():
            if pd.api.types.is_numeric_dtype(column):
                middle = column.rank(pct=True)[labels == group].median() - 0.5
                word = "high" if middle > 0 else "low"
                said.append((2 * abs(middle), f"{name} {word} ({middles(inside[name], column)})"))
            else:
                more = share_of(inside[name]) - share_of(column).reindex(
                    share_of(inside[name]).index
                )
                value = more.idxmax()
                shares = (
                    f"{share_of(inside[name])[value]:.0%} against {share_of(column)[value]:.0%}"
                )
                said.append((float(more[value]), f"{name} {value} ({shares})"))
        said.sort(key=lambda pair: -pair[0])
        share = (labels == group).mean()
        sentences.append(f"group {group + 1}, {share:.0%}: " + "; ".join(t for _, t in said[:most]))
    return sentences


def middles(inside: pd.Series, column: pd.Series) -> str:
    """The two medians, or the means where these do not differ."""
    if inside.median() == column.median():
        return f"mean {inside.mean():,.1f} against {column.mean():,.1f}"
    return f"{inside.median():,.0f} against {column.median():,.0f}"


def share_of(column: pd.Series) -> pd.Series:
    return column.astype(str).value_counts(normalize=True)


def picture(
    path: Path, frame: pd.DataFrame, codes: np.ndarray, made: Sequence[Attempt], chosen: Attempt
) -> None:
    """The codes on their two main axes, the choice of k, and the groups' ranks column by column."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    figure, (left, middle, right) = plt.subplots(
        1, 3, figsize=(16, 5.5), width_ratios=(5, 4, 6), layout="constrained"
    )
    flat = PCA(2).fit_transform(codes)
    shown = np.random.default_rng(0).permutation(len(flat))[:4000]
    for group in range(chosen.k):
        rows = shown[chosen.labels[shown] == group]
        left.scatter(*flat[rows].T, s=5, label=f"{group + 1}")
    left.set(title="codes, two main axes", xlabel="axis 1", ylabel="axis 2")
    left.legend(title="group", markerscale=3)
    ks = [a.k for a in made]
    middle.plot(ks, [a.silhouette for a in made], "o-", label="silhouette")
    middle.plot(ks, [a.stability for a in made], "s-", label="stability (adjusted Rand)")
    middle.axhline(STABLE, color="grey", lw=0.8, ls=":")
    middle.axvline(chosen.k, color="grey", lw=0.8)
    middle.set(title="how many groups", xlabel="k", xticks=ks, ylim=(0, 1.02))
    middle.legend()
    numbers = frame.select_dtypes("number")
    ranks = numbers.rank(pct=True).groupby(chosen.labels).mean()
    image = right.imshow(ranks.T, cmap="coolwarm", vmin=0, vmax=1, aspect="auto")
    right.set(title="mean rank within each column", xlabel="group")
    right.set_xticks(range(chosen.k), range(1, chosen.k + 1))
    right.set_yticks(range(numbers.shape[1]), numbers.columns, fontsize=8)
    figure.colorbar(image, ax=right)
    figure.savefig(path, dpi=90)
    plt.close(figure)


def segments(
    frame: pd.DataFrame,
    held_out: pd.Series | None = None,
    *,
    n_components: int = 5,
    ks: Iterable[int] = range(2, 9),
    max_iter: int = 60,
    draws: int = 8,
    seed: int = 0,
    to: Path | None = None,
) -> dict[str, Attempt]:
    """Find, compare and describe the groups of a table's rows; print what is found.

    Parameters
    ----------
    frame : DataFrame
    held_out : Series, optional
        A column that nothing here learns from: whether the groups say anything about it.
    n_components : int
        Numbers of a code, and axes of the PCA.
    ks : iterable of int
        Numbers of groups to try.
    max_iter, draws, seed : int
        Epochs at most, bootstrap samples, and the seed of everything.
    to : Path, optional
        Where the picture goes.
    """
    X = TableEncoder(random_state=seed).fit_transform(frame)
    order = np.random.default_rng(seed).permutation(len(X))
    new, train = order[: len(X) // 5], order[len(X) // 5 :]
    embeddings: dict[str, Any] = {
        "autoencoder": MLPAutoencoder(
            n_components,
            (64,),
            learning_rate_init=0.003,
            learning_rate="cosine",
            input_noise=0.2,
            early_stopping=True,
            max_iter=max_iter,
            random_state=seed,
        ),
        "PCA": PCA(n_components, random_state=seed),
    }
    ks, chosen = list(ks), {}
    for name, embedding in embeddings.items():
        with warnings.catch_warnings():  # the schedule ends with the last epoch
            warnings.simplefilter("ignore", ConvergenceWarning)
            embedding.fit(X[train])
        codes = np.asarray(embedding.transform(X), np.float64)
        back = embedding.inverse_transform(embedding.transform(X[new]))
        kept = 1 - ((X[new] - back) ** 2).sum() / ((X[new] - X[train].mean(axis=0)) ** 2).sum()
        made = attempts(codes, ks, draws=draws, seed=seed)
        best = chosen[name] = best_of(made)
        print(f"{name}: {kept:.0%} of the variance of new rows in {n_components} numbers")
        for a in made:
            mark = "  <-" if a is best else ""
            print(f"  k={a.k}  silhouette {a.silhouette:.2f}  stability {a.stability:.2f}{mark}")
        size = min(MOST_DISTANCES, len(X))
        apart = silhouette_score(X, best.labels, sample_size=size, random_state=seed)
        print(f"  silhouette among the features themselves: {apart:.2f}")
        if held_out is not None:
            told = normalized_mutual_info_score(held_out.astype(str), best.labels)
            print(f"  mutual information with {held_out.name}, normalised: {told:.3f}")
        if name == "autoencoder":
            print(*profile(frame, best.labels), sep="\n")
            if to is not None:
                picture(to, frame, codes, made, best)
    alike = adjusted_rand_score(chosen["autoencoder"].labels, chosen["PCA"].labels)
    print(f"agreement of the two (adjusted Rand): {alike:.2f}")
    return chosen


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, help="a Parquet file, a row a customer")
    parser.add_argument("--drop", help="a column to leave out, and to compare the groups with")
    parser.add_argument("--rows", type=int, default=10_000, help="drawn at random, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--picture", type=Path, help="where to draw the groups")
    given = parser.parse_args(arguments)
    frame = pd.read_parquet(given.table)
    frame = frame.sample(min(given.rows, len(frame)), random_state=given.seed, ignore_index=True)
    held_out = None if given.drop is None else frame.pop(given.drop)
    segments(frame, held_out, seed=given.seed, to=given.picture)


if __name__ == "__main__":
    main()
