"""`MLPAutoencoder`: what it returns, its variants, and what the other estimators have too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rosenblatt import MLPAutoencoder
from rosenblatt.unsupervised import ActivityL1, KLSparsity
from tests.support.data import X_CANCER, ignore_convergence

pytestmark = ignore_convergence
X = X_CANCER[:300, :12]
SMALL: dict[str, Any] = {"hidden_layer_sizes": (10, 6), "n_components": 3, "random_state": 0}
WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "noise": {"input_noise": 0.3},
    "masks": {"masking": 0.2},
    "tied": {"tied_weights": True},
    "all": {"tied_weights": True, "masking": 0.2, "sparsity": "l1", "dropout": 0.1},
    "kl, normalised": {
        "sparsity": KLSparsity(0.1, 0.2),
        "code_activation": "logistic",
        "normalization": "batch",
    },
    "early stopping": {"early_stopping": True, "tied_weights": True, "n_iter_no_change": 3},
}


def network(**parameters: Any) -> MLPAutoencoder:
    return MLPAutoencoder(**(SMALL | {"max_iter": 20} | parameters))


@pytest.mark.parametrize("way", WAYS)
def test_encoder_and_decoder_are_the_network(way: str) -> None:
    ae = network(**WAYS[way]).fit(X)
    codes = ae.transform(X)
    assert codes.shape == (300, 3)
    rows = ae.inverse_transform(codes)
    np.testing.assert_allclose(rows, ae.reconstruct(X), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(ae.reconstruction_error(X), ((X - rows) ** 2).mean(axis=1))
    left = ((X - rows) ** 2).sum() / ((X - X.mean(axis=0)) ** 2).sum()
    assert ae.score(X) == pytest.approx(1 - left)
    assert [W.shape for W in ae.coefs_] == [(12, 10), (10, 6), (6, 3), (3, 6), (6, 10), (10, 12)]
    if ae.tied_weights:
        for W, V in zip(ae.coefs_, reversed(ae.coefs_), strict=True):
            assert (V.T == W).all()


@pytest.mark.parametrize("way", WAYS)
def test_the_same_seed_gives_the_same_bits(way: str) -> None:
    some, other = (network(**WAYS[way], deterministic=True, n_jobs=n).fit(X) for n in (1, 2))
    assert (some.model_.parameters == other.model_.parameters).all()
    assert (some.transform(X) == other.transform(X)).all()


@pytest.mark.parametrize("way", ["masks", "all", "early stopping"])
def test_a_checkpoint_is_resumed_bit_for_bit(way: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.ckpt"
    network(**WAYS[way], max_iter=9, checkpoint=path).fit(X)
    resumed = network(**WAYS[way], checkpoint=path).fit(X)
    whole = network(**WAYS[way]).fit(X)
    assert resumed.resumed_from_ == 9
    assert (resumed.model_.parameters == whole.model_.parameters).all()
    assert resumed.loss_curve_ == whole.loss_curve_
    with pytest.raises(ValueError, match=r"masking is 0\.5 and was"):
        network(**(WAYS[way] | {"masking": 0.5}), checkpoint=path).fit(X)


@pytest.mark.parametrize("way", ["plain", "all"])
def test_float32_is_kept_and_weights_count(way: str) -> None:
    ae = network(**WAYS[way]).fit(X.astype(np.float32))
    assert ae.transform(X.astype(np.float32)).dtype == np.float32
    assert ae.coefs_[0].dtype == np.float32
    kept = np.r_[np.ones(200), np.zeros(100)]
    full = {"batch_size": 300, "max_iter": 3, "shuffle": False, "alpha": 0.0}
    plain = {k: v for k, v in WAYS[way].items() if k not in ("masking", "dropout")}
    weighed = network(**plain, **full).fit(X, sample_weight=kept)
    dropped = network(**plain, **full | {"batch_size": 200}).fit(X[:200])
    np.testing.assert_allclose(weighed.coefs_[0], dropped.coefs_[0], rtol=1e-9)


@pytest.mark.parametrize("way", ["plain", "all"])
def test_it_goes_on_from_a_fit(way: str) -> None:
    ae = network(**WAYS[way], warm_start=True).fit(X)
    first = ae.score(X)
    assert ae.set_params(max_iter=40).fit(X).score(X) > first
    steps = network(**WAYS[way])
    for _ in range(30):
        steps.partial_fit(X)
    assert len(steps.loss_curve_) == 30
    assert steps.loss_curve_[-1] < 0.97 * steps.loss_curve_[0]


def test_penalties_make_codes_sparse() -> None:
    long: dict[str, Any] = {"max_iter": 60, "learning_rate_init": 0.01}
    plain = network(**long).fit(X).transform(X)
    sparse = network(**long, sparsity=ActivityL1(0.3)).fit(X).transform(X)
    assert np.abs(sparse).mean() < 0.5 * np.abs(plain).mean()
    kl = network(**long, sparsity=KLSparsity(3.0, 0.05), code_activation="logistic")
    assert (kl.fit(X).transform(X).mean(axis=0) < 0.15).all()
    free = network(**long, code_activation="logistic").fit(X).transform(X)
    assert free.mean() > 0.2


def test_noise_makes_it_undo_noise() -> None:
    rng = np.random.default_rng(0)
    noisy = X + rng.normal(scale=0.7, size=X.shape)
    wide = {"n_components": 8, "hidden_layer_sizes": (32,), "max_iter": 300}
    plain, denoising = network(**wide).fit(X), network(**wide, input_noise=0.7).fit(X)
    errors = [((ae.reconstruct(noisy) - X) ** 2).mean() for ae in (plain, denoising)]
    assert errors[1] < 0.8 * errors[0]


def test_validation_rows_are_watched_and_early_stopping_goes_by_the_loss() -> None:
    ae = network(early_stopping=True, max_iter=30).fit(X[:200], X_val=X[200:])
    assert ae.validation_scores_ == [-v for v in ae.validation_loss_curve_]
    rows = ae.reconstruct(X[200:])
    best = min(ae.validation_loss_curve_)
    assert ((X[200:] - rows) ** 2).mean() / 2 == pytest.approx(best)
    seen: list[float] = []
    network(callbacks=[lambda end: seen.append(end.estimator.score(X))]).fit(X)
    assert len(seen) == 20
    assert seen[-1] > seen[0]


def test_frames_and_pipelines() -> None:
    frame = pd.DataFrame(X, columns=[f"c{i}" for i in range(12)])
    ae = network().set_output(transform="pandas")
    codes = ae.fit_transform(frame)
    assert list(codes.columns) == [f"mlpautoencoder{i}" for i in range(3)]
    assert list(ae.get_feature_names_out()) == list(codes.columns)
    assert list(ae.feature_names_in_) == list(frame.columns)
    with pytest.raises(ValueError, match="feature names"):
        ae.transform(frame.rename(columns={"c0": "other"}))
    groups = make_pipeline(StandardScaler(), network(), KMeans(3, random_state=0)).fit_predict(X)
    assert set(groups) == {0, 1, 2}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"tied_weights": True, "solver": "lbfgs"}, "tied_weights of an autoencoder needs a sol"),
        ({"masking": 0.1, "sparsity": "l1", "solver": "lbfgs"}, "masking and sparsity .* them out"),
        ({"sparsity": "kl"}, "code_activation='logistic'"),
        ({"sparsity": "l2"}, "sparsity='l2'"),
        ({"loss": "gaussian"}, "takes a loss of one number"),
        ({"masking": 1.0}, "'masking' parameter"),
        ({"n_components": 0}, "'n_components' parameter"),
        ({"hidden_layer_sizes": (4, 0)}, "hidden_layer_sizes must be > 0"),
    ],
    ids=str,
)
def test_bad_parameters_are_refused(parameters: dict[str, Any], message: str) -> None:
    ae = network(**parameters)
    with pytest.raises(ValueError, match=message):
        ae.fit(X)
    assert not hasattr(ae, "coefs_")


def test_bad_codes_and_unfitted_networks_are_refused() -> None:
    with pytest.raises(NotFittedError):
        network().inverse_transform(X)
    ae = network().fit(X)
    with pytest.raises(ValueError, match="a code has 3 numbers here, and X has 2 columns"):
        ae.inverse_transform(X[:, :2])
    assert clone(ae).get_params() == ae.get_params()
