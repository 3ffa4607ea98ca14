"""`rosenblatt trace`: a row of a table through the network of a model file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rosenblatt.cli.app import run
from rosenblatt.persistence import OptionValue, load_model, save_model
from tests.support.commands import command


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("trace")
    data, model = folder / "houses.csv", folder / "houses.safetensors"
    rng = np.random.default_rng(0)
    rows = [
        f"{a:.3f},{'ab'[k]},{2 * a + k:.3f}"
        for a, k in zip(rng.random(60), rng.integers(0, 2, 60), strict=True)
    ]
    data.write_text("\n".join(["size,kind,price", *rows, "0.5,a,"]) + "\n")
    command("train", data, "--target", "price", "--network", "3", "--epochs", "5", "--out", model)
    return model, data


def test_json_has_cells_inputs_and_all_numbers(files: tuple[Path, Path]) -> None:
    found = json.loads(command("trace", *files, "--row", "3", "--json"))
    line = files[1].read_text().split("\n")[3].split(",")
    assert found["cells"] == dict(zip(("size", "kind", "price"), line, strict=True))
    assert list(found["inputs"].values()) == found["x"]
    model = load_model(files[0]).model
    predicted = model.predict(np.array([found["x"]], np.float32))
    np.testing.assert_allclose(found["prediction"], predicted[0], rtol=1e-6)


def test_text_and_latex(files: tuple[Path, Path]) -> None:
    shown = command("trace", *files, "--row", "3", "--learning-rate", "0.5")
    assert "∂J/∂w_11^(1) = δ_1^(1) x_1" in shown
    assert "η = 0.5\n" in shown
    assert "Step of Adam, the first of a fit: t = 1, m = v = 0" in shown
    assert r"\begin{align*}" in command("trace", *files, "--latex")
    assert "前向，第 1 层" in command("--lang", "zh", "trace", *files)


def test_html_goes_into_a_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "trace.html"
    command("trace", *files, "--html", page)
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    command("trace", *files, "--html", page)  # one of ours may be replaced
    page.write_text("mine")
    assert run(["trace", *map(str, files), "--html", str(page)]) == 2


def test_html_and_latex_are_two_things(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "trace.html"
    assert run(["trace", *map(str, files), "--html", str(page), "--latex"]) == 2
    said = capsys.readouterr().err
    assert "--html writes HTML and --latex prints LaTeX: give one of them" in said
    assert not page.exists()


def test_the_record_of_the_training_is_used_and_checked(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The names are those that `train` writes; numbers of a damaged record are refused."""
    saved = load_model(files[0])
    options = {option.name: option.value for option in saved.summary.options}
    assert {"solver", "alpha", "learning_rate"} <= set(options)
    changed = tmp_path / "changed.safetensors"

    def traced(**values: object) -> tuple[int, str]:
        kept = [OptionValue(n, values.get(n, v)) for n, v in options.items()]  # type: ignore[arg-type]
        summary = replace(saved.summary, options=tuple(kept))
        save_model(changed, replace(saved, summary=summary))
        code = run(["trace", str(changed), str(files[1])])
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    code, shown = traced(solver="nesterov", learning_rate=0.25)
    assert (code, "η = 0.25\n" in shown, "v ← γ·v + g" in shown) == (0, True, True)
    for name, value in (("alpha", -1.0), ("learning_rate", True), ("solver", "unheard")):
        code, shown = traced(**{name: value})
        assert code == 2, name
        assert f"trained with {name}={value!r}: train the model again" in " ".join(shown.split())


def test_rows_that_cannot_be_traced(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    for row, said in (
        ("99", "--row 99: the table has 61 rows"),
        ("61", "row 61 has no known 'price'"),
    ):
        assert run(["trace", *map(str, files), "--row", row]) == 2
        assert said in capsys.readouterr().err


def test_dates_beyond_pythons(tmp_path: Path) -> None:
    days = pa.array([2**62 + k * 86_400_000 for k in range(30)], pa.int64()).cast(
        pa.timestamp("ms")
    )
    data, model = tmp_path / "far.parquet", tmp_path / "far.safetensors"
    pq.write_table(pa.table({"day": days, "x": range(30), "y": [0.5, 1.5, 2.5] * 10}), data)
    command("train", data, "--network", "2", "--epochs", "2", "--out", model)
    assert json.loads(command("trace", model, data, "--json"))["cells"]["day"]
