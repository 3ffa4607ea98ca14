"""JSON, databases and workbooks as tables."""

import json
import sqlite3
import zipfile
from contextlib import closing

import pytest

from rosenblatt.errors import InputError
from rosenblatt.table.files import FileReading, read_table
from rosenblatt.table.format import TableFormat


def columns(file):
    return {cells.name: cells.values.to_pylist() for cells in file.table.columns}


RECORDS = [
    {"size": 1, "city": "Köln", "new": True, "all": [1, 2]},
    {"city": "Oslo", "size": 2.5, "code": "01"},
    {"size": None, "city": None},
]
READ = {
    "size": [1.0, 2.5, None],
    "city": ["Köln", "Oslo", None],
    "new": [True, None, None],
    "code": [None, "01", None],
}


def test_json_lines(tmp_path):
    text = "\n\n".join(json.dumps(record, ensure_ascii=False) for record in RECORDS)
    (tmp_path / "t.jsonl").write_text(text, encoding="utf-8")
    file = read_table(tmp_path / "t.jsonl")
    assert columns(file) == READ
    assert file.notes == ("left out, because their values are nested: 'all'",)


def test_a_list_of_records(tmp_path):
    (tmp_path / "t.json").write_text(json.dumps(RECORDS), encoding="utf-8")
    assert columns(read_table(tmp_path / "t.json")) == READ


def test_kinds_of_values_that_change_late_become_texts(tmp_path):
    rows = [{"a": i, "b": i} for i in range(15_000)] + [{"a": "x", "b": 0.5}]
    (tmp_path / "t.ndjson").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = columns(read_table(tmp_path / "t.ndjson"))
    assert found["a"] == [*map(str, range(15_000)), "x"]
    assert found["b"] == [*map(float, range(15_000)), 0.5]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1}\n{"a":\n', "line 2 is no JSON"),
        ('{"a": 1}\n[1]\n', "line 2 is no record"),
        ("[" * 100_000, "no JSON"),
        ("\n", "is empty"),
        ('{"a": [1]}\n', "nested values alone"),
        ("{}\n", "records without names"),
        ('{"a": 1}\n{"a": 1, "b": 2, "a": 1}\n', "line 2: a record has the name 'a' more than"),
        ('[{"a": 1}, {"a": 1, "a": 2}]', "a record has the name 'a' more than once"),
    ],
)
def test_json_that_is_no_table(tmp_path, text, sentence):
    (tmp_path / "t.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=sentence):
        read_table(tmp_path / "t.jsonl")


@pytest.fixture
def database(tmp_path):
    with closing(sqlite3.connect(tmp_path / "t.db")) as made, made:
        made.execute('CREATE TABLE "my ""rows" (a INTEGER, b TEXT, c REAL, d BLOB)')
        rows = [(1, "x", 1.5, b"q"), (2, None, 2, None), ("three", "z", None, b"\xff")]
        made.executemany('INSERT INTO "my ""rows" VALUES (?, ?, ?, ?)', rows)
    return tmp_path / "t.db"


def test_a_table_of_a_database_by_the_types_of_its_values(database):
    for named in (database, database.with_name('t.db::my "rows')):
        file = read_table(named)
        assert columns(file) == {
            "a": ["1", "2", "three"],
            "b": ["x", None, "z"],
            "c": [1.5, 2.0, None],
        }
        assert "'d'" in file.notes[0]
        assert file.reading.part == 'my "rows'


def test_one_of_several_tables_is_named(database):
    with closing(sqlite3.connect(database)) as made, made:
        made.execute("CREATE TABLE other (a)")
        made.execute("INSERT INTO other VALUES (7)")
    with pytest.raises(InputError, match=r"has 2 tables.*t\.db::my"):
        read_table(database)
    with pytest.raises(InputError, match="no table 'othr': did you mean 'other'"):
        read_table(database.with_name("t.db::othr"))
    assert columns(read_table(database.with_name("t.db::other"))) == {"a": [7]}
    hint = FileReading("sqlite", part="other")
    assert columns(read_table(database, hint=hint)) == {"a": [7]}


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "t.db").write_bytes(b"x" * 1000)
    with pytest.raises(InputError, match="SQLite"):
        read_table(tmp_path / "t.db")


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(path, **sheets):
    """A workbook of Excel, as small as one can be."""
    with zipfile.ZipFile(path, "w") as archive:
        root = f'<Relationship Id="r1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{PARTS}">{root}</Relationships>')
        entries = "".join(
            f'<sheet name="{name}" sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(sheets, 1)
        )
        links = "".join(
            f'<Relationship Id="r{i}" Type="{LINKS}/worksheet" Target="worksheets/s{i}.xml"/>'
            for i in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{entries}</sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PARTS}">{links}</Relationships>'
        )
        for i, rows in enumerate(sheets.values(), 1):
            data = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            archive.writestr(
                f"xl/worksheets/s{i}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>',
            )


def cell(value):
    if isinstance(value, str) and value.startswith("#"):
        return f'<c t="e"><v>{value}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


SHEET = [["x", "n", "y"], [0.5, 1, "a"], [1.5, 2, "NA"], [2, "#DIV/0!", "b"]]


def test_a_sheet(tmp_path):
    pytest.importorskip("python_calamine")
    workbook(tmp_path / "t.xlsx", data=SHEET)
    file = read_table(tmp_path / "t.xlsx")
    assert columns(file) == {"x": [0.5, 1.5, 2.0], "n": [1, 2, None], "y": ["a", "NA", "b"]}
    assert "1 cell of the workbook with an error" in file.notes[0]


def test_one_of_several_sheets_is_named(tmp_path):
    pytest.importorskip("python_calamine")
    workbook(tmp_path / "t.xlsx", data=SHEET, more=[["Report", "", ""], *SHEET])
    with pytest.raises(
        InputError, match=r"has 2 sheets, 'data', 'more': name one as t\.xlsx::data"
    ):
        read_table(tmp_path / "t.xlsx")
    file = read_table(tmp_path / "t.xlsx::more")
    assert list(columns(file)) == ["x", "n", "y"]
    assert file.notes[0] == "line 1 left out above the header"
    said = TableFormat(skip=1, names=("p", "q", "r"))
    assert list(columns(read_table(tmp_path / "t.xlsx::more", said))) == ["p", "q", "r"]


def test_without_the_reader_of_workbooks_its_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("rosenblatt.table.files.spreadsheet.find_spec", lambda name: None)
    workbook(tmp_path / "t.xlsx", data=SHEET)
    with pytest.raises(InputError, match=r"rosenblatt\[excel\]"):
        read_table(tmp_path / "t.xlsx")


def test_a_file_that_is_no_workbook(tmp_path):
    pytest.importorskip("python_calamine")
    (tmp_path / "t.xlsx").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        read_table(tmp_path / "t.xlsx")


def test_records_of_names_of_their_own_are_no_table(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text("".join(f'{{"k{k}": 1}}\n' for k in range(20_000)))
    with pytest.raises(InputError, match="names between them"):
        read_table(path)
    wide = {f"k{k}": k for k in range(3000)}
    path.write_text((json.dumps(wide) + "\n") * 50)
    assert len(read_table(path).table.columns) == 3000


def test_a_column_name_of_sqlite_that_is_no_text(tmp_path):
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("CREATE TABLE t (axb REAL, y REAL)")
        database.execute("INSERT INTO t VALUES (1.5, 2)")
        database.commit()
    stored = (tmp_path / "a.db").read_bytes()
    assert stored.count(b"axb") == 1
    (tmp_path / "a.db").write_bytes(stored.replace(b"axb", b"a\xffb"))
    with pytest.raises(
        InputError, match=r"a\.db: the table 't' has a column whose name is no UTF-8"
    ):
        read_table(tmp_path / "a.db")
