"""Searches that were fitted, for the tests of their display."""

from __future__ import annotations

import pytest

from rosenblatt import StructureSearchCV
from tests.support.search_results import searched


@pytest.fixture(scope="module")
def search() -> StructureSearchCV:
    return searched()


@pytest.fixture(scope="module")
def grid() -> StructureSearchCV:
    """Two sizes with six candidates each."""
    return searched([(), (16,)], param_grid={"alpha": [1e-4, 1.0, 1e4], "momentum": [0.5, 0.9]})
