"""`rosenblatt search --cluster`: candidates on a cluster, whose part threads play."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from rosenblatt.cli.app import run
from tests.support.commands import command
from tests.support.stand_in_ray import installed

QUICK = ["search", "--example", "iris", "--epochs", "3", "--hidden", "3", "--hidden", "5"]


def test_it_finds_what_threads_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ray = installed(monkeypatch)
    found = []
    for name, given in (("threads", []), ("ray", ["--cluster", "local"])):
        out = tmp_path / f"{name}.safetensors"
        place = ["--folds", "2", "--json", "--out", out, "--plot", tmp_path / f"{name}.png"]
        result = json.loads(command(*QUICK, *given, *place))
        candidates = result["search"]["candidates"]
        found.append([{k: v for k, v in c.items() if "seconds" not in k} for c in candidates])
    assert found[0] == found[1]
    assert ray.calls == 4


def test_without_ray_the_command_that_installs_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    out = tmp_path / "m.safetensors"
    assert run([*QUICK, "--cluster", "local", "--out", str(out)]) == 2
    assert "needs ray" in capsys.readouterr().err
    assert not out.exists()
