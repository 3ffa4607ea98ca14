"""Distributions and quantiles of the table learner: likelihood, calibration, files, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from rosenblatt import TableClassifier, TableRegressor, load
from rosenblatt.errors import InputError
from rosenblatt.losses import GaussianMixture, Huber, Quantile
from rosenblatt.tabular.preset import Preset

BIKES = Path(__file__).parents[3] / "shared" / "data" / "bike_sharing.parquet"
QUICK = Preset(n_folds=3, operations=2e11, epochs=12, fewest_epochs=12, fewest_members=3)
N, N_TRAIN = 1500, 1000
RNG = np.random.default_rng(4)
FRAME = pd.DataFrame({"a": RNG.uniform(-1, 1, N), "b": RNG.normal(size=N)})
SIGMA = 10 * np.exp(1.2 * FRAME["a"].to_numpy())
MEAN = 100 * FRAME["a"].to_numpy() + 500
NUMBER = MEAN + SIGMA * RNG.normal(size=N)
RATE = np.exp(2 + FRAME["a"].to_numpy())
COUNT = RNG.negative_binomial(2, 2 / (2 + RATE)).astype(float)
TEST = FRAME[N_TRAIN:]


def fitted(loss: Any, y: Any, **parameters: Any) -> TableRegressor:
    reg = TableRegressor(QUICK, loss=loss, random_state=0, **parameters)
    return reg.fit(FRAME[:N_TRAIN], y[:N_TRAIN])


@pytest.fixture(scope="module")
def models() -> dict[str, TableRegressor]:
    return {
        **{loss: fitted(loss, NUMBER) for loss in ("gaussian", "mixture", "quantile")},
        **{loss: fitted(loss, COUNT) for loss in ("poisson", "negative_binomial")},
    }


@pytest.mark.parametrize("loss", ["gaussian", "mixture"])
def test_a_spread_that_depends_on_x_is_learnt(models: dict[str, TableRegressor], loss: str) -> None:
    """Nearly the true likelihood, and far beyond that of one variance, even with the true mean."""
    y = NUMBER[N_TRAIN:]
    found = models[loss].log_likelihood(TEST, y)
    true = stats.norm(MEAN[N_TRAIN:], SIGMA[N_TRAIN:]).logpdf(y).mean()
    one_variance = stats.norm(MEAN, (NUMBER - MEAN)[:N_TRAIN].std()).logpdf(NUMBER)
    assert found > one_variance[N_TRAIN:].mean() + 0.02
    assert found > true - 0.15
    sd = np.sqrt(models[loss].predict_distribution(TEST).variance)
    assert stats.spearmanr(sd, SIGMA[N_TRAIN:]).statistic > 0.9


@pytest.mark.parametrize("loss", ["gaussian", "mixture"])
def test_the_probability_integral_transform_is_uniform(
    models: dict[str, TableRegressor], loss: str
) -> None:
    pit = models[loss].predict_distribution(TEST).cdf(NUMBER[N_TRAIN:])
    assert stats.kstest(pit, "uniform").statistic < 0.1


def test_counts_with_more_spread_than_poissons(models: dict[str, TableRegressor]) -> None:
    y = COUNT[N_TRAIN:]
    negative = models["negative_binomial"].log_likelihood(TEST, y)
    poisson = models["poisson"].log_likelihood(TEST, y)
    assert negative > poisson + 0.5
    assert negative > stats.nbinom(2, 2 / (2 + RATE[N_TRAIN:])).logpmf(y).mean() - 0.1
    distribution = models["negative_binomial"].predict_distribution(TEST)
    assert (distribution.variance > 1.5 * distribution.mean).all()


@pytest.mark.skipif(not BIKES.exists(), reason="needs the shared tables")
def test_rentals_vary_more_than_poissons() -> None:
    bikes = pd.read_parquet(BIKES).sample(2500, random_state=3)
    train, test = bikes[:1500], bikes[1500:]
    negative, poisson = (
        TableRegressor(QUICK, loss=loss, random_state=3)
        .fit(train, target="target")
        .log_likelihood(test, test["target"])
        for loss in ("negative_binomial", "poisson")
    )
    assert negative > poisson + 0.5


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("loss", ["gaussian", "mixture", "quantile"])
def test_quantiles_have_their_share_below(
    models: dict[str, TableRegressor], loss: str, q: float
) -> None:
    share = (NUMBER[N_TRAIN:] <= models[loss].predict_quantile(TEST, q)).mean()
    assert share == pytest.approx(q, abs=0.08)


def test_predictions_are_means_and_medians(models: dict[str, TableRegressor]) -> None:
    for loss in ("gaussian", "mixture", "poisson", "negative_binomial"):
        y = NUMBER if loss in ("gaussian", "mixture") else COUNT
        mean = models[loss].predict_distribution(TEST).mean
        held = np.clip(mean, y[:N_TRAIN].min(), y[:N_TRAIN].max())
        np.testing.assert_allclose(models[loss].predict(TEST), held, rtol=1e-4)
    median = models["quantile"].predict_quantile(TEST, 0.5)
    np.testing.assert_allclose(models["quantile"].predict(TEST), median, rtol=0.02)


@pytest.mark.parametrize(
    "loss", ["gaussian", "mixture", "quantile", "poisson", "negative_binomial"]
)
def test_intervals_and_files(models: dict[str, TableRegressor], loss: str, tmp_path: Path) -> None:
    reg, y = models[loss], COUNT if loss in ("poisson", "negative_binomial") else NUMBER
    lower, upper = reg.predict_interval(TEST, 0.9).T
    covered = ((lower <= y[N_TRAIN:]) & (y[N_TRAIN:] <= upper)).mean()
    assert 0.84 <= covered <= 0.97
    reg.save(tmp_path / "m.safetensors")
    again: Any = load(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again.predict(TEST), reg.predict(TEST))
    at = [each.predict_quantile(TEST, 0.7) for each in (again, reg)]
    np.testing.assert_array_equal(*at)


def test_objects_and_levels(tmp_path: Path) -> None:
    reg = fitted(GaussianMixture(2), NUMBER)
    assert reg.network_.n_outputs == 6
    reg = fitted("quantile", NUMBER, quantiles=[0.2])
    assert reg.network_.loss == Quantile((0.2, 0.5))
    with pytest.raises(InputError, match=r"from 0.2 to 0.5, and 0.7 is not among them"):
        reg.predict_quantile(TEST, 0.7)
    reg.save(tmp_path / "m.safetensors")
    assert tuple(load(tmp_path / "m.safetensors").quantiles) == (0.2, 0.5)  # type: ignore[union-attr]
    with pytest.raises(InputError, match="Quantile predicts no distribution"):
        reg.predict_distribution(TEST)


def test_refusals() -> None:
    for loss in ("poisson", "negative_binomial"):
        with pytest.raises(InputError, match="not all whole numbers from 0"):
            fitted(loss, NUMBER + 0.5)
    with pytest.raises(InputError, match="cannot take the loss Huber"):
        fitted(Huber(), NUMBER)
    with pytest.raises(InputError, match="quantiles are not as they should be"):
        fitted("quantile", NUMBER, quantiles=[1.5])
    with pytest.raises(InputError, match="needs the learner's own networks"):
        fitted("gaussian", NUMBER, network="mlp")
    with pytest.raises(InputError, match="leave out the loss or these promises"):
        fitted("gaussian", NUMBER, monotonic_cst={"a": 1})
    with pytest.raises(InputError, match="a classifier predicts classes"):
        TableClassifier().predict_distribution(TEST)
    with pytest.raises(InputError, match="a classifier predicts classes"):
        TableClassifier().predict_quantile(TEST, 0.5)
