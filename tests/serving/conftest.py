"""Models of the shop's table, and a server of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from rosenblatt.cli.app import run
from tests.support.cli_tables import shop_table
from tests.support.served import serving


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The model file of a target of the shop's table, trained once."""
    folder = tmp_path_factory.mktemp("models")

    def model(target: str) -> Path:
        out = folder / f"{target}.safetensors"
        if not out.exists():
            table = shop_table()
            if target not in table:  # whole numbers as classes
                table[target] = table["size"].fillna(0).astype(int) % 3
            table.to_csv(folder / "shop.csv", index=False)
            arguments = ["--target", target, "--epochs", "3", "--quiet", "--out", str(out)]
            assert run(["train", str(folder / "shop.csv"), *arguments]) == 0
        return out

    return model


@pytest.fixture(scope="session")
def bought(models: Callable[[str], Path]) -> Iterator[httpx.Client]:
    """A client of the model of two classes."""
    with serving(models("bought")) as server:
        yield server.client
        code, out, err = server.end()
        assert (code, out, err) == (0, "stopped\n", "")
