"""Distributions of finite rows far out: a warning in the library's words, and answers that end."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPRegressor, TableRegressor
from rosenblatt.tabular.preset import Preset

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2))
COUNTS = np.round(np.abs(RNG.normal(size=40)) * 5)
FAR = np.array([[1e5, 1e5], [0.1, 0.2]])
SAYS = r"The predictions of 1 of 2 rows are not finite"


def fitted(loss: str, **changed: Any) -> MLPRegressor:
    settings = {"activation": "identity", "max_iter": 5, "random_state": 0, **changed}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MLPRegressor(loss, (3,), **settings).fit(X, COUNTS)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("loss", ["poisson", "negative_binomial"])
def test_infinite_rates(loss: str) -> None:
    far = FAR * np.sign(fitted(loss).predict(FAR / 1e4)[0] - fitted(loss).predict([[0, 0]])[0])
    with pytest.warns(UserWarning, match=SAYS) as caught:
        distribution = fitted(loss).predict_distribution(far)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    found = [
        distribution.mean,
        distribution.variance,
        distribution.quantile(0.9),
        distribution.sample(np.random.default_rng(0)),
    ]
    assert (np.isinf(found) == [True, False]).all()
    assert distribution.cdf(5.0)[0] == 0
    with pytest.warns(UserWarning, match=SAYS):
        assert fitted(loss).log_likelihood(far, [3, 3]) == -np.inf
    with pytest.warns(UserWarning, match=SAYS):
        assert np.isfinite(fitted(loss).log_likelihood(far, [3, 3], [0, 1]))


@pytest.mark.filterwarnings("error")
def test_mixtures_far_out_are_finite() -> None:
    model = fitted("mixture", activation="logistic", residual=True)
    distribution = model.predict_distribution(1e200 * np.array([[1, -1], [1, 1], [-1, 1]]))
    assert np.isfinite(distribution.mean).all()
    assert not np.isnan(distribution.variance).any()
    assert (distribution.log_prob(np.zeros(3)) == -np.inf).all()


@pytest.mark.filterwarnings("error")
def test_scores_beyond_single_precision() -> None:
    model = fitted("gaussian", dtype="float32")
    for member in model.coefs_:
        member *= 1e3
    with pytest.warns(UserWarning, match=r"or train with dtype='float64'"):
        model.predict_distribution(np.array([[3e38, -3e38]], np.float32))


@pytest.mark.filterwarnings("error")
def test_tables() -> None:
    quick = Preset(n_folds=2, operations=1e9, epochs=2, fewest_epochs=2, fewest_members=1)
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = TableRegressor(quick, loss="poisson", random_state=0).fit(frame, COUNTS)
        huge = TableRegressor(quick, loss="poisson", random_state=0).fit(frame, COUNTS * 1e18)
    drawn = huge.predict_distribution(frame).sample(np.random.default_rng(0))
    assert np.isfinite(drawn).all()
    for member in model.network_.members:
        member.parameters[:] *= 1e6
    for ask in (model.predict_distribution, lambda rows: model.predict_quantile(rows, 0.9)):
        with pytest.warns(UserWarning, match=r"rows are not finite"):
            ask(frame)
