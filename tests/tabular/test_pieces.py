"""Edges of pieces, folds, and the temperature."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.tree import DecisionTreeRegressor

from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.tabular.folds import divided, grouped
from rosenblatt.tabular.pieces import Ranges, first_of, piecewise_layer, quantile_edges, tree_edges
from rosenblatt.tabular.plan import PER_OUTPUT, operations_of, plan_for
from rosenblatt.tabular.preset import PRESETS
from rosenblatt.tabular.temperature import log_losses, of_mean, scaled_down, temperature


def test_tree_edges_are_the_splits() -> None:
    rng = np.random.default_rng(0)
    x, noise = rng.uniform(size=500), rng.normal(scale=0.01, size=500)
    y = np.digitize(x, [0.2, 0.5, 0.9]) + noise
    edges = tree_edges(y, False, None)(x, 4)
    assert len(edges) == 5
    assert (edges[0], edges[-1]) == (x.min(), x.max())
    np.testing.assert_allclose(edges[1:-1], [0.2, 0.5, 0.9], atol=0.01)
    deeper = DecisionTreeRegressor(max_leaf_nodes=4, min_samples_leaf=20).fit(x[:, None], y)
    splits = deeper.tree_.threshold[deeper.tree_.feature >= 0]
    np.testing.assert_array_equal(edges[1:-1], np.sort(splits))


def test_a_tree_of_many_classes_among_few_rows_says_nothing() -> None:
    x = np.arange(50.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        edges = tree_edges(np.arange(50) % 30, True, None)(x, 4)
    assert (edges[0], edges[-1]) == (0, 49)


def test_quantile_edges_share_out_the_rows() -> None:
    x = np.random.default_rng(0).lognormal(size=1000)
    counts, _ = np.histogram(x, quantile_edges(x, 8))
    assert counts.tolist() == [125] * 8


def test_the_layer_centers_its_pieces_and_holds_values_to_their_bulk() -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=1000), rng.integers(2, size=1000), np.ones(1000)])
    X = X.astype(np.float32)
    layer = piecewise_layer(X, [0, 2], 8, quantile_edges, Ranges.of(X))
    assert layer.n_pieces == (8, 0, 0)  # a constant has none
    h = layer.forward({}, {}, X.astype(float), None).out
    np.testing.assert_allclose(h[:, 3:].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(h[:, 3:].var(axis=0).sum(), 1, rtol=1e-4)
    np.testing.assert_allclose(h[:, 0].min(), np.quantile(X[:, 0], 0.01), rtol=1e-5)
    far = layer.forward({}, {}, np.array([[1e9, 1.0, 1.0], [1e12, 1.0, 1.0]]), None).out
    np.testing.assert_array_equal(far[0], far[1])


def test_edges_that_float32_could_not_part_are_one() -> None:
    x = np.repeat([0.0, 1e-45, 1e-40, 1e-9, 1.0, 2.0], 50)
    X = x[:, None].astype(np.float32)
    layer = piecewise_layer(X, [0], 48, quantile_edges, Ranges.of(X))
    assert len(layer.edges[0]) >= 3
    assert np.diff(layer.edges[0]).min() > 1e-6


def test_a_number_that_is_nearly_always_0_has_pieces_of_a_tree() -> None:
    x = np.zeros(2000)
    x[::100] = np.arange(1, 21)
    edges = first_of(quantile_edges, tree_edges(np.minimum(x, 1), False, None))(x, 8)
    assert edges.tolist() == [0, 0.5, 20]


def test_an_indicator_that_the_sample_lacks_is_not_held_to_0() -> None:
    X = np.zeros((50_000, 2), np.float32)
    X[7, 0] = 1
    layer = piecewise_layer(X[::50], [1], 8, quantile_edges, Ranges.of(X))
    h = layer.forward({}, {}, X[[0, 7]].astype(float), None).out
    np.testing.assert_array_equal(h, [[0, 0], [1, 0]])


@pytest.mark.parametrize("n_rows", [3, 10, 1001])
def test_folds_are_even_and_stratified(n_rows: int) -> None:
    rng = np.random.default_rng(0)
    codes = rng.choice(3, n_rows, p=[0.7, 0.2, 0.1])
    folds = divided(n_rows, 3, rng, codes)
    assert np.ptp(np.bincount(folds, minlength=3)) <= 1
    for k in range(3):
        assert np.ptp(np.bincount(folds[codes == k], minlength=3)) <= 2
    assert (divided(n_rows, 3, np.random.default_rng(1)) != folds).any()


def test_groups_stay_together() -> None:
    rng = np.random.default_rng(0)
    groups = rng.integers(40, size=1000).astype(str)
    folds = grouped(groups, 4, rng)
    for group in np.unique(groups):
        assert len(set(folds[groups == group])) == 1
    assert np.ptp(np.bincount(folds)) < 60


@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_temperature_is_found(n_classes: int) -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(scale=2, size=(20_000, n_classes if n_classes > 2 else 1))
    if n_classes == 2:
        codes = (rng.uniform(size=20_000) < 1 / (1 + np.exp(-scores[:, 0]))).astype(int)
    else:
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        codes = (rng.uniform(size=20_000)[:, None] > p.cumsum(axis=1)).sum(axis=1)
    T = temperature(3 * scores, codes, None)
    assert abs(T - 3) < 0.1
    # The slope of the loss is 0 there, by differences.
    slope = [log_losses(3 * scores / t, codes).mean() for t in (T * 1.001, T / 1.001)]
    assert abs(slope[0] - slope[1]) < 1e-7


@pytest.mark.parametrize("loss", [BinaryCrossEntropy(), CategoricalCrossEntropy()], ids=repr)
def test_scores_are_divided_in_the_last_layer(loss: Loss) -> None:
    network = Network(3, (Dense(4), Dense(1 if isinstance(loss, BinaryCrossEntropy) else 3)))
    rng = np.random.default_rng(0)
    model = Model(network, rng.normal(size=network.n_parameters), loss)
    X = rng.normal(size=(10, 3))
    np.testing.assert_allclose(scaled_down(model, 2.5).scores(X), model.scores(X) / 2.5, rtol=1e-12)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("n_rows", [10, 6000, 100_000, 5_000_000])
def test_plans_shrink_with_the_rows(preset: object, n_rows: int) -> None:
    network = Network(300, (Dense(256), Dense(256), Dense(1)))
    plan = plan_for(preset, network, n_rows, preset.operations)  # type: ignore[arg-type, attr-defined]
    assert 1 <= plan.epochs <= preset.epochs  # type: ignore[attr-defined]
    assert preset.fewest_members <= plan.n_members <= preset.n_members  # type: ignore[attr-defined]
    shorter = plan_for(preset, network, n_rows, preset.operations / 4)  # type: ignore[arg-type, attr-defined]
    assert shorter.epochs <= plan.epochs
    of_row = 6 * (300 * 256 + 256 * 256 + 256) + PER_OUTPUT
    assert operations_of(network, n_rows) == of_row * n_rows


def test_the_temperature_of_a_mean_follows_from_that_of_one() -> None:
    """Gaussian noise of a tenth of the scores' variance, and of an eightieth."""
    rng = np.random.default_rng(0)
    s, e = 1.5 * rng.normal(size=400_000), 1.5 * np.sqrt(0.1) * rng.normal(size=(2, 400_000))
    codes = (rng.random(len(s)) < 1 / (1 + np.exp(-s))).astype(int)
    of_one = temperature((s + e[0])[:, None], codes, None)
    of_eight = temperature((s + e[1] / np.sqrt(8))[:, None], codes, None)
    assert of_one / of_eight == pytest.approx(1.12, abs=0.03)
    assert of_mean(of_one, 1, 8) == pytest.approx(of_eight, rel=0.02)
    assert of_mean(of_eight, 8, 8) == of_eight
