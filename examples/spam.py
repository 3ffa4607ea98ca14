"""Is it spam? Hardly any good mail may be lost, and a word says why a mail was held back.

    python examples/spam.py spambase.parquet --precision 0.99

The threshold is chosen on rows that the networks have not learnt from, so that of the mails that
are called spam this share is.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import precision_score, recall_score
from sklearn.model_selection import train_test_split

from rosenblatt import TableClassifier
from rosenblatt.explain import ShapExplainer
from rosenblatt.tabular import MinimumPrecision

MOST_COLUMNS = 5  # that are told of a mail


@dataclass(frozen=True, eq=False)
class Sorted:
    """Mails that were set aside, with what they were taken for."""

    model: TableClassifier
    mails: pd.DataFrame
    truth: np.ndarray
    decided: np.ndarray
    spam: str

    @property
    def precision(self) -> float:
        return float(precision_score(self.truth, self.decided, pos_label=self.spam))

    @property
    def recall(self) -> float:
        return float(recall_score(self.truth, self.decided, pos_label=self.spam))


def sorted_mails(
    table: pd.DataFrame,
    target: str,
    spam: str,
    *,
    precision: float = 0.99,
    preset: str = "fast",
    seed: int = 0,
) -> Sorted:
    """Learn from three quarters of the mails, and sort the others."""
    table = table.astype({target: str})
    learnt, aside = train_test_split(
        table, test_size=0.25, stratify=table[target], random_state=seed
    )
    aim = MinimumPrecision(precision, label=spam)
    model = TableClassifier(preset, decision=aim, random_state=seed).fit(learnt, target=target)
    mails = aside.drop(columns=target).reset_index(drop=True)
    return Sorted(model, mails, aside[target].to_numpy(str), model.predict(mails), spam)


def lines(found: Sorted, background: pd.DataFrame) -> list[str]:
    """Scores, and why the mail that is taken for spam most surely is."""
    model = found.model
    p = model.predict_proba(found.mails)
    code = list(model.classes_).index(found.spam)
    likeliest = np.asarray(model.classes_)[p.argmax(axis=1)]
    told = [f"{len(found.truth):,} mails that were set aside"]
    for name, decided in (("chosen threshold", found.decided), ("likeliest class", likeliest)):
        lost = np.sum((decided == found.spam) & (found.truth != found.spam))
        caught = recall_score(found.truth, decided, pos_label=found.spam)
        told.append(f"{name:17} {lost:3} good mails lost, {caught:.1%} of the spam caught")
    surest = int(p[:, code].argmax())
    why = ShapExplainer(model, background)(found.mails.iloc[[surest]])
    values = why.values[0] * (1 if code == 1 else -1)
    told += ["", f"mail {surest}: spam with a probability of {p[surest, code]:.1%}, because of"]
    for k in np.argsort(-values)[:MOST_COLUMNS]:
        name = why.feature_names[k]
        told.append(f"  {values[k]:+.3f}  {name} = {found.mails.iloc[surest][name]:g}")
    return told


def main(arguments: Sequence[str] | None = None) -> Sorted:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("table", type=Path, help="a Parquet file, a row for each mail")
    parser.add_argument("--target", default="target", help="the column of two classes")
    parser.add_argument("--spam", default="spam", help="the class that is to be held back")
    parser.add_argument("--precision", type=float, default=0.99)
    parser.add_argument("--preset", default="fast", choices=["fast", "default", "best"])
    parser.add_argument("--rows", type=int, help="that many rows, drawn at random")
    options = parser.parse_args(arguments)
    table = pd.read_parquet(options.table)
    if options.rows is not None:
        table = table.sample(options.rows, random_state=0)
    found = sorted_mails(
        table, options.target, options.spam, precision=options.precision, preset=options.preset
    )
    print("\n".join(lines(found, table.drop(columns=options.target))))
    return found


if __name__ == "__main__":
    main()
