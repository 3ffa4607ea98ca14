"""A model file."""

from __future__ import annotations

from pathlib import Path

import pytest

from rosenblatt.persistence import (
    save_model,
)
from tests.support.saved_models import saved_model


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "model.safetensors"
    save_model(file, saved_model())
    return file
