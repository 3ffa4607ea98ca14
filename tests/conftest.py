"""Which cases of a product are exhaustive; a folder and the answers of the command line."""

from __future__ import annotations

import importlib
import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rosenblatt.support.registry import REGISTRIES

# A narrower build of the engine than this processor runs, by its level: see compiled.py.
if "ROSENBLATT_LEVEL" in os.environ:
    level = int(os.environ["ROSENBLATT_LEVEL"])
    importlib.import_module("rosenblatt.engine._native").cpu_level = lambda: level

# Ctrl-C is tested by real signals, which processes ignore that a script has put in the background.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all but every k-th case of a product as exhaustive: `@pytest.mark.product(every=k)`.

    The k of a product over members divides the number of members on none of its axes, so that the
    cases left meet every one of them.
    """
    seen: Counter[str] = Counter()
    for item in items:
        product = item.get_closest_marker("product")
        if product is None:
            continue
        function = item.nodeid.partition("[")[0]
        if seen[function] % product.kwargs["every"]:
            item.add_marker("exhaustive")
        seen[function] += 1


@pytest.fixture(autouse=True)
def registrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten after it."""
    for registry in REGISTRIES.values():
        monkeypatch.setattr(registry, "_records", dict(registry._records))
        monkeypatch.setattr(registry, "_names", dict(registry._names))


# What the command line needs is imported by those who ask for it: most tests do not.


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with the shop's table as a CSV file."""
    from tests.support.cli_tables import shop_table

    monkeypatch.chdir(tmp_path)
    shop_table().to_csv("shop.csv", index=False)
    return tmp_path


@pytest.fixture
def result(capsys: pytest.CaptureFixture[str]):
    """Run a command with --json and return what it printed."""

    from rosenblatt.cli.app import run

    def result_of(*arguments: str, code: int = 0) -> Any:
        assert run([*arguments, "--json"]) == code, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return result_of
