#!/usr/bin/env bash
# Keras 3.15.0: "leaky_relu" is two functions. As the activation of a layer it has the slope 0.2 below zero, as the layer
# LeakyReLU 0.3; PyTorch's LeakyReLU, by whose name people translate networks, has 0.01.
#
# Seen: Dense(activation="leaky_relu") -0.2, LeakyReLU() -0.3, torch.nn.LeakyReLU() -0.01 at -1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.0 torch==2.13.0 numpy==2.4.6
KERAS_BACKEND=torch "$folder/venv/bin/python" -W ignore - <<'PYTHON'
import keras
import torch

minus_one = torch.tensor([[-1.0]])
dense = keras.layers.Dense(1, activation="leaky_relu", kernel_initializer="ones")
seen = {
    'Dense(activation="leaky_relu")': float(dense(minus_one).detach()),
    "LeakyReLU()": float(keras.layers.LeakyReLU()(minus_one)),
    "torch.nn.LeakyReLU()": float(torch.nn.LeakyReLU()(minus_one)),
}
for name, value in seen.items():
    print(name, round(value, 6))
assert [round(value, 6) for value in seen.values()] == [-0.2, -0.3, -0.01]
PYTHON
