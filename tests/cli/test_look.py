"""`rosenblatt look`: a line for each column, doubts, and the same as JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from rosenblatt.cli.app import run

GERMAN = "Ort;Fläche;Preis\r\n" + "".join(
    f"{'Köln' if i % 3 else 'Fürth'};{20 + i},{i % 10};{200 + i}.{100 + i},50 €\r\n"
    for i in range(60)
)


def test_a_line_for_each_column(folder: Path, capsys) -> None:
    Path("haus.csv").write_bytes(GERMAN.encode("cp1252"))
    assert run(["look", "haus.csv", "--encoding", "cp1252"]) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0] == "haus.csv: 60 rows, 3 columns; cp1252, separated by ';', header in line 1"
    assert lines[3].split() == ["Ort", "category", "Köln", "40,", "Fürth", "20"]
    assert "200.100,50 € → 200100.5" in lines[5]
    assert "column 'Preis' is read as 1.234,5 €: '200.100,50 €' decides" in captured.err
    assert "?" not in captured.out


def test_a_doubtful_column_is_marked(folder: Path, capsys) -> None:
    Path("t.csv").write_text("day,x\n" + "".join(f"0{1 + i % 9}/05/2023,{i}\n" for i in range(60)))
    assert run(["look", "t.csv"]) == 0
    captured = capsys.readouterr()
    assert "day ?" in captured.out
    assert "01/05/2023 → ?" in captured.out
    assert "--date-order" in captured.err


def test_many_columns_that_are_alike_share_a_line(folder: Path, capsys, result) -> None:
    wide = pd.DataFrame(np.arange(60 * 150).reshape(60, 150) / 8).add_prefix("x")
    wide.assign(y=["a", "b"] * 30).to_csv("wide.csv", index=False, sep=";", decimal=",")
    assert run(["look", "wide.csv"]) == 0
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) < 8
    assert "150 columns" in captured.out
    assert "x0, x1, x2, x3, x4, …" in captured.out
    assert len(captured.err.splitlines()) < 5
    assert len(result("look", "wide.csv")["columns"]) == 151


def test_the_json_has_what_was_understood(folder: Path, result) -> None:
    Path("haus.csv").write_bytes(GERMAN.encode())
    shown = result("look", "haus.csv")
    assert shown["rows"] == 60
    assert (shown["reading"]["delimiter"], shown["reading"]["header_line"]) == (";", 1)
    price = shown["columns"][2]
    assert (price["name"], price["kind"], price["missing"]) == ("Preis", "number", 0)
    assert (price["written"], price["read"]) == ("200.100,50 €", "200100.5")
