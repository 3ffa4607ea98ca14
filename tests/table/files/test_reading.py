"""Files to data frames: what is detected, and what is refused with a sentence to mend it."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table.files import FileReading, read_table
from rosenblatt.table.format import TableFormat

FRAME = pd.DataFrame(
    {
        "size": [1.5, 2.5, np.nan, 4.5],
        "rooms": [1, 2, 3, 4],
        "city": ["Köln", "Aix, Provence", "São Paulo", "Oslo"],
        "sold": [True, False, True, True],
    }
)


def frame_of(file):
    """The table as a frame; truth values stay text in text files."""
    return pd.DataFrame({c.name: c.values.to_pandas() for c in file.table.columns})


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.txt", "t.csv.gz", "T.CSV"])
def test_delimiter_is_found_whatever_the_ending(tmp_path, delimiter, name):
    text = FRAME.to_csv(index=False, sep=delimiter).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    table = read_table(tmp_path / name)
    expected = FRAME.assign(sold=FRAME["sold"].astype(str))
    pd.testing.assert_frame_equal(frame_of(table), expected, check_dtype=False)
    asked = read_table(tmp_path / name, TableFormat(delimiter=delimiter))
    pd.testing.assert_frame_equal(frame_of(asked), expected, check_dtype=False)
    assert not asked.notes


@pytest.mark.parametrize("ending", ["parquet", "arrow", "feather"])
def test_arrow_kin_keep_their_types(tmp_path, ending):
    path = tmp_path / f"t.{ending}"
    frame = FRAME.assign(
        day=pd.date_range("2024-01-01", periods=4), kind=pd.Categorical(list("abca"))
    )
    frame.to_parquet(path) if ending == "parquet" else frame.to_feather(path)
    pd.testing.assert_frame_equal(frame_of(read_table(path)), frame, check_dtype=False)


def test_a_named_index_of_parquet_becomes_a_column(tmp_path):
    FRAME.set_index("rooms").to_parquet(tmp_path / "t.parquet")
    frame = frame_of(read_table(tmp_path / "t.parquet"))
    assert list(frame.columns) == ["rooms", "size", "city", "sold"]
    assert list(frame.index) == [0, 1, 2, 3]


def test_arrow_stream(tmp_path):
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"a": [1, 2], "b": ["x", "y"]})
    with pa.ipc.new_stream(str(tmp_path / "t.arrow"), table.schema) as writer:
        writer.write_table(table)
    assert frame_of(read_table(tmp_path / "t.arrow")).to_dict("list") == {
        "a": [1, 2],
        "b": ["x", "y"],
    }


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "name,city\nJosé,Málaga\nFrançois,Besançon\nMüller,Köln – Süd\n"),
        ("cp1251", "имя,город\nИван,Москва\nПётр,Казань\n"),
        ("gb18030", "姓名,城市\n张三,北京\n李四,上海\n王五,广州\n"),
        ("cp932", "名前,都市\n田中,東京\n鈴木,大阪\n"),
        ("cp949", "이름,도시\n김철수,서울\n이영희,부산\n"),
    ],
)
def test_text_that_is_not_utf8_is_detected_and_noted(tmp_path, encoding, text):
    pytest.importorskip("chardet")
    path = write(tmp_path / "t.csv", text, encoding)
    table = read_table(path)
    assert frame_of(table).to_csv(index=False, lineterminator="\n") == text
    assert any(encoding in note and "not UTF-8" in note for note in table.notes)
    asked = read_table(path, TableFormat(encoding=encoding))
    assert frame_of(asked).equals(frame_of(table))
    assert not asked.notes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_or_without_a_mark(tmp_path, encoding):
    path = write(tmp_path / "t.csv", "größe,y\n1,a\n2,b\n", encoding)
    for asked in (None, encoding):
        table = read_table(path, TableFormat(encoding=asked))
        assert list(frame_of(table).columns) == ["größe", "y"]
        assert not table.notes


def test_without_chardet_western_text_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("rosenblatt.table.files.encoding_guess.find_spec", lambda name: None)
    cities = ["Besançon", "Genève", "Orléans", "Nîmes", "Alençon", "Sète"]
    path = write(tmp_path / "t.csv", "city\n" + "\n".join(cities) + "\n", "cp1252")
    assert list(frame_of(read_table(path))["city"]) == cities


def test_utf8_with_a_few_stray_bytes_stays_utf8(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("city,y\nKöln,1\nMálaga,2\n".encode() + b"Besan\xe7on,3\n")
    table = read_table(path)
    assert list(frame_of(table)["city"]) == ["Köln", "Málaga", "Besan\ufffdon"]
    assert "UTF-8 but for a few bytes" in table.notes[0]


def test_an_encoding_that_fits_only_the_beginning_is_refused(tmp_path):
    pytest.importorskip("chardet")
    path = tmp_path / "t.csv"
    lines = "姓名,城市\n" + "张三,北京\n李四,上海\n" * 20_000
    path.write_bytes(lines.encode("gb18030") + b"x,\xff\xff\n")
    with pytest.raises(InputError, match="seems to be gb18030, but not all of it is"):
        read_table(path)


def test_a_stray_byte_far_into_a_utf8_like_file_is_noticed(tmp_path):
    path = tmp_path / "t.csv"
    words = ["café", "Besançon", "forêt", "Orléans", "naïf", "déjà"]
    tail = "".join(f"2,{word}\n" for word in words)
    path.write_bytes(b"a,b\n" + b"1,x\n" * 400_000 + tail.encode("cp1252"))
    table = read_table(path)
    assert frame_of(table)["b"].tolist()[-6:] == words
    assert "cp1252" in table.notes[0]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_decimal_comma_stays_in_its_cell(tmp_path, delimiter):
    text = "a;b;c\n1,5;2;x, y\n-3,25;4;z\n".replace(";", delimiter)
    table = read_table(write(tmp_path / "t.csv", text))
    assert list(frame_of(table)["a"]) == ["1,5", "-3,25"]  # how they are written is learnt later
    assert list(frame_of(table)["b"]) == [2, 4]


def test_missing_markers_blanks_and_quotes(tmp_path):
    text = 'a, b ,"c d"\n1, x,"say ""hi"""\n?,NA,"two\nlines"\n\n   \nnull, None ,"a,b"\n'
    frame = frame_of(read_table(write(tmp_path / "t.csv", text)))
    assert list(frame.columns) == ["a", "b", "c d"]
    assert frame["a"].isna().tolist() == [False, True, True]
    assert read_table(tmp_path / "t.csv").table.by_name["a"].words == ("?", "null")
    assert frame["b"].str.strip().tolist() == ["x", "NA", "None"]
    assert frame["c d"].tolist() == ['say "hi"', "two\nlines", "a,b"]


def test_cells_of_named_columns_stay_as_written(tmp_path):
    path = write(tmp_path / "t.csv", "zip,n\n01234,007\n,8\n")
    frame = frame_of(read_table(path, as_text={"zip", "absent"}))
    assert frame["zip"].iloc[0] == "01234"
    assert frame["zip"].isna().tolist() == [False, True]
    assert frame["n"].tolist() == [7, 8]


def test_a_code_column_of_a_long_file_is_text_throughout(tmp_path):
    # The parser works in chunks: early ones see only numbers, the last one a letter.
    cells = ["01"] * 300_000 + ["A"]
    path = write(tmp_path / "t.csv", "code,n\n" + "".join(f"{cell},1\n" for cell in cells))
    frame = frame_of(read_table(path))
    assert frame["code"].tolist() == cells
    assert frame["n"].sum() == len(cells)


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


def a_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("t.csv", "a,b\n1,2\n")
    return buffer.getvalue()


def a_parquet() -> bytes:
    buffer = io.BytesIO()
    FRAME.to_parquet(buffer)
    return buffer.getvalue()


REFUSED = {
    "empty": ("t.csv", b"", "is empty"),
    "blank": ("t.csv", b" \n\n", "is empty"),
    "mark alone": ("t.csv", b"\xef\xbb\xbf", "is empty"),
    "empty gzip": ("t.csv.gz", gzip.compress(b""), "is empty"),
    "header only": ("t.csv", b"a,b,c\n", "header but no rows"),
    "header and blanks": ("t.csv", b"a,b,c\n\n  \n", "header but no rows"),
    "image": ("t.csv", png(), "image"),
    "nul bytes": ("t.csv", b"a,b\n1,\x00\n", "binary"),
    "noise": ("t.txt", bytes(range(1, 256)) * 9, "binary"),
    "parquet as csv": ("t.csv", a_parquet(), "rename it to end in .parquet"),
    "zip as csv": ("t.csv", a_zip(), "ZIP archive or an Excel workbook"),
    "gzip as csv": ("t.csv", gzip.compress(b"a,b\n1,2\n"), r"rename it to end in \.csv\.gz"),
    "duplicates": ("t.csv", b"a,b,a\n1,2,3\n", "'a' occurs more than once"),
    "duplicates after blanks": ("t.csv", b"a,b, a\n1,2,3\n", "'a' occurs more than once"),
    "short row": ("t.csv", b"a,b,c\n1,2,3\n1,2\n", "line 3 has 2 fields where the header has 3"),
    "long row": ("t.csv", b'a,b\n"1\n1",2\n1,2,3\n', "line 4 has 3 fields where the header has 2"),
    "open quote": ("t.csv", b'a,b\n1,2\n"1,2\n3,4\n', "line 3: a quotation mark is left open"),
    "open quote at the end": ("t.csv", b'a,b\n1,2\n3,"4\n', "quotation mark is left open"),
    "huge field": ("t.csv", b'a,b\n1,"' + b"x" * 200_000, "quotation mark is left open"),
    "no ending": ("table", b"a,b\n1,2\n", "no known ending"),
    "unknown ending": ("t.docx", b"a,b\n1,2\n", "no known ending"),
    "gzipped parquet": ("t.parquet.gz", gzip.compress(a_parquet()), "no known ending"),
    "cut gzip": ("t.csv.gz", gzip.compress(os.urandom(3000).hex().encode())[:-900], "gzip"),
    "no gzip": ("t.csv.gz", b"a,b\n1,2\n", "gzip"),
    "damaged parquet": ("t.parquet", a_parquet()[:-300], "cannot be read as Parquet"),
    "empty parquet": ("t.parquet", b"", "is empty"),
    "damaged arrow": ("t.feather", b"ARROW1\0\0" + b"x" * 200, "cannot be read as Arrow"),
    "text as arrow": ("t.arrow", b"a,b\n1,2\n", "cannot be read as Arrow"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_sentence(tmp_path, case):
    name, content, sentence = REFUSED[case]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=sentence) as caught:
        read_table(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_parquet_with_rows_missing_or_names_twice(tmp_path):
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    FRAME.iloc[:0].to_parquet(tmp_path / "t.parquet")
    with pytest.raises(InputError, match="no rows"):
        read_table(tmp_path / "t.parquet")
    pq.write_table(pa.table([[1], [2]], names=["a", "a"]), tmp_path / "t.parquet")
    with pytest.raises(InputError, match="'a' occurs more than once"):
        read_table(tmp_path / "t.parquet")


def test_no_file_offers_near_names_and_a_folder_is_said_to_be_one(tmp_path):
    write(tmp_path / "houses.csv", "a,b\n1,2\n")
    with pytest.raises(InputError, match=r"did you mean 'houses\.csv'"):
        read_table(tmp_path / "house.csv")
    with pytest.raises(InputError, match="check the path"):
        read_table(tmp_path / "nowhere" / "house.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_table(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions to matter")
def test_a_file_that_may_not_be_read(tmp_path):
    path = write(tmp_path / "t.csv", "a,b\n1,2\n")
    path.chmod(0)
    with pytest.raises(InputError, match="permissions"):
        read_table(path)


@pytest.mark.parametrize(
    ("delimiter", "sentence"),
    [
        (",", "seem to be separated by ';' (semicolon)"),
        ("::", "must be one character"),
        ("", "must be one character"),
        ('"', "must be one character"),
    ],
)
def test_a_wrong_delimiter_is_refused(tmp_path, delimiter, sentence):
    path = write(tmp_path / "t.csv", "a;b;c\n1;2;3\n")
    with pytest.raises(InputError) as caught:
        read_table(path, TableFormat(delimiter=delimiter))
    assert sentence in str(caught.value)


def test_an_unusual_delimiter_can_be_asked_for(tmp_path):
    path = write(tmp_path / "t.txt", "a b\n1 2\n3 4\n")
    assert frame_of(read_table(path, TableFormat(delimiter=" "))).to_dict("list") == {
        "a": [1, 3],
        "b": [2, 4],
    }
    tabs = write(tmp_path / "t.csv", "a\tb\n1\t2\n")
    assert list(frame_of(read_table(tabs, TableFormat(delimiter="\\t"))).columns) == ["a", "b"]
    with pytest.raises(InputError, match="does not occur in the header"):
        read_table(write(tmp_path / "one.csv", "a\n1\n"), TableFormat(delimiter=";"))


@pytest.mark.parametrize("mark", ["#", "^", "~", ":", " ", "&", "*", "¦", "\\"])
@pytest.mark.parametrize("rows", ["a|b|y\n1|red|no\n-2,5|blue|yes\n", "a|b\nred|1\nblue|2.5\n"])
def test_an_unusual_delimiter_is_asked_for_by_name(tmp_path, mark, rows):
    path = write(tmp_path / "t.csv", rows.replace("|", mark))
    header = rows.split("\n")[0].replace("|", mark)
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert f"the header of t.csv is one field {header!r}" in str(caught.value)
    assert f"for example --delimiter '{mark[0]}'" in str(caught.value)
    assert list(frame_of(read_table(path, TableFormat(delimiter=mark[0]))).columns) == header.split(
        mark
    )


@pytest.mark.parametrize(
    "text",
    [
        "remark on it\nvery good indeed\nbad\n",
        "full name\nJohn Smith\nMary Jones\n",
        "sepal.length\n5.1\n4.9\n",
        "year-month\n2020-01\n2020-02\n",
        "birth_date\n2020_01\n2020_02\n",
        "is it #1?\nyes\nno\n",
        "x\na#b\nc#d\n",
        '"a#b"\n"1#2"\n"3#4"\n',
        "'a' 'b'\n1\n2\n",
    ],
)
def test_one_column_with_marks_in_it_stays_one(tmp_path, text):
    frame = frame_of(read_table(write(tmp_path / "t.csv", text)))
    assert list(frame.columns) == [text.split("\n")[0].strip('"')]
    assert len(frame) == 2


def test_a_first_line_of_numbers_is_a_row(tmp_path):
    table = read_table(write(tmp_path / "t.csv", "5.1,3.5\n4.9,3.0\n"))
    assert frame_of(table).to_dict("list") == {"column 1": [5.1, 4.9], "column 2": [3.5, 3.0]}
    assert "has no header: line 1 is its first row" in table.notes[0]
    assert not read_table(write(tmp_path / "t.csv", "0,1\n4.9,3.0\n")).notes


def test_one_column_is_a_table_too(tmp_path):
    table = read_table(write(tmp_path / "t.csv", "only\n1\n2\n"))
    assert frame_of(table)["only"].tolist() == [1, 2]
    assert not table.notes


@pytest.mark.parametrize(
    "encoding", ["utf-9", "base64", "", "punycode", "idna", "undefined", "a\0"]
)
def test_unknown_text_encoding_is_refused(tmp_path, encoding):
    with pytest.raises(InputError, match="no text encoding"):
        read_table(write(tmp_path / "t.csv", "a,b\n1,2\n"), TableFormat(encoding=encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "utf-16", "utf-32"])
def test_an_encoding_that_does_not_decode(tmp_path, encoding):
    path = write(tmp_path / "t.csv", "a,b\ncafé,2\n", "latin-1")
    with pytest.raises(InputError, match="cannot be read as"):
        read_table(path, TableFormat(encoding=encoding))


def test_a_file_that_is_not_there_and_nothing_like_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    with pytest.raises(InputError, match=r"the folder has 'a\.csv'"):
        read_table(tmp_path / "-")


@pytest.mark.parametrize("mark", ["ab", "é", "“", "\n", "\r", "\0", 5])
def test_a_quotation_mark_that_no_file_can_have(mark):
    with pytest.raises(InputError, match="must be one ASCII character"):
        TableFormat(quote=mark)


@pytest.mark.parametrize(("mark", "encoding"), [("ab", "hex"), ("é", "undefined"), ("\n", "none")])
def test_a_model_file_that_names_no_mark_and_no_encoding(tmp_path, mark, encoding):
    hint = FileReading("text", encoding, ",", mark, 1, ("name", "y"))
    path = write(tmp_path / "t.csv", "name,y\nKöln,1\n'München,2\n", "latin-1")
    table = read_table(path, hint=hint).table
    assert table.by_name["y"].values.to_pylist() == [1, 2]


def test_the_path_of_a_file_may_be_a_text(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n")
    assert read_table(str(path)).table.names == read_table(path).table.names == ("x", "y")
    for other in (3, None, ""):
        with pytest.raises(InputError, match="it takes the path of a file"):
            read_table(other)


def test_a_missing_file_in_a_folder_that_may_not_be_listed_is_missing(tmp_path, monkeypatch):
    def refused(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refused)
    with pytest.raises(InputError, match=r"there is no file .*none\.csv: check the path"):
        read_table(tmp_path / "none.csv")
