"""A module that is imported late is the module, from the first use on."""

from __future__ import annotations

import subprocess
import sys

import pytest

from rosenblatt.support.late import late

COLOURS = """
import sys
from rosenblatt.support.late import late
colours = late("colorsys")
assert "colorsys" not in sys.modules and "colorsys" in repr(colours)
assert colours.rgb_to_hsv(1, 0, 0) == (0, 1, 1)
assert colours.rgb_to_hsv is sys.modules["colorsys"].rgb_to_hsv
"""


def test_it_is_imported_at_the_first_use() -> None:
    done = subprocess.run([sys.executable, "-c", COLOURS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_is_missing_raises_the_errors_of_an_import() -> None:
    with pytest.raises(AttributeError, match="no attribute 'cosine'"):
        late("math").cosine(0)
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        late("no_such_module").something()
