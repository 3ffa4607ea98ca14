"""What is said where a package that an export needs is not there."""

from __future__ import annotations

__all__ = ["needed"]


def needed(method: str, package: str, error: ImportError) -> ImportError:
    return ImportError(f"{method} needs {package} ({error}): pip install {package}")
