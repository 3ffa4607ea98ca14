"""Packages of the extras: which command installs one, and the error where it is missing."""

from __future__ import annotations

from pathlib import Path

__all__ = ["EXTRAS", "install_command", "missing"]

# Packages that an extra brings in versions known to work; any other goes by its own name.
EXTRAS = {
    "gymnasium": "agents",
    "h5py": "keras",
    "matplotlib": "plot",
    "onnx": "export",
    "optuna": "search",
    "ray": "cluster",
    "shap": "shap",
    **dict.fromkeys(("fastapi", "uvicorn"), "serve"),
    **dict.fromkeys(("chardet", "pyarrow", "rich", "safetensors", "typer"), "cli"),
}


def install_command(package: str) -> str:
    """The command that installs a package, in the version that the extra takes."""
    extra = EXTRAS.get(package)
    return f'pip install "{source()}[{extra}]"' if extra else f"pip install {package}"


def source() -> str:
    """What pip installs rosenblatt from: the source folder that it came from, or its name.

    A folder is recorded by pip in ``direct_url.json`` (PEP 610); one that is gone counts for
    nothing.
    """
    import json  # with the next two some 20 ms, which only an error message needs
    from importlib import metadata
    from urllib.parse import unquote, urlsplit

    try:
        recorded = metadata.distribution("rosenblatt").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return "rosenblatt"
    url = urlsplit(str(json.loads(recorded or "{}").get("url", "")))
    folder = unquote(url.path)
    is_source = url.scheme == "file" and Path(folder, "pyproject.toml").is_file()
    return folder if is_source else "rosenblatt"


def missing(what: str, package: str, error: ImportError | None = None) -> ImportError:
    """The ImportError to raise where `what` needs a package that cannot be imported."""
    why = f" ({error})" if error else ""
    return ImportError(f"{what} needs {package}{why}: {install_command(package)}")
