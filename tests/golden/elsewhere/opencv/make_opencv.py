"""Writes networks of OpenCV's ANN_MLP as YAML, XML and JSON, and what predict makes of rows.

pip install opencv-contrib-python-headless numpy
python make_opencv.py
"""

import json
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
ml = cv2.ml
rng = np.random.default_rng(5)
X = (rng.standard_normal((80, 3)) * [1, 20, 0.1] + [0, 50, 3]).astype(np.float32)
Y = np.column_stack([np.sin(X[:, 0]) + X[:, 1] / 50, 100 * X[:, 2]]).astype(np.float32)
ONE_HOT = (np.eye(3)[rng.integers(0, 3, 80)] * 2 - 1).astype(np.float32)


def trained(layers, targets, activation, alpha, beta, flags=0, iterations=60):
    net = ml.ANN_MLP_create()
    net.setLayerSizes(np.array(layers, np.int32))
    net.setActivationFunction(activation, alpha, beta)
    net.setTrainMethod(ml.ANN_MLP_RPROP)
    net.setTermCriteria((cv2.TERM_CRITERIA_MAX_ITER, iterations, 1e-9))
    cv2.setRNGSeed(3)
    data = ml.TrainData_create(X, ml.ROW_SAMPLE, targets)
    net.train(data, flags)
    return net


def done(name, ending, net, n_inputs=3):
    path = HERE / f"{name}.net.{ending}"
    net.save(str(path))
    again = ml.ANN_MLP_load(str(path))
    rows = np.vstack([X[:8], X[:3] * 100, -1e4 * X[3:5], np.zeros((1, 3))]).astype(np.float32)
    _, y = again.predict(rows)
    golden = {
        "made_by": f"OpenCV {cv2.__version__}",
        "type": "float",
        "rows": [
            {"x": x.tolist(), "y": out.tolist()}
            for x, out in zip(rows.astype(float), y.astype(float), strict=True)
        ],
    }
    (HERE / f"{name}.json").write_text(json.dumps(golden) + "\n")


BOTH = ml.ANN_MLP_NO_INPUT_SCALE | ml.ANN_MLP_NO_OUTPUT_SCALE
# Of these three the training makes scales that are not finite, unless it is told to leave them.
KEPT = ml.ANN_MLP_NO_OUTPUT_SCALE
PREFIX = "" if int(cv2.__version__[0]) > 4 else "v4_"

done(f"{PREFIX}sigmoid", "yml", trained([3, 5, 2], Y, ml.ANN_MLP_SIGMOID_SYM, 0, 0))
done(f"{PREFIX}classes", "xml", trained([3, 6, 4, 3], ONE_HOT, ml.ANN_MLP_SIGMOID_SYM, 0.8, 1.2))
done(f"{PREFIX}gaussian", "json", trained([3, 5, 2], Y, ml.ANN_MLP_GAUSSIAN, 0.7, 1.3))
if not PREFIX:
    done("identity", "yml", trained([3, 2], Y, ml.ANN_MLP_IDENTITY, 0, 0, KEPT))
    done("relu", "json", trained([3, 5, 2], Y, ml.ANN_MLP_RELU, 0.4, 0, KEPT))
    done("leaky", "xml", trained([3, 5, 2], Y, ml.ANN_MLP_LEAKYRELU, 0.1, 0, KEPT))
    done("unscaled", "yml", trained([3, 4, 2], Y / 1000, ml.ANN_MLP_SIGMOID_SYM, 0, 0, BOTH))
