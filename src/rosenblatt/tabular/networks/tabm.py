"""TabM: an ensemble whose members share their weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rosenblatt.activations import ReLU
from rosenblatt.network import EnsembleDense, Network, PackedDense
from rosenblatt.optimizers import AdamW, Optimizer
from rosenblatt.support.types import FloatArray
from rosenblatt.table import TableEncoding
from rosenblatt.table.category_format import CategoryRule
from rosenblatt.tabular.networks.family import Course, NetworkFamily
from rosenblatt.tabular.networks.features import Features, prepared
from rosenblatt.tabular.networks.maps import normal_quantiles

__all__ = ["TabM"]


@final
@dataclass(frozen=True)
class TabM(NetworkFamily):
    """TabM-D: ReLU layers of members that share W, Adam at a constant rate, patience (Gorishniy,
    Kotelnikov & Babenko 2025).

    Numbers become normal by their quantiles, categories indicators. Each member scales the inputs
    by random signs, one for each column of the table. The defaults are those of the authors'
    example, which pytabkit 1.7.3 has as `TabM_D`; but a step takes the same rows for all members.

    Parameters
    ----------
    n_members : int
    hidden : tuple of int
    dropout : float
        In every hidden layer.
    learning_rate, weight_decay : float
        Of AdamW.
    batch_size, patience : int
    epochs : int
        At most: patience ends the training long before.
    """

    name: ClassVar[str] = "tabm"
    title: ClassVar[str] = "TabM"
    rule: ClassVar[CategoryRule] = CategoryRule(most=256, fewest_rows=1)

    n_members: int = 32
    hidden: tuple[int, ...] = (512, 512, 512)
    dropout: float = 0.1
    learning_rate: float = 2e-3
    weight_decay: float = 0.0
    batch_size: int = 256
    patience: int = 17
    epochs: int = 100_000

    @property
    def course(self) -> Course:
        return Course(self.epochs, self.batch_size, self.patience)

    def network(
        self, encoding: TableEncoding, X: FloatArray, n_outputs: int, *, is_class: bool
    ) -> Network:
        features = Features.of(encoding, X)
        maps = {k: normal_quantiles(X[:, k].astype(np.float64)) for k in features.numbers}
        k, (first, *rest) = self.n_members, self.hidden
        signs = EnsembleDense(
            k, first, ReLU(), self.dropout, draws_signs=True, input_groups=features.groups
        )
        others = (EnsembleDense(k, n, ReLU(), self.dropout) for n in rest)
        layers = (prepared(features, maps), signs, *others, PackedDense(k, n_outputs))
        return Network(features.n, layers)

    def optimizer(self, *, is_class: bool) -> Optimizer:
        return AdamW(lr=self.learning_rate, weight_decay=self.weight_decay)
