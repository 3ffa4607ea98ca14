"""Cases of a product that are exhaustive; a folder and the answers of the command line."""

from __future__ import annotations

import importlib
import json
import os
import signal
from collections import defaultdict
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from rosenblatt.support.registry import REGISTRIES
from tests.support.sampling import sample

# A narrower build of the engine than this processor runs: 4 has AVX-512, 3 has AVX2, 0 neither.
if "ROSENBLATT_LEVEL" in os.environ:
    level = int(os.environ["ROSENBLATT_LEVEL"])
    importlib.import_module("rosenblatt.engine._native").cpu_level = lambda: level

# Texts are compared in English, whatever the machine's locale is.
os.environ["ROSENBLATT_LANG"] = "en"

# The same examples in every run, however slow the machine is.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.load_profile("repeatable")

# Ctrl-C is tested by real signals, which processes ignore that a script has put in the background.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark cases of a product as exhaustive, but for the sample that `make unit` runs."""
    products: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("product") is not None:
            products[item.nodeid.partition("[")[0]].append(item)
    for cases in products.values():
        every = cases[0].get_closest_marker("product").kwargs["every"]
        # The values on the axes are the same objects in every case that has them.
        axes = [{k: id(v) for k, v in case.callspec.params.items()} for case in cases]
        kept = sample(axes, every)
        for number, case in enumerate(cases):
            if number not in kept:
                case.add_marker("exhaustive")


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
