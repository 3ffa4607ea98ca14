#!/usr/bin/env bash
# Keras 3.15.0 on PyTorch 2.13.0: `keras.ops.matmul` of two float64 tensors multiplies in float32 and returns float32, also
# after `keras.config.set_floatx("float64")`; `keras.ops.add` of them is float64. A Dense layer of dtype float64 therefore
# returns numbers of type float64 with seven right digits. `keras.backend.result_type("float64", "float64")` is "float32".
#
# Seen: matmul torch.float32, add torch.float64; Dense torch.float64, off by 1e-06 where PyTorch is off by 1e-15
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.0 torch==2.13.0 numpy==2.4.6
KERAS_BACKEND=torch "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import keras
import numpy as np

keras.config.set_floatx("float64")
rng = np.random.default_rng(0)
x = keras.ops.convert_to_tensor(rng.standard_normal((100, 50)), dtype="float64")
product = keras.ops.matmul(x, x.T)
total = keras.ops.add(x, x)
layer = keras.layers.Dense(20, dtype="float64")
out, kernel = layer(x).detach(), layer.kernel.value.detach()
wanted = x.numpy() @ kernel.numpy()
by_keras, by_torch = (abs(y.numpy() - wanted).max() for y in (out, x @ kernel))
print("matmul", product.dtype, "add", total.dtype, "Dense", out.dtype, f"off by {by_keras:.0e}, torch {by_torch:.0e}")
assert str(product.dtype) == "torch.float32" and str(total.dtype) == "torch.float64"
assert str(out.dtype) == "torch.float64" and by_keras > 1e-8 and by_torch < 1e-13
PYTHON
