"""Writes model files of the present format, with raw rows and what is predicted of them.

python tests/golden/make_model_files.py, once for each version of the format: those of older
versions stay as they are, because files like them lie with users.

classifier  networks that `rosenblatt train` trained on a column of every kind, with gaps
regressor   batch and layer normalisation, dropout and residual connections, in double precision

Both are means of several networks: files of format 1 hold one.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from rosenblatt.activations import GELU, LeakyReLU  # noqa: E402
from rosenblatt.cli.app import run  # noqa: E402
from rosenblatt.cli.prediction import predict  # noqa: E402
from rosenblatt.losses import Huber  # noqa: E402
from rosenblatt.model import EnsembleModel, Model  # noqa: E402
from rosenblatt.network import Dense, Network  # noqa: E402
from rosenblatt.normalizations import BatchNorm, LayerNorm  # noqa: E402
from rosenblatt.persistence import FORMAT_VERSION, load_model, save_model  # noqa: E402
from rosenblatt.table import Task, learn_encoding  # noqa: E402
from tests.support.cli_tables import shop_table  # noqa: E402
from tests.support.members import random_state  # noqa: E402

N_MEMBERS = 3
N_ROWS = 12  # the first of which have gaps, a colour unseen and a date far off


def raw_rows() -> pd.DataFrame:
    rows = shop_table(N_ROWS, seed=9).drop(columns=["weight", "bought"])
    rows["since"] = rows["since"].dt.strftime("%Y-%m-%d")
    rows = rows.astype(object)
    rows.loc[0, ["size", "since"]] = None
    rows.loc[1, ["colour", "member"]] = None
    rows.loc[2, ["colour", "since"]] = ["violet", "1969-07-20"]
    rows.loc[3, "size"] = 1e6
    return rows


def main() -> None:
    folder = HERE / f"model_files_{FORMAT_VERSION}"
    folder.mkdir(exist_ok=True)
    table = shop_table()
    table.loc[::9, "colour"] = None
    table.loc[:3, "colour"] = ["teal", "pink", "teal", "pink"]
    table.loc[::11, "since"] = pd.NaT
    with TemporaryDirectory() as temporary:
        data = Path(temporary) / "shop.csv"
        table.drop(columns="weight").to_csv(data, index=False)
        options = ["--target", "bought", "--hidden", "4", "--epochs", "30", "--quiet"]
        trained = []
        for seed in range(N_MEMBERS):
            path = Path(temporary) / f"{seed}.safetensors"
            run(["train", str(data), *options, "--seed", str(seed), "--out", str(path)])
            trained.append(load_model(path))
    # The split of the rows, and so the encoding learnt, depends on the seed; the columns do not.
    members = tuple(one.model.members[0] for one in trained)
    saved = replace(trained[0], model=EnsembleModel(members))
    save_model(folder / "classifier.safetensors", saved)
    target = table.drop(columns="bought")
    encoding = learn_encoding(target, target="weight", task=Task.REGRESSION, max_categories=2)
    layers = (
        Dense(5, LeakyReLU(0.2), normalization=BatchNorm(), dropout=0.2, residual=True),
        Dense(5, GELU(), normalization=LayerNorm(), residual=True),
        Dense(1),
    )
    rng = np.random.default_rng(3)
    members = []
    for chain in (layers, layers[1:]):
        network = Network(encoding.n_features, chain, 0.1)
        theta = rng.normal(scale=0.5, size=network.n_parameters)
        members.append(Model(network, theta, Huber(), random_state(network, 4, np.float64)))
    regressor = replace(saved, model=EnsembleModel(tuple(members)), encoding=encoding)
    save_model(folder / "regressor.safetensors", regressor)

    rows = raw_rows()
    rows.to_csv(folder / "rows.csv", index=False)
    predictions = {
        name: {column: values.tolist() for column, values in predict(one, rows).columns.items()}
        for name, one in (("classifier", saved), ("regressor", regressor))
    }
    (folder / "predictions.json").write_text(json.dumps(predictions, indent=1) + "\n")


if __name__ == "__main__":
    main()
