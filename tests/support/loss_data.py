"""Data for the tests of the estimators' losses."""

from __future__ import annotations

import numpy as np

from tests.support.data import X_CANCER, Y_CANCER

MULTILABEL = np.column_stack([Y_CANCER, X_CANCER[:, 0] > 0]).astype(int)
