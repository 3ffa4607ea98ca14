"""A sparse matrix whose arrays do not fit together is refused before anything reads by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleRegressor,
    MLPRegressor,
    StructureSearchCV,
    find_learning_rate,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(40, 4)) * (RNG.random((40, 4)) < 0.6)
TARGETS = Z[:, 0] * 2
LAYOUTS = [sp.csr_array, sp.csc_array, sp.csr_matrix, sp.csc_matrix]
MATCH = "X is a damaged CS[RC] matrix: ind.* Make it anew"


def with_jump(m: Any) -> None:
    m.indptr[2] = 9999


def with_high_index(m: Any) -> None:
    m.indices[3] = 10**6


def with_negative_index(m: Any) -> None:
    m.indices[3] = -5


def with_missing_values(m: Any) -> None:
    m.data = m.data[:-3]


def with_missing_rows(m: Any) -> None:
    m.indptr = m.indptr[:-1]


def with_a_late_beginning(m: Any) -> None:
    m.indptr[0] = -1


def with_real_indices(m: Any) -> None:
    m.indices = m.indices.astype(float)


DAMAGES = [
    with_jump,
    with_high_index,
    with_negative_index,
    with_missing_values,
    with_missing_rows,
    with_a_late_beginning,
    with_real_indices,
]


def regressor(**given: Any) -> MLPRegressor:
    return MLPRegressor(**{"hidden_layer_sizes": (3,), "max_iter": 2, "random_state": 0, **given})


@pytest.fixture(scope="module")
def fitted() -> MLPRegressor:
    return regressor().fit(Z, TARGETS)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_named(
    fitted: MLPRegressor, layout: Callable[[Any], Any], damage: Callable[[Any], None]
) -> None:
    matrix = layout(Z)
    damage(matrix)
    with pytest.raises(ValueError, match=MATCH):
        fitted.predict(matrix)
    with pytest.raises(ValueError, match=MATCH):
        regressor().fit(matrix, TARGETS)


@pytest.mark.parametrize("solver", ["adam", "kfac", "lm", "gauss_newton", "lbfgs"])
@pytest.mark.parametrize("layout", [sp.csr_array, sp.csc_array])
def test_every_solver_refuses_it(solver: str, layout: Callable[[Any], Any]) -> None:
    matrix = layout(Z)
    with_jump(matrix)
    with pytest.raises(ValueError, match=MATCH):
        regressor(solver=solver).fit(matrix, TARGETS)


WAYS: dict[str, Callable[[Any, MLPRegressor], Any]] = {
    "initializer": lambda m, _: regressor(initializer="nguyen_widrow").fit(m, TARGETS),
    "partial_fit": lambda m, _: regressor().partial_fit(m, TARGETS),
    "validation rows": lambda m, _: regressor().fit(Z, TARGETS, X_val=m, y_val=TARGETS),
    "score": lambda m, fitted: fitted.score(m, TARGETS),
    "ensemble": lambda m, _: MLPEnsembleRegressor(regressor(), 2).fit(m, TARGETS),
    "predictions of an ensemble": lambda m, _: (
        MLPEnsembleRegressor(regressor(), 2).fit(Z, TARGETS).predict(m)
    ),
    "search": lambda m, _: StructureSearchCV(regressor(), [(2,)], cv=2).fit(m, TARGETS),
    "learning rate": lambda m, _: find_learning_rate(regressor(), m, TARGETS),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layout", [sp.csr_array, sp.csc_array])
def test_every_way_in_refuses_it(
    fitted: MLPRegressor, way: str, layout: Callable[[Any], Any]
) -> None:
    matrix = layout(Z)
    with_negative_index(matrix)
    with pytest.raises(ValueError, match=MATCH):
        WAYS[way](matrix, fitted)


def test_coordinates_and_blocks_are_read_too(fitted: MLPRegressor) -> None:
    coordinates = sp.coo_array(Z)
    coordinates.coords[1][0] = 400
    with pytest.raises(ValueError, match=r"damaged COO matrix: coords\[1\] has 400"):
        fitted.predict(coordinates)
    blocks = sp.bsr_array(Z, blocksize=(2, 2))
    blocks.indices[0] = 2
    with pytest.raises(ValueError, match="damaged BSR matrix: indices has 2"):
        fitted.predict(blocks)


def test_sparse_labels_are_checked() -> None:
    labels = sp.csr_array((Z > 0).astype(int))
    with_high_index(labels)
    with pytest.raises(ValueError, match="y is a damaged CSR matrix"):
        MLPClassifier((3,), max_iter=2).fit(Z, labels)
    whole = MLPClassifier((3,), max_iter=2).fit(Z, (Z > 0).astype(int))
    with pytest.raises(ValueError, match="y is a damaged CSR matrix"):
        whole.score(Z, labels)


@pytest.mark.parametrize(
    "layout", [*LAYOUTS, sp.coo_array, sp.bsr_array, sp.lil_array, sp.dok_array]
)
def test_sound_matrices_pass(fitted: MLPRegressor, layout: Callable[[Any], Any]) -> None:
    expected = fitted.predict(Z)
    np.testing.assert_allclose(fitted.predict(layout(Z)), expected, rtol=1e-12)
    unused = sp.csr_array(Z)
    unused.data, unused.indices = (np.append(part, -1) for part in (unused.data, unused.indices))
    np.testing.assert_allclose(fitted.predict(unused), expected, rtol=1e-12)
    np.testing.assert_allclose(fitted.predict(layout(Z[:1])), expected[:1], rtol=1e-12)
