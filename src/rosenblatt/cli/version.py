"""The version of rosenblatt that runs."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("rosenblatt")
except PackageNotFoundError:
    VERSION = "not installed"  # run from the source tree
