"""What the table learner trains: networks, their number, and how much arithmetic they may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, final

__all__ = [
    "DEFAULT",
    "EXTRAPOLATIONS",
    "MOST_NETWORKS",
    "NETWORK_NAMES",
    "NUMBER_LOSSES",
    "ONCE",
    "PRESETS",
    "QUANTILES",
    "Preset",
    "Recipe",
]


# Far beyond the training rows.
EXTRAPOLATIONS: Final = ("constant", "linear")


@final
@dataclass(frozen=True)
class Recipe:
    """How one network is built and trained.

    Attributes
    ----------
    hidden : tuple of int
        Units of the hidden layers, which are ReLU.
    epochs : int
        Along which the learning rate falls to 0 by half a cosine.
    learning_rate, weight_decay, beta_2 : float
        Of AdamW; the rate at batches of at most 128 rows.
    dropout : float
        In every hidden layer.
    smoothing : float
        Of class labels (theory L18).
    log_target : bool
        Whether the logarithm of a positive number is learnt.
    """

    hidden: tuple[int, ...] = (256, 256)
    epochs: int = 30
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    beta_2: float = 0.95
    dropout: float = 0.0
    smoothing: float = 0.05
    log_target: bool = False


@final
@dataclass(frozen=True)
class Preset:
    """How much the learner spends.

    Attributes
    ----------
    n_folds : int
        Parts of the rows; a network learns from all but one, on which its epochs are compared.
    n_repeats : int
        Divisions into folds: there are as many networks as folds, times this.
    operations : float
        Multiplications and additions of all training together: first the epochs shrink to fit,
        then the number of networks.
    epochs : int
        Of the longest schedule.
    fewest_epochs, fewest_members : int
        What does not shrink further.
    n_pieces : int
        Pieces of all columns together; each has two or more.
    n_networks : int, optional
        So many networks, in place of as many as there are folds, times the divisions.
    """

    n_folds: int = 8
    n_repeats: int = 1
    operations: float = 2e12
    epochs: int = 30
    fewest_epochs: int = 20
    fewest_members: int = 4
    n_pieces: int = 768
    n_networks: int | None = None

    @property
    def n_members(self) -> int:
        return self.n_networks or self.n_folds * self.n_repeats

    def with_networks(self, n: int) -> Preset:
        """As many networks as said, each with as much arithmetic as before."""
        operations = self.operations * n / self.n_members
        return replace(self, n_networks=n, fewest_members=n, operations=operations)


MOST_NETWORKS: Final = 1000
NUMBER_LOSSES: Final = (
    "squared_error",
    "absolute_error",
    "gaussian",
    "mixture",
    "poisson",
    "negative_binomial",
    "quantile",
)
QUANTILES: Final = (0.1, 0.5, 0.9)
DEFAULT: Final = "default"
PRESETS: Final[Mapping[str, Preset]] = {
    "fast": Preset(n_folds=6, operations=4e11, epochs=20, fewest_epochs=8, fewest_members=2),
    DEFAULT: Preset(),
    "best": Preset(n_repeats=4, operations=2e13, epochs=60),
}
# Networks as they were published, which `tabular.networks` has by these names, and their training:
# one of them, compared on a fifth of the rows.
NETWORK_NAMES: Final = ("realmlp", "tabm", "mlp")
ONCE: Final = Preset(n_folds=5, n_networks=1)
