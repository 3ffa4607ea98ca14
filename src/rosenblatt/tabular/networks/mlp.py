"""The plain network of Gorishniy et al. 2021, with the defaults of TabZilla."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rosenblatt.activations import ReLU
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import AdamW, Optimizer
from rosenblatt.support.types import FloatArray
from rosenblatt.table import TableEncoding
from rosenblatt.table.category_format import CategoryRule
from rosenblatt.tabular.networks.family import Course, NetworkFamily
from rosenblatt.tabular.networks.features import Features, embeddings, prepared
from rosenblatt.tabular.networks.maps import normal_quantiles

__all__ = ["MLP"]


@final
@dataclass(frozen=True)
class MLP(NetworkFamily):
    """MLP-RTDL-D: ReLU layers, AdamW at a constant rate, patience (Gorishniy et al. 2021).

    Numbers become normal by their quantiles, all categories are embedded. The defaults are those
    of TabZilla (McElfresh et al. 2023), which pytabkit 1.7.3 has as `MLP_RTDL_D`.

    Parameters
    ----------
    hidden : tuple of int
    dropout : float
        In every hidden layer.
    embedding : int
        Numbers of a category.
    learning_rate, weight_decay : float
        Of AdamW.
    epochs, batch_size, patience : int
    """

    name: ClassVar[str] = "mlp"
    title: ClassVar[str] = "MLP"
    rule: ClassVar[CategoryRule] = CategoryRule(fewest_rows=1, coded_from=1)

    hidden: tuple[int, ...] = (128, 256, 128)
    dropout: float = 0.1
    embedding: int = 8
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    epochs: int = 1000
    batch_size: int = 128
    patience: int = 20

    @property
    def course(self) -> Course:
        return Course(self.epochs, self.batch_size, self.patience)

    def network(
        self, encoding: TableEncoding, X: FloatArray, n_outputs: int, *, is_class: bool
    ) -> Network:
        features = Features.of(encoding, X)
        maps = {k: normal_quantiles(X[:, k].astype(np.float64)) for k in features.numbers}
        embedded = embeddings(features, self.embedding)
        hidden = (Dense(n, ReLU(), dropout=self.dropout) for n in self.hidden)
        layers = (*embedded, prepared(features, maps), *hidden, Dense(n_outputs))
        return Network(features.n, layers)

    def optimizer(self, *, is_class: bool) -> Optimizer:
        return AdamW(lr=self.learning_rate, weight_decay=self.weight_decay)
