"""How to come by a package that is asked for and not there."""

from __future__ import annotations

__all__ = ["install", "missing"]

# Packages that an extra of ours brings, in the versions that it takes; others go by their name.
EXTRAS = {
    "onnx": "export",
    "optuna": "search",
    **dict.fromkeys(
        ("charset_normalizer", "pandas", "pyarrow", "rich", "safetensors", "typer"), "cli"
    ),
}


def install(package: str) -> str:
    """The command that brings it."""
    extra = EXTRAS.get(package)
    return f'pip install "rosenblatt[{extra}]"' if extra else f"pip install {package}"


def missing(what: str, package: str, error: ImportError | None = None) -> ImportError:
    """To raise where `what` needs a package that cannot be imported, and why if that is known."""
    why = f" ({error})" if error else ""
    return ImportError(f"{what} needs {package}{why}: {install(package)}")
