"""BLAS that shares every product among its threads."""

from __future__ import annotations

import pytest

from rosenblatt.engine import blas


@pytest.fixture
def no_product_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """BLAS's threads share what they find, however little it is."""
    monkeypatch.setattr(blas, "WORTH_SHARING", 0)
