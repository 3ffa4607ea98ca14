#!/usr/bin/env bash
# scikit-learn 1.9.1: MLPRegressor(solver="lbfgs") on several targets passes SciPy a loss and a gradient that do not
# belong together. The squared error is averaged over the outputs, its gradient is summed over them: for two outputs the
# gradient is twice what finite differences of the loss give. With one output they agree. The line search and the stopping
# criteria of L-BFGS assume that they are value and gradient of one function.
#
# Seen: (20,) 1.0000, (20, 2) 2.0000, (20, 5) 5.0000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from scipy import optimize
from sklearn.neural_network import MLPRegressor, _multilayer_perceptron

rng = np.random.default_rng(0)
X, Y = rng.standard_normal((20, 3)), rng.standard_normal((20, 5))
minimize = optimize.minimize
ratios = []


def compared(fun, x0, args=(), **options):
    """The analytic gradient at the start over that by finite differences of the loss."""
    analytic = np.linalg.norm(fun(x0, *args)[1])
    numeric = np.linalg.norm(optimize.approx_fprime(x0, lambda x: fun(x, *args)[0], 1e-7))
    ratios.append(analytic / numeric)
    return minimize(fun, x0, args=args, **options)


optimize.minimize = compared
for y in (Y[:, 0], Y[:, :2], Y):
    MLPRegressor(
        hidden_layer_sizes=(4,), activation="tanh", solver="lbfgs", alpha=0, max_iter=2, random_state=0
    ).fit(X, y)
    print(y.shape, f"{ratios[-1]:.4f}")
assert np.allclose(ratios, [1, 2, 5], rtol=1e-4), ratios
PYTHON
