"""Cells that the standard library writes come back letter by letter, in every dialect."""

import csv
import io
import random

import pytest

from rosenblatt.table.files import read_table

TEXTS = ["a, b", "x\ny", 'say "hi"', "plain", '5" disk', "it's", "", "tab\there", "a;b", "c|d"]
CELLS = [
    lambda draw: str(draw.randint(-5, 1000)),
    lambda draw: f"{draw.uniform(-9, 9):.3f}",
    lambda draw: repr(draw.gauss(0, 1)),
    lambda draw: draw.choice(["yes", "no", "NA", ""]),
    lambda draw: draw.choice(TEXTS),
    lambda draw: f"{draw.randint(1, 28):02d}.0{draw.randint(1, 9)}.2023",
    lambda draw: f"{draw.randint(1, 999)},{draw.randint(0, 99)}",
    lambda draw: f"{draw.randint(0, 9999):05d}",
    lambda draw: draw.choice(["# no", "=1", "-", "München", "東京"]),
]


def written(draw, names, rows):
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=draw.choice(",;\t|"),
        quoting=draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
        lineterminator=draw.choice(["\n", "\r\n"]),
    )
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode(draw.choice(["utf-8", "utf-8-sig", "utf-16"]))


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_cells_come_back_as_written(tmp_path, start):
    path = tmp_path / "t.csv"
    for seed in range(start, start + 50):
        draw = random.Random(seed)
        kinds = [draw.choice(CELLS) for _ in range(draw.randint(2, 6))]
        names = [draw.choice(["x", "name", "Größe", "a b"]) + str(i) for i in range(len(kinds))]
        rows = [[kind(draw) for kind in kinds] for _ in range(draw.randint(2, 60))]
        path.write_bytes(written(draw, names, rows))
        file = read_table(path, as_text=names)
        for i, cells in enumerate(file.table.columns):
            found = [cell or "" for cell in cells.values.to_pylist()]
            assert found == [row[i] for row in rows], (seed, names[i])
        assert list(file.table.names) == names, seed
