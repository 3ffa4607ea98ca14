#!/usr/bin/env bash
# OpenCV 5.0.0: ANN_MLP of RELU, LEAKYRELU or IDENTITY, trained with the default flags, predicts NaN for every row, its
# training rows among them, without an error; train returns True. The range that outputs are scaled to is 0 … 0 for these
# activations. With the flag NO_OUTPUT_SCALE the same network predicts numbers.
#
# Seen: all predictions NaN with flags 0, none with NO_OUTPUT_SCALE
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet opencv-contrib-python-headless==5.0.0.93 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import cv2
import numpy as np

ml = cv2.ml
rng = np.random.default_rng(0)
X = rng.standard_normal((80, 2)).astype(np.float32)
Y = (X[:, :1] + 2 * X[:, 1:]).astype(np.float32)
for activation in (ml.ANN_MLP_RELU, ml.ANN_MLP_LEAKYRELU, ml.ANN_MLP_IDENTITY):
    for flags in (0, ml.ANN_MLP_NO_OUTPUT_SCALE):
        net = ml.ANN_MLP_create()
        net.setLayerSizes(np.array([2, 4, 1]))
        net.setActivationFunction(activation, 0.1, 0)
        net.setTrainMethod(ml.ANN_MLP_RPROP)
        net.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER, 30, 1e-9))
        trained = net.train(ml.TrainData_create(X, ml.ROW_SAMPLE, Y), flags)
        _, y = net.predict(X)
        print(activation, flags, trained, "NaN:", int(np.isnan(y).sum()), "of", len(y))
        assert trained
        assert np.isnan(y).all() == (flags == 0)
PYTHON
