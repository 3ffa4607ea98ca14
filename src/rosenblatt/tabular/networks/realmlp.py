"""RealMLP: a perceptron of tuned defaults (Holzmüller, Grinsztajn & Steinwart 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import SELU, Mish
from rosenblatt.network import (
    CategoryEmbedding,
    Dense,
    Dropout,
    Layer,
    Network,
    NumericEmbedding,
    ParameterGroup,
    ParametricActivation,
    Periodic,
    Scale,
    fit_initial_parameters,
)
from rosenblatt.optimizers import AdamW, Optimizer
from rosenblatt.schedules import CosLog, FlatCosine, Run
from rosenblatt.support.types import FloatArray
from rosenblatt.table import TableEncoding
from rosenblatt.table.category_format import CategoryRule
from rosenblatt.tabular.networks.family import Course, Factors, NetworkFamily
from rosenblatt.tabular.networks.features import Features, embeddings, prepared
from rosenblatt.tabular.networks.maps import smoothly_clipped

__all__ = ["RealMLP"]

MOST_ROWS = 10_000  # that initial weights are fitted to


@final
@dataclass(frozen=True)
class RealMLP(NetworkFamily):
    """RealMLP-TD: periodic embeddings, a learned scale, neural tangent layers with parametric
    activations, and schedules of the rate, the decay and dropout.

    Every feature but codes is scaled robustly and clipped smoothly; categories are indicators, of
    two one alone, or from nine on embedded. The defaults are those that pytabkit 1.7.3 has as
    `RealMLP_TD`; SELU and a smaller rate are for classes, Mish and a larger one for numbers.

    Parameters
    ----------
    hidden : tuple of int
    embedding : int
        Numbers of a category.
    n_frequencies, sigma, width
        Of the periodic embedding of a number, which has `width` numbers beside itself.
    dropout, weight_decay : float
        In the first half of the training; along a cosine to 0 in the second.
    rate_of_classes, rate_of_numbers : float
        The largest learning rate, along four cycles each twice as long as the one before.
    beta_2 : float
        Of Adam.
    epochs, batch_size : int
    """

    name: ClassVar[str] = "realmlp"
    title: ClassVar[str] = "RealMLP"
    rule: ClassVar[CategoryRule] = CategoryRule(fewest_rows=1, coded_from=9)
    smoothing: ClassVar[float] = 0.1

    hidden: tuple[int, ...] = (256, 256, 256)
    embedding: int = 8
    n_frequencies: int = 16
    sigma: float = 0.1
    width: int = 3
    dropout: float = 0.15
    weight_decay: float = 2e-2
    rate_of_classes: float = 4e-2
    rate_of_numbers: float = 0.2
    beta_2: float = 0.95
    epochs: int = 256
    batch_size: int = 256

    @property
    def course(self) -> Course:
        return Course(self.epochs, self.batch_size, drops_last=True, later_wins=True)

    def network(
        self, encoding: TableEncoding, X: FloatArray, n_outputs: int, *, is_class: bool
    ) -> Network:
        features = Features.of(encoding, X, halves_pairs=True)
        maps = {k: smoothly_clipped(X[:, k].astype(np.float64)) for k in features.kept}
        layers: list[Layer] = [*embeddings(features, self.embedding), prepared(features, maps)]
        if n_numbers := len(features.numbers):
            waves = Periodic(self.n_frequencies, self.sigma, has_phase=True)
            layers.append(
                NumericEmbedding(waves, self.width, keeps_input=True, n_numbers=n_numbers)
            )
        layers.append(Scale())
        for n in self.hidden:
            activation = ParametricActivation(SELU() if is_class else Mish())
            layers += [Dense(n, ntk=True), activation, Dropout(self.dropout)]
        return Network(features.n, (*layers, Dense(n_outputs, ntk=True)))

    def groups(self, network: Network) -> tuple[ParameterGroup, ...]:
        """Factors of rates and decays; pytabkit 1.7.3 multiplies a decay by the rate's twice."""
        groups = [ParameterGroup("*.bias", 0.1, 0.0), ParameterGroup("*.slope", 0.1, 0.1)]
        for k, layer in enumerate(network.layers):
            if isinstance(layer, NumericEmbedding):
                groups.append(ParameterGroup(f"layers.{k}.*", 0.1, 0.1))
            elif isinstance(layer, Scale):
                groups.append(ParameterGroup(f"layers.{k}.factor", 6.0, 6.0))
        return tuple(groups)

    def optimizer(self, *, is_class: bool) -> Optimizer:
        rate = self.rate_of_classes if is_class else self.rate_of_numbers
        return AdamW(lr=rate, beta_2=self.beta_2, weight_decay=self.weight_decay)

    def initial(self, network: Network, X: FloatArray, rng: np.random.RandomState) -> FloatArray:
        theta = super().initial(network, X, rng)
        for layer, arrays in zip(network.layers, network.layer_parameters(theta), strict=True):
            if isinstance(layer, Dense):
                arrays["weight"][...] = rng.normal(size=arrays["weight"].shape)
            elif isinstance(layer, CategoryEmbedding):
                for table in arrays.values():
                    table[...] = rng.normal(size=table.shape)
        if len(X) > MOST_ROWS:
            X = X[rng.choice(len(X), MOST_ROWS, replace=False)]
        fit_initial_parameters(network, theta, X, rng)
        return theta

    def factors(self, steps: npt.NDArray[np.int64], total: int) -> Factors:
        run = Run(1.0, total, 1)
        flat = FlatCosine().lr_factors(steps, run)
        return Factors(CosLog().lr_factors(steps, run), flat, flat)
