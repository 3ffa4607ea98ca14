"""Examples in docstrings print what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import rosenblatt


def modules_with_examples() -> list[str]:
    root = Path(rosenblatt.__file__).parent
    names = [module.name for module in pkgutil.walk_packages([str(root)], "rosenblatt.")]
    paths = {
        name: root.parent.joinpath(*name.split(".")).with_suffix(".py")
        for name in names
        if not name.rpartition(".")[2].startswith("_")
    }
    return [name for name, path in paths.items() if path.exists() and ">>> " in path.read_text()]


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted
    assert not found.failed
