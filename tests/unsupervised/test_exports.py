"""Encoders and decoders elsewhere: compiled C, onnxruntime, and a process that reads a pickle."""

from __future__ import annotations

import ctypes
import pickle
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import MLPAutoencoder
from tests.support.c_compiler import compiled
from tests.support.data import X_CANCER, ignore_convergence
from tests.support.onnx_sessions import session

pytestmark = ignore_convergence
X = X_CANCER[:50, :6]


@pytest.fixture(scope="module")
def ae() -> MLPAutoencoder:
    made = MLPAutoencoder(
        2, (5,), "tanh", masking=0.1, tied_weights=True, max_iter=20, random_state=0
    )
    return made.fit(X)


def run_c(library: ctypes.CDLL, name: str, rows: np.ndarray, n_outputs: int) -> np.ndarray:
    out = np.empty((len(rows), n_outputs))
    pointer = ctypes.POINTER(ctypes.c_double)
    for row, result in zip(rows, out, strict=True):
        getattr(library, name)(row.ctypes.data_as(pointer), result.ctypes.data_as(pointer))
    return out


def test_c(ae: MLPAutoencoder, tmp_path: Path) -> None:
    codes = ae.transform(X)
    encoder = compiled(ae.encoder_.to_c(name="encode"), tmp_path / "encoder")
    np.testing.assert_allclose(run_c(encoder, "encode", X, 2), codes, rtol=1e-10, atol=1e-12)
    decoder = compiled(ae.decoder_.to_c(name="decode"), tmp_path / "decoder")
    rows = run_c(decoder, "decode", codes, 6)
    np.testing.assert_allclose(rows, ae.inverse_transform(codes), rtol=1e-10, atol=1e-12)
    whole = compiled(ae.to_c(), tmp_path / "whole")
    np.testing.assert_allclose(run_c(whole, "predict", X, 6), rows, rtol=1e-10, atol=1e-12)


def test_onnx(ae: MLPAutoencoder) -> None:
    rows = X.astype(np.float32)
    (codes,) = session(ae.encoder_.to_onnx()).run(None, {"X": rows})
    np.testing.assert_allclose(codes, ae.transform(X), atol=1e-5)
    (back,) = session(ae.decoder_.to_onnx()).run(None, {"X": codes})
    np.testing.assert_allclose(back, ae.reconstruct(X), atol=1e-5)


def test_a_pickle_transforms_the_same(ae: MLPAutoencoder) -> None:
    again = pickle.loads(pickle.dumps(ae))
    assert (again.transform(X) == ae.transform(X)).all()
    assert (again.reconstruct(X) == ae.reconstruct(X)).all()


def test_arrays_set_by_hand_are_used(ae: MLPAutoencoder) -> None:
    other = pickle.loads(pickle.dumps(ae))
    other.coefs_ = [W.copy() for W in other.coefs_]
    other.coefs_[1] = 2 * other.coefs_[1]
    W, V = ae.coefs_[0], 2 * ae.coefs_[1]
    by_hand = np.tanh(X @ W + ae.intercepts_[0]) @ V + ae.intercepts_[1]
    np.testing.assert_allclose(other.transform(X), by_hand, atol=1e-12)
