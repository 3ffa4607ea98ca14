"""Losses that explode and are still finite: reported, and gone back from."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import MLPRegressor
from rosenblatt.errors import DivergenceError
from rosenblatt.fitting.loss_monitor import LossMonitor
from tests.support.data import X_DIABETES, Y_DIABETES, ignore_convergence
from tests.support.diverging import TOO_FAST, ignore_returns


@ignore_convergence
def test_loss_after_the_last_step_is_checked() -> None:
    """Weights of 1e200 are numbers, and what they predict is not."""
    given = TOO_FAST | {"learning_rate_init": 1e200, "batch_size": 442, "max_iter": 1}
    with pytest.raises(DivergenceError, match=r"after its step .* overflow") as raised:
        MLPRegressor(**given).fit(X_DIABETES, Y_DIABETES)
    assert raised.value.epoch == 1
    assert raised.value.layer is not None
    with pytest.raises(DivergenceError, match="after its step"):
        MLPRegressor(**given).partial_fit(X_DIABETES, Y_DIABETES)
    model = MLPRegressor(**given, on_divergence="restore")
    with pytest.warns(RuntimeWarning, match="after its step"):
        model.fit(X_DIABETES, Y_DIABETES)
    begun = MLPRegressor(**given | {"learning_rate_init": 1e-300}).fit(X_DIABETES, Y_DIABETES)
    np.testing.assert_array_equal(model.coefs_[0], begun.coefs_[0])


EXPLODING = TOO_FAST | {"learning_rate_init": 1.0, "batch_size": 442, "max_iter": 200}


@ignore_convergence
def test_exploding_and_stalling_loss_warns() -> None:
    given = EXPLODING | {
        "learning_rate_init": 2.0,
        "batch_size": 200,
        "hidden_layer_sizes": (32, 16),
    }
    with pytest.warns(RuntimeWarning, match=r"the loss has risen from .*e\+.* steps are too large"):
        model = MLPRegressor(**given).fit(X_DIABETES, Y_DIABETES)
    assert model.loss_ > 1e10 * model.loss_curve_[0]


@ignore_convergence
@ignore_returns
@pytest.mark.parametrize("batch_size", [442, 64])
@pytest.mark.parametrize("rate", [1.0, 2.0, 3.0, 30.0, 1e3, 1e6])
def test_no_run_that_goes_back_ends_where_it_has_exploded(rate: float, batch_size: int) -> None:
    given = EXPLODING | {"learning_rate_init": rate, "batch_size": batch_size, "momentum": 0.0}
    model = MLPRegressor(**given, on_divergence="restore").fit(X_DIABETES, Y_DIABETES)
    assert sum(entry["restores"] for entry in model.history_) > 0
    assert model.score(X_DIABETES, Y_DIABETES) > 0.3


@ignore_convergence
def test_epochs_at_the_last_weights_that_explode_end_at_good_ones() -> None:
    """A limit of epochs falls where the loss has risen, which is no place to stay."""
    given = EXPLODING | {"max_iter": 4, "momentum": 0.0}
    with pytest.warns(RuntimeWarning, match="Training ends with an exploded loss, in epoch 4"):
        exploded = MLPRegressor(**given).fit(X_DIABETES, Y_DIABETES)
    assert exploded.score(X_DIABETES, Y_DIABETES) < -10
    model = MLPRegressor(**given, on_divergence="restore")
    with pytest.warns(RuntimeWarning, match="the loss has risen from"):
        model.fit(X_DIABETES, Y_DIABETES)
    assert model.n_iter_ == 4
    assert model.score(X_DIABETES, Y_DIABETES) > -1


def test_losses_next_to_nothing_rise_and_fall() -> None:
    trend = LossMonitor()
    for loss in (2.0, 1e-20, 5e-17):
        trend.observe(loss)
    assert not trend.is_far(5e-17)
    assert trend.is_far(1e-3)
    assert not trend.has_exploded(1e-3)
    assert trend.has_exploded(5.0)
