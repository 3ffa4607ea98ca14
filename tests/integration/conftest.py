"""Every estimator, fitted to rows that suit all; BLAS that shares every product among threads."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

from rosenblatt.engine import blas
from tests.support.each_estimator import ESTIMATORS, X


@pytest.fixture
def no_product_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """BLAS's threads share what they find, however little it is."""
    monkeypatch.setattr(blas, "WORTH_SHARING", 0)


@pytest.fixture(scope="module", params=ESTIMATORS)
def named(request: pytest.FixtureRequest) -> tuple[str, Callable[[], Any], Any, Any]:
    """(name, what makes one, a target, one that is fitted)."""
    make, y = ESTIMATORS[request.param]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return request.param, make, y, make().fit(X, y)
