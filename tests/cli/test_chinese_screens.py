"""Each command in Chinese on a terminal of 80 columns: no English, and no line that is longer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from rosenblatt.cli.overview import COMMANDS
from tests.support.terminals import on_terminal

COLUMNS = 80
ENVIRONMENT = {**os.environ, "ROSENBLATT_LANG": "zh"}
DRESS = re.compile(r"\x1b\[[0-9;]*m")
# Texts in quotation marks, commands, options with their values, names of files and in code.
AS_WRITTEN = re.compile(
    r"(?m)"
    r"'(?:[^'\\]|\\.)*'|`[^`]*`|rosenblatt [a-z]+ .*|pip install .*|--[a-z][\w-]*(?: [\w=.-]+)?"
    r"|\[OPTIONS\].*|^选项 .*(?:\n {6,}\S.*)*|(?:sepal|petal) [a-z]+|\S*[./_=<>]\S*"
)
ENGLISH = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,}\b")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table with doubts in it, and a model that was trained on it."""
    place = tmp_path_factory.mktemp("screens")
    lines = ["Homes sold", "", "town;area;price;sold;heating;lift;same"]
    for i in range(60):
        heating = "NA" if i % 20 == 7 else ["gas", "oil"][i % 2]
        sold = f"{1 + i % 28:02}.{1 + i % 12:02}.2023"
        price = f"{95_000 + 1_250 * i:,}".replace(",", ".")
        lift = "yes" if i % 4 else "no"
        town = ["Bonn", "Köln", "Trier"][i % 3]
        lines.append(f"{town};{40 + i},5 m²;{price} €;{sold};{heating};{lift};1")
    lines.append("Total;;7.912.500 €;;;;")
    (place / "homes.csv").write_text("\n".join(lines), encoding="utf-8")
    # Many columns that are alike, whose cells are words that the screens have themselves.
    words = ["number", "missing", "date and time", "text"]
    rows = [",".join(words[(i + k) % 4] for k in range(120)) for i in range(40)]
    (place / "wide.csv").write_text("\n".join([",".join(f"c{k}" for k in range(120)), *rows]))
    code, written = shown(place, "train", "homes.csv", "--target", "price", "--preset", "fast")
    assert code == 0, written
    return place


def shown(place: Path, *arguments: str) -> tuple[int, str]:
    """(exit code, what a terminal gets, with each drawing of a progress line on its own line)."""
    code, written = on_terminal(
        "-m", "rosenblatt", *arguments, columns=COLUMNS, cwd=place, env=ENVIRONMENT
    )
    text = DRESS.sub("", written.decode()).replace("\r\n", "\n")
    return code, text.replace("\r\x1b[K", "\n")


def english_in(text: str) -> list[str]:
    return ENGLISH.findall(AS_WRITTEN.sub("", text))


COMMAND_LINES = {
    "look": ["look", "homes.csv"],
    "look at many columns": ["look", "wide.csv"],
    "train": [
        "train",
        "homes.csv",
        "--target",
        "price",
        "--preset",
        "fast",
        "--out",
        "a.safetensors",
    ],
    "train with predictions": [
        *(
            "train",
            "homes.csv",
            "--target",
            "heating",
            "--test-fraction",
            "0.2",
            "--preset",
            "fast",
        ),
        *("--out", "b.safetensors", "--save-predictions", "p.csv"),
    ],
    "train one network": [
        *("train", "--example", "iris", "--network", "8", "--epochs", "5"),
        *("--checkpoint", "fit.checkpoint", "--out", "c.safetensors"),
    ],
    "train many columns": [
        *("train", "--example", "digits", "--network", "none", "--epochs", "2"),
        *("--out", "d.safetensors"),
    ],
    "search": [
        *("search", "--example", "iris", "--hidden", "none", "--hidden", "4", "--hidden", "8,4"),
        *("--epochs", "3", "--folds", "2", "--out", "e.safetensors"),
    ],
    "predict": ["predict", "homes.safetensors", "homes.csv", "--out", "q.csv"],
    "evaluate": ["evaluate", "homes.safetensors", "homes.csv"],
    "explain": ["explain", "homes.safetensors", "homes.csv", "--rows", "20"],
    "inspect": ["inspect", "homes.safetensors"],
    "export": ["export", "homes.safetensors", "--to", "c"],
}


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_the_screens_of_a_command(place: Path, name: str) -> None:
    code, text = shown(place, *COMMAND_LINES[name])
    assert code == 0, text
    assert re.search("[一-鿿]", text)
    assert not english_in(text), text
    # Notes, and the command to go on with, are one line each, for a terminal to divide.
    in_one = ("说明：", "下一步：")
    lines = [line for line in text.split("\n") if not line.startswith(in_one)]
    assert max(map(cell_len, lines)) <= COLUMNS, text


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_help_of_a_command(place: Path, name: str) -> None:
    code, text = shown(place, *filter(None, [name, "--help"]))
    assert code == 0
    assert not english_in(re.sub(r"[│╭╮╰╯─\s]+", " ", text)), text
    assert "…" not in text
    assert {cell_len(line) for line in text.split("\n") if line.startswith(("│", "╭"))} == {COLUMNS}


def test_columns_of_a_table_stand_below_each_other(place: Path) -> None:
    _, text = shown(place, "look", "homes.csv")
    lines = text.split("\n")
    header, *rows = lines[lines.index("", 1) + 1 :][:8]
    place_of = header.index("当作")
    column = cell_len(header[:place_of])
    for row, kind in zip(rows, ("类别", "数值", "数值", "日期", "类别", "是/否"), strict=False):
        assert cell_len(row[: row.index(kind)]) == column, text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["trian"],
            "错误：没有名为 'trian' 的命令。是否指 'train', 'trace'？（见 rosenblatt --help）",
        ),
        (["train", "--epoch", "3"], "错误：没有这个选项：--epoch（可能是："),
        (
            ["train", "t.csv", "--epochs", "0"],
            "错误：--epochs 为 0；它必须至少为 1，例如 --epochs 200",
        ),
        (["train", "t.csv", "--epochs", "many"], "错误：'--epochs' 的值无效：应为整数"),
        (["train"], "错误：请给出表格文件或 --example NAME，二者取一"),
        (["look", "numbers.csv"], "错误：没有文件 numbers.csv："),
        (["train", "homes.csv", "--target", "pirce"], "表格中没有目标列 'pirce'：是否指 'price'？"),
        (["predict", "homes.csv", "homes.csv"], "错误：无法载入模型 homes.csv：它不是模型文件"),
        (["export", "homes.safetensors", "--out", "homes.csv"], "从名称 homes.csv 看不出要写什么"),
        (["predict", "homes.safetensors"], "错误：请给出表格文件或 --example NAME，二者取一"),
        (["train", "homes.csv", "--target", "area", "--out", "homes.safetensors"], "另一个模型"),
        (["serve", "homes.safetensors", "--host", "0.0.0.0"], "请用 --token 或 ROSENBLATT_TOKEN"),
    ],
)
def test_errors(place: Path, arguments: list[str], said: str) -> None:
    code, text = shown(place, *arguments)
    assert code == 2
    assert said in text
    assert not english_in(text), text


def test_what_programs_read_stays_english(place: Path) -> None:
    """JSON is the same in both languages, errors and notes in it among it; so are predictions."""

    def output(*arguments: str, language: str) -> bytes:
        command = [sys.executable, "-m", "rosenblatt", "--lang", language, *arguments]
        return subprocess.run(command, cwd=place, capture_output=True).stdout

    model, data = "homes.safetensors", "homes.csv"
    for arguments in (
        ["look", data, "--json"],
        ["evaluate", model, data, "--json"],
        ["inspect", model, "--json"],
        ["inspect", model, "--columns"],
        ["predict", model, data],
        ["look", "none.csv", "--json"],
    ):
        english, chinese = (output(*arguments, language=language) for language in ("en", "zh"))
        assert english
        assert chinese == english
    assert json.loads(english) == {"error": json.loads(english)["error"]}
