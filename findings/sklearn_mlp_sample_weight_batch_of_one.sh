#!/usr/bin/env bash
# scikit-learn 1.9.1: with batch_size=1, MLPRegressor and MLPClassifier ignore sample_weight. Each batch's gradient is
# divided by the batch's own sum of weights, which for a single row cancels the row's weight. Weights from 1 to 99 leave the
# trained network the same to rounding; with larger batches they change it.
#
# Seen (largest difference of a weight with and without sample_weight, SGD, 5 epochs):
#   batch_size=1 1.1e-16, batch_size=5 6.9e-02, batch_size=50 3.6e-03
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from sklearn.neural_network import MLPRegressor

rng = np.random.default_rng(0)
X = rng.standard_normal((50, 3))
y = X[:, 0] + rng.standard_normal(50)
weight = rng.integers(1, 100, 50).astype(float)


def fitted(batch_size, sample_weight):
    network = MLPRegressor(
        hidden_layer_sizes=(4,), solver="sgd", batch_size=batch_size, max_iter=5, alpha=0, shuffle=False, random_state=0
    )
    return network.fit(X, y, sample_weight=sample_weight).coefs_


differences = {}
for batch_size in (1, 5, 50):
    pairs = zip(fitted(batch_size, None), fitted(batch_size, weight))
    differences[batch_size] = max(abs(a - b).max() for a, b in pairs)
    print(f"batch_size={batch_size} {differences[batch_size]:.1e}")
assert differences[1] < 1e-12
assert differences[5] > 1e-3 and differences[50] > 1e-3
PYTHON
