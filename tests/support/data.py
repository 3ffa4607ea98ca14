"""scikit-learn's small tables, columns at mean 0 and variance 1, and a mark for fits cut short."""

from __future__ import annotations

import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.preprocessing import scale

ignore_convergence = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X_CANCER, Y_CANCER = load_breast_cancer(return_X_y=True)
X_CANCER = scale(X_CANCER)
X_DIABETES, Y_DIABETES = (scale(a) for a in load_diabetes(return_X_y=True))
X_DIGITS, Y_DIGITS = load_digits(return_X_y=True)  # 0 to 16
