"""Which command installs a missing package, by how rosenblatt itself was installed."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from rosenblatt.support.optional_dependencies import EXTRAS, install_command, missing


@pytest.fixture
def installed_from(tmp_path: Path, monkeypatch):
    """A distribution of our name, before any other on the path, with pip's record of its origin."""

    def made(url: str | None) -> None:
        record = tmp_path / "rosenblatt-9.9.dist-info"
        record.mkdir()
        (record / "METADATA").write_text("Metadata-Version: 2.1\nName: rosenblatt\nVersion: 9.9\n")
        if url is not None:
            (record / "direct_url.json").write_text(json.dumps({"url": url, "dir_info": {}}))
        monkeypatch.syspath_prepend(str(tmp_path))
        importlib.invalidate_caches()

    return made


def test_source_folder_is_named_as_long_as_it_is_there(installed_from, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    installed_from(folder.as_uri())
    assert install_command("typer") == 'pip install "rosenblatt[cli]"'
    (folder / "pyproject.toml").touch()
    assert install_command("typer") == f'pip install "{folder}[cli]"'
    assert install_command("matplotlib") == f'pip install "{folder}[plot]"'
    assert install_command("torch") == "pip install torch"


def test_name_is_enough_for_what_came_from_an_index(installed_from) -> None:
    installed_from(None)
    assert install_command("onnx") == 'pip install "rosenblatt[export]"'
    error = missing("to_onnx", "onnx", ImportError("no onnx"))
    assert str(error) == 'to_onnx needs onnx (no onnx): pip install "rosenblatt[export]"'


def test_every_package_belongs_to_an_extra_that_brings_it() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    tomllib = pytest.importorskip("tomllib")
    extras = tomllib.loads(text)["project"]["optional-dependencies"]
    for package, extra in EXTRAS.items():
        brought = {name.partition(">")[0].replace("-", "_") for name in extras[extra]}
        assert package in brought


@pytest.mark.parametrize("package", ["safetensors", "pyarrow"])
def test_persistence_without_the_extra_names_it(package: str) -> None:
    code = f"""
import sys
sys.modules[{package!r}] = None
try:
    from rosenblatt.persistence import load_model
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"rosenblatt.persistence needs {package}: {install_command(package)}\n"
