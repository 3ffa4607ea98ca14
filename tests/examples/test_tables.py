"""House prices, tumours and spam: the examples learn what was planted, and run on real tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.examples.loading import TABLES, load_example


def test_house_prices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = load_example("house_prices")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"area": rng.uniform(30, 200, 900), "town": rng.choice(["A", "B"], 900)})
    price = frame["area"] * (3000 + 1000 * (frame["town"] == "B")) + rng.normal(0, 20_000, 900)
    frame.assign(target=price).to_parquet(tmp_path / "houses.parquet")
    picture = tmp_path / "prices.png"
    arguments = [str(tmp_path / "houses.parquet"), "--rises-with", "area", "--picture"]
    found = example.main([*arguments, str(picture)])
    assert np.sqrt(np.mean((found.predicted - found.prices) ** 2)) < 26_000  # noise: 20,000
    assert abs(found.covered - 0.9) < 0.07  # four standard errors of 180 rows and as many scores
    larger = found.houses.assign(area=found.houses["area"] * 1.2)
    assert (found.model.predict(larger) >= found.predicted).all()
    said = capsys.readouterr().out
    assert "180 houses that were set aside: R² 0.9" in said
    assert "  area = " in said
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_tumours_by_cost(capsys: pytest.CaptureFixture[str]) -> None:
    example = load_example("tumour")
    X, y = example.tumours(0.15, 0)
    assert len(X) == len(y) == 357 + 63
    assert (y == "malignant").sum() == 63
    found = example.main(["--cost", "20"])
    p = found.model.predict_proba(X)[:, list(found.model.classes_).index("malignant")]
    np.testing.assert_array_equal(found.model.predict(X) == "malignant", p >= 1 / 21)
    missed = np.sum((found.truth == "malignant") & (found.by_cost == "benign"))
    alarms = np.sum((found.truth == "benign") & (found.by_cost == "malignant"))
    assert found.cost_of(found.by_cost) == pytest.approx(100 * (20 * missed + alarms) / 140)
    assert f"{missed:3} missed, {alarms:3} false alarms" in capsys.readouterr().out


def test_spam_that_is_planted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    example = load_example("spam")
    rng = np.random.default_rng(0)
    spam = rng.random(1200) < 0.4
    money = rng.poisson(np.where(spam, 4, 1.5))
    frame = pd.DataFrame({"money": money * 1.0, "hello": rng.normal(size=1200)})
    frame.assign(target=np.where(spam, "spam", "good")).to_parquet(tmp_path / "mails.parquet")
    found = example.main([str(tmp_path / "mails.parquet"), "--precision", "0.95"])
    likeliest = found.model.predict_proba(found.mails)[:, 1] >= 0.5
    lost = np.mean(found.truth[found.decided == "spam"] != "spam")
    assert lost < np.mean(found.truth[likeliest] != "spam")
    assert found.precision > 0.88  # 0.95 less three standard errors of some 60 mails
    assert 0.1 < found.recall < np.mean(likeliest[found.truth == "spam"])
    told = capsys.readouterr().out.splitlines()
    assert "  money = " in next(line for line in told if line.startswith("  +"))


@pytest.mark.parametrize(
    ("name", "table", "options"),
    [
        ("house_prices", "california_housing", ["--rises-with", "median_income"]),
        ("spam", "spambase", []),
    ],
)
def test_real_tables(
    name: str, table: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = TABLES / f"{table}.parquet"
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    load_example(name).main([str(path), "--rows", "1500", *options])
    assert "that were set aside" in capsys.readouterr().out
