"""What stands above, between, around and below the rows of a text file."""

import random

import pytest

from rosenblatt.errors import InputError
from rosenblatt.table.files import read_table
from rosenblatt.table.format import TableFormat

DRAW = random.Random(0)
ROWS = [
    (round(DRAW.uniform(0, 9), 1), DRAW.randint(1, 9), DRAW.choice(["yes", "no"]))
    for _ in range(20)
]
HEADER = "a,b,y\n"
BODY = "".join(f"{a},{b},{y}\n" for a, b, y in ROWS)
EXPECTED = {"a": [r[0] for r in ROWS], "b": [r[1] for r in ROWS], "y": [r[2] for r in ROWS]}
NUMBERED = "".join(f'"{i}",{line}\n' for i, line in enumerate(BODY.split(), 1))
NAMED = "".join(f'"r{i}",{line}\n' for i, line in enumerate(BODY.split(), 1))


def read(tmp_path, text, name="t.csv", **said):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(tmp_path / name, TableFormat(**said))


def columns(file):
    return {cells.name: cells.values.to_pylist() for cells in file.table.columns}


LEFT_OUT = {
    "title": ("Report of March\n" + HEADER + BODY, "line 1 left out above the header"),
    "titles": ("Report\n\nMarch 2020\n" + HEADER + BODY, "lines 1 and 3 left out above"),
    "comment": ("# sensor 7\n" + HEADER + BODY, "line 1 left out: comments"),
    "row numbers": (HEADER + NUMBERED, "rows begin with their numbers"),
    "index": ("," + HEADER + NUMBERED, "the first column has no name and counts the rows"),
    "trailing": (HEADER + BODY.replace("\n", ",\n"), "rows end in a delimiter"),
    "trailing, header too": (
        (HEADER + BODY).replace("\n", ",\n"),
        "the last column has neither a name nor a cell",
    ),
    "header again": (HEADER + BODY + HEADER, "line 22 left out: the header once more"),
    "Ctrl-Z": (HEADER + BODY + "\x1a", "line 22 left out: a final Ctrl-Z"),
    "count": (HEADER + BODY + "\n(20 rows affected)\n", "line 23 left out below the rows"),
    "source": (HEADER + BODY + "Source: World Bank, 2020\n", "line 22 left out below the rows"),
    "total": (HEADER + BODY + "Total,,123\n", "line 22 left out: a line of totals, 'Total'"),
    "short total": (HEADER + BODY + "Summe,123\n", "line 22 left out below the rows"),
    "rule": (HEADER + "---,---,---\n" + BODY, "line 2 left out: a rule below the header"),
    "no header": (BODY, "has no header: line 1 is its first row"),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_is_no_row_is_left_out_and_named(tmp_path, case):
    text, note = LEFT_OUT[case]
    file = read(tmp_path, text)
    found = columns(file)
    assert list(found.values()) == list(EXPECTED.values())
    assert list(found) == list(EXPECTED) or case == "no header"
    assert any(note in one for one in file.notes)


def test_every_repeated_header_is_named_by_its_line(tmp_path):
    file = read(tmp_path, (HEADER + BODY) * 4)
    assert file.reading.left_out == (22, 43, 64)
    assert len(file.table) == 80


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n\n", "\n\r\n"])
def test_line_ends(tmp_path, end):
    file = read(tmp_path, (HEADER + BODY).replace("\n", end))
    assert columns(file) == EXPECTED
    assert not file.notes


def test_a_directive_of_excel_is_obeyed(tmp_path):
    file = read(tmp_path, "sep=;\n" + (HEADER + BODY).replace(",", ";"))
    assert columns(file) == EXPECTED
    assert file.reading.delimiter == ";"


def test_names_of_rows_are_a_column(tmp_path):
    found = columns(read(tmp_path, HEADER + NAMED))
    assert found == {"row names": [f"r{i}" for i in range(1, 21)], **EXPECTED}


REFUSED = {
    "padded title": ("Report of March,,\n" + HEADER + BODY, "line 1 .*'Report of March'.*--skip 1"),
    "cut": (HEADER + BODY + "5.1,2", "line 22 has 2 fields where the header has 3"),
    "comment between": (HEADER + BODY + "# x\n" + BODY, "line 22 begins with '#'.*--comment"),
    "unclear header": ("5,3,new\n7,6,a\n8,9,a\n", "line 1 .*--no-header.*--names"),
    "word among its like": ("y\ny\nn\ny\n", "line 1 of t.csv, 'y', may be the names"),
    "one word, then pairs": ("name\nSmith, John\nDoe, Jane\n", "line 2 has 2 fields"),
    "JSON lines": ('{"a": 1, "b": 2}\n{"a": 2, "b": 3}\n', "JSON lines: rename"),
    "JSON": ('[{"a": 1, "b": 2}]', "JSON"),
    "Markdown": ("| a | b |\n|---|---|\n| 1 | 2 |\n", "Markdown"),
    "drawn": ("+---+---+\n| a | b |\n+---+---+\n", "drawn with lines"),
    "HTML": ("<!DOCTYPE html><html>", "HTML"),
    "XML": ("<?xml version='1.0'?><rows/>", "XML"),
    "HTML without its type": ('<table class="x">\n<tr><td>1</td></tr>\n', "HTML"),
    "XML without its kind": ('<svg width="1"\n height="2">\n  <g/>\n</svg>\n', "XML"),
    "XML in one line": ("<rows><row a='1'/></rows>", "XML"),
    "ARFF": ("@relation iris\n@attribute x real\n", "ARFF"),
    "LIBSVM": ("1 1:0.5 2:3\n-1 1:0.25 2:1\n", "LIBSVM"),
    "names too few": ("a,b\n1,2\n", "1 names are given, and t.csv has 2 columns"),
    "skip too many": ("a,b\n1,2\n", "fewer lines than the 9 to skip"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_line_and_what_mends_it(tmp_path, case):
    said = {"names too few": {"names": ("x",)}, "skip too many": {"skip": 9}}.get(case, {})
    with pytest.raises(InputError, match=REFUSED[case][1]):
        read(tmp_path, REFUSED[case][0], **said)


NAMES = {
    "years": ("1990,1991,target\n1,2,x\n3,4,y\n", ["1990", "1991", "target"]),
    "years and a word": ("land,1990,1995\nFR,1,2\nIT,2,3\n", ["land", "1990", "1995"]),
    "counted": ("0,1\n4.9,3.0\n5.1,3.2\n", ["0", "1"]),
    "words": ("a,b\nx,y\nu,v\n", ["a", "b"]),
    "a class among names": ("x,y\n1,y\n2,n\n", ["x", "y"]),
    "behind a sign": ("#a,b\n1,2\n3,4\n", ["#a", "b"]),
    "a tag": ("<script>,b\n1,2\n3,4\n", ["<script>", "b"]),
    "a tag of tables": ("<table>\tb\n1\t2\n3\t4\n", ["<table>", "b"]),
    "tags and text": ("<b>alert(1)</b>,b\n1,2\n3,4\n", ["<b>alert(1)</b>", "b"]),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_header_of_digits_or_letters_is_one(tmp_path, case):
    text, names = NAMES[case]
    assert list(read(tmp_path, text).table.names) == names


def test_what_the_user_says_about_lines(tmp_path):
    text = "x,x\n%note\n5,3,new\n7,6,a\n%a,b,c\n8,9,a\n"
    file = read(tmp_path, text, skip=1, comment="%", header=False, names=("p", "q", "r"))
    assert columns(file) == {"p": [5, 7, 8], "q": [3, 6, 9], "r": ["new", "a", "a"]}


def swallowing(*marked):
    words = dict(marked)
    rows = [f"{i / 4}\tyes\t{words.get(i, 'plain')}" for i in range(60)]
    return "a\ty\ttext\n" + "\n".join(rows) + "\n"


def test_rows_between_two_stray_quotation_marks_are_rows(tmp_path):
    file = read(tmp_path, swallowing((10, '"quoted start'), (40, 'end"')), "t.tsv")
    found = columns(file)
    assert len(found["a"]) == 60
    assert found["text"][10] == '"quoted start'
    assert any("lines 12 to 42 are one row because of a quotation mark" in n for n in file.notes)


def test_beside_cells_in_quotation_marks_stray_ones_are_refused(tmp_path):
    text = swallowing((10, '"quoted start'), (40, 'end"'), (50, '"fine"'))
    with pytest.raises(InputError, match=r"lines 12 to 42 are one row.*--quote none"):
        read(tmp_path, text, "t.tsv")
    assert len(read(tmp_path, text, "t.tsv", quote="").table) == 60
    assert len(read(tmp_path, text, "t.tsv", quote='"').table) == 30


def test_cells_of_several_lines_are_cells(tmp_path):
    cells = [f"one, {i}\ntwo, more\n\n# last, {i}" for i in range(9)]
    text = "id,text,y\n" + "".join(f'{i},"{cell}",{i % 2}\n' for i, cell in enumerate(cells))
    assert columns(read(tmp_path, text))["text"] == cells


CELLS = {
    "inches": ('a,b\n1,5" disk\n2,6" disk\n', ['5" disk', '6" disk']),
    "doubled": ('a,b\n1,"5"" x"\n2,"y, z"\n', ['5" x', "y, z"]),
    "blank before": ('a, b\n1, "x, y"\n2, "z"\n', ["x, y", "z"]),
    "backslash": ('a,b\n1,"say \\"hi, you\\" now"\n2,"x"\n', ['say "hi, you" now', "x"]),
    "single": ("'a','b'\n'1','it''s'\n'2','x, y'\n", ["it's", "x, y"]),
    "hexadecimal": ("a,b\n1,0x1F\n2,12\n", ["0x1F", "12"]),
    "infinite": ("a,b\n1,inf\n2,12\n", ["inf", "12"]),
    "twenty digits": ("a,b\n1,12345678901234567890\n2,12\n", ["12345678901234567890", "12"]),
    "groups or decimals": ("a,b\n1,1.234\n2,90.000\n", ["1.234", "90.000"]),
    "decimals": ("a,b\n1,1.234\n2,90.5\n", [1.234, 90.5]),
    "megabytes": ("a,b\n1," + "x" * 3_000_000 + "\n2,y\n", ["x" * 3_000_000, "y"]),
    "missing words": ("a,b\n1,NA\n2,1.5\n", [None, 1.5]),
}


@pytest.mark.parametrize("case", CELLS)
def test_cells(tmp_path, case):
    text, expected = CELLS[case]
    found = columns(read(tmp_path, text))
    assert found["b"] == expected
    assert found["a"] == [1, 2]


@pytest.mark.parametrize("empty", ["", '""'])
def test_a_blank_line_of_one_column_is_a_missing_cell(tmp_path, empty):
    assert columns(read(tmp_path, f"x\n0.5\n{empty}\n2.5\n\n\n")) == {"x": [0.5, None, 2.5]}


def test_missing_cells_of_one_column_at_its_start(tmp_path):
    assert columns(read(tmp_path, 'x\n\n""\n0.5\n')) == {"x": [None, None, 0.5]}


def test_a_value_is_no_line_of_totals(tmp_path):
    text = "firm,a,b\nTotal,1,2\nShell,3,4\nTotal,,5\n"
    assert columns(read(tmp_path, text))["firm"] == ["Total", "Shell", "Total"]


def test_decimal_commas_between_semicolons_do_not_separate(tmp_path):
    found = columns(read(tmp_path, "1,5;2,5\n3,5;4,5\n2,2;1,1\n"))
    assert found == {"column 1": ["1,5", "3,5", "2,2"], "column 2": ["2,5", "4,5", "1,1"]}


@pytest.mark.parametrize(
    "text", ["x\n1,5\n2,25\n-3\n", "remark\nvery good, indeed\nbad\nso, so; well\nfine\nfine\n"]
)
def test_one_column_with_commas_in_it_stays_one(tmp_path, text):
    first, *rows = text.splitlines()
    assert columns(read(tmp_path, text)) == {first: rows}


def test_new_rows_are_read_as_the_training_file_was(tmp_path):
    trained = read(tmp_path, "x;y\n1,5;a\n2,5;b\n3,25;a\n").reading
    (tmp_path / "new.csv").write_text("x\n1,5\n", encoding="utf-8")
    new = read_table(tmp_path / "new.csv", hint=trained)
    assert columns(new) == {"x": ["1,5"]}


def test_words_and_proofs_in_late_blocks(tmp_path):
    # The file is read in blocks of a mebibyte: what a column is shows at the very end.
    n = 400_000
    tail = {"late": "x", "word": "null", "point": "0.5", "whole": "1.5"}
    lines = [f"{i % 100},{i % 50},1.234,{i % 7}" for i in range(n)] + [",".join(tail.values())]
    file = read(tmp_path, ",".join(tail) + "\n" + "\n".join(lines) + "\n")
    found = file.table.by_name
    assert found["late"].values.to_pylist() == [str(i % 100) for i in range(n)] + ["x"]
    assert found["word"].words == ("null",)
    assert found["word"].values.null_count == 1
    assert found["point"].values.to_pylist()[-2:] == [1.234, 0.5]
    assert found["whole"].values.to_pylist()[-2:] == [(n - 1) % 7, 1.5]
