"""What stands around a table, text encodings, names of columns, long cells, blank lines."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import learn_encoding
from tests.support.read_tables import put, read, read_new, train, values

R = Random(0)


def read_or_refused(path, target=None):
    """(the file, "") or (None, the sentence that refuses it)."""
    try:
        return read(path, target), ""
    except InputError as error:
        return None, str(error)


PLACES = {
    "spanish": ("cp1252", ["España", "Perú", "México"]),
    "french": ("cp1252", ["Genève", "Orléans", "Besançon"]),
    "portuguese": ("cp1252", ["São Paulo", "Brasília", "Maceió"]),
    "german": ("cp1252", ["Köln", "Fürth", "Straßburg"]),
    "swedish": ("cp1252", ["Malmö", "Västerås", "Växjö"]),
    "danish": ("cp1252", ["Århus", "Køge", "Helsingør"]),
    "italian": ("cp1252", ["Forlì", "Cefalù", "Città"]),
    "polish": ("cp1250", ["Łódź", "Kraków", "Gdańsk"]),
    "czech": ("cp1250", ["Plzeň", "Děčín", "Třebíč"]),
    "hungarian": ("cp1250", ["Győr", "Székesfehérvár", "Kőszeg"]),
    "russian, Windows": ("cp1251", ["Москва", "Казань", "Самара"]),
    "russian, KOI8": ("koi8-r", ["Москва", "Казань", "Самара"]),
    "hebrew": ("cp1255", ["ירושלים", "חיפה", "אילת"]),
    "greek": ("cp1253", ["Αθήνα", "Πάτρα", "Λάρισα"]),
    "turkish": ("cp1254", ["İstanbul", "İzmir", "Eskişehir"]),
    "latvian": ("cp1257", ["Rīga", "Jūrmala", "Liepāja"]),
    "lithuanian": ("cp1257", ["Šiauliai", "Panevėžys", "Klaipėda"]),
    "mac": ("mac_roman", ["España", "Perú", "México"]),
    "mac, german": ("mac_roman", ["Köln", "Fürth", "Straßburg"]),
    "chinese": ("gb18030", ["北京", "上海", "广州"]),
    "taiwan": ("big5", ["臺北", "高雄", "臺中"]),
    "japanese": ("cp932", ["東京", "大阪", "京都"]),
    "korean": ("euc_kr", ["서울", "부산", "대구"]),
    "thai": ("cp874", ["กรุงเทพ", "เชียงใหม่", "ภูเก็ต"]),
    "arabic": ("cp1256", ["القاهرة", "بغداد", "دمشق"]),
}


@pytest.mark.parametrize("language", PLACES)
@pytest.mark.parametrize("n", [8, 300, 5000])
def test_words_are_read_or_both_readings_are_said(tmp_path, language, n):
    """A wrong text is never learnt in silence: it is right, or the encoding is asked for."""
    encoding, words = PLACES[language]
    lines = [f"{i % 3 + i / 10_000:.4f},{words[i % 3]}" for i in range(n)]
    path = put(tmp_path / "t.csv", ["x,place", *lines], encoding)
    file, refusal = read_or_refused(path, "place")
    if file is None:
        assert "--encoding" in refusal
        file = read(path, "place", encoding=encoding)
    assert file.table.by_name["place"].values.to_pylist() == [words[i % 3] for i in range(n)]


def test_the_guess_is_the_same_for_any_number_of_rows(tmp_path):
    for encoding, words in PLACES.values():
        found = []
        for n in (8, 80, 8000):
            lines = [f"{i},{words[i % 3]}" for i in range(n)]
            try:
                file = read(put(tmp_path / "t.csv", ["x,place", *lines], encoding))
                found.append(file.reading.encoding)
            except InputError:
                found.append("asked")
        assert len(set(found)) == 1, (encoding, words, found)


ROWS = [f"{R.random():.2f},{R.randint(0, 9)},{R.choice(['yes', 'no'])}" for _ in range(60)]
HEADER = "a,b,y"
EXPECTED = [row.split(",") for row in ROWS]

# Lines around or between the rows, and what a note says of them.
AROUND = {
    "short title": (["Report of March", HEADER, *ROWS], "line 1"),
    "title and blank": (["Report", "", HEADER, *ROWS], "line 1"),
    "comment": (["# sensor 7", HEADER, *ROWS], "line 1"),
    "comments": (["# sensor 7", "# unit: m", HEADER, *ROWS], "lines 1 and 2"),
    "percent": (["% sensor 7", HEADER, *ROWS], "line 1"),
    "slashes": (["// sensor 7", HEADER, *ROWS], "line 1"),
    "header again": ([HEADER, *ROWS[:30], HEADER, *ROWS[30:]], "line 32"),
    "header below": ([HEADER, *ROWS, HEADER], "line 62"),
    "control Z": ([HEADER, *ROWS, "\x1a"], "line 62"),
    "count": ([HEADER, *ROWS, "(60 rows affected)"], "line 62"),
    "count, blank": ([HEADER, *ROWS, "", "(60 rows affected)"], "line 63"),
    "count, psql": ([HEADER, *ROWS, "(60 rows)"], "line 62"),
    "source": ([HEADER, *ROWS, "Source: Bureau of Statistics"], "line 62"),
    "note": ([HEADER, *ROWS, "* provisional,,"], "line 62"),
    "source, padded": ([HEADER, *ROWS, "", "Source: Bureau of Statistics,,"], "line 63"),
    "count, padded": ([HEADER, *ROWS, "(60 rows affected),,"], "line 62"),
    "total": ([HEADER, *ROWS, "Total,300,"], "line 62"),
    "sum, german": ([HEADER, *ROWS, "Summe,300,"], "line 62"),
    "trailing": ([HEADER, *(row + "," for row in ROWS)], "delimiter"),
    "all trailing": ([HEADER + ",", *(row + "," for row in ROWS)], "neither a name nor a cell"),
    "row names": ([HEADER, *(f'"{i}",{row}' for i, row in enumerate(ROWS, 1))], "row"),
    "row numbers": (['"",' + HEADER, *(f'"{i}",{r}' for i, r in enumerate(ROWS, 1))], "counts"),
}


@pytest.mark.parametrize("case", AROUND)
def test_what_stands_around_the_rows_is_left_out_and_said(tmp_path, case):
    lines, said = AROUND[case]
    file = read(put(tmp_path / "m.csv", lines), "y")
    raw = read(tmp_path / "m.csv", "y").table
    assert raw.names == ("a", "b", "y")
    assert raw.by_name["y"].values.to_pylist() == [row[2] for row in EXPECTED]
    np.testing.assert_array_equal(values(raw, "a"), [float(row[0]) for row in EXPECTED])
    np.testing.assert_array_equal(values(raw, "b"), [float(row[1]) for row in EXPECTED])
    assert any(said in note for note in file.notes), file.notes


REFUSED = {
    "title": (["Report of March,,", HEADER, *ROWS], "line 1.*'Report of March'.*--skip 1"),
    "two titles": (["Report", "March 2020,,", HEADER, *ROWS], "line 2.*'March 2020'.*--skip 2"),
    "comment between": ([HEADER, *ROWS[:30], "# paused", *ROWS[30:]], "line 32.*--comment '#'"),
    "short row": ([HEADER, *ROWS[:30], "0.5,3", *ROWS[30:]], "line 32 has 2 fields"),
    "long row": ([HEADER, *ROWS[:30], "0.5,3,yes,no", *ROWS[30:]], "line 32 has 4 fields"),
    "short last row": ([HEADER, *ROWS, "0.5,3"], "line 62 has 2 fields"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_clear_is_refused_by_line_and_option(tmp_path, case):
    lines, said = REFUSED[case]
    with pytest.raises(InputError, match=said):
        read(put(tmp_path / "m.csv", lines), "y")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [";", "|", "\t", ","])
def test_the_directive_of_excel_is_obeyed(tmp_path, delimiter, end):
    lines = [f"sep={delimiter}", *(line.replace(",", delimiter) for line in [HEADER, *ROWS])]
    (tmp_path / "m.csv").write_bytes((end.join(lines) + end).encode("utf-8-sig"))
    file = read(tmp_path / "m.csv", "y")
    assert file.reading.delimiter == delimiter
    np.testing.assert_array_equal(values(file.table, "a"), [float(row[0]) for row in EXPECTED])


HEADLESS = {
    "iris": lambda: f"{R.uniform(4, 8):.1f},{R.uniform(2, 4):.1f},{R.choice(['setosa', 'lily'])}",
    "numbers": lambda: f"{R.uniform(4, 8):.1f},{R.uniform(2, 4):.1f},{R.randint(0, 1)}",
    "dates": lambda: f"2023-0{R.randint(1, 9)}-1{R.randint(0, 9)},{R.random():.3f},{R.choice('p')}",
    "quoted": lambda: f'"{R.choice("xz")}","{R.uniform(2, 4):.1f}","{R.choice("pq")}"',
    "semicolons": lambda: f"{R.uniform(4, 8):.1f};{R.uniform(2, 4):.1f};{R.choice('ab')}",
}


@pytest.mark.parametrize("case", HEADLESS)
def test_a_file_without_a_header_keeps_its_first_row_or_asks(tmp_path, case):
    path = put(tmp_path / "k.csv", [HEADLESS[case]() for _ in range(150)])
    file, refusal = read_or_refused(path)
    if file is None:
        assert "--no-header" in refusal
        file = read(path, header=False)
    else:
        assert any("no header" in note for note in file.notes)
    assert len(file.table) == 150
    named = read(path, header=False, names=("p", "q", "r"))
    assert named.table.names == ("p", "q", "r")
    assert len(named.table) == 150


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("gap", [1, 3, 30])
def test_stray_quotation_marks_swallow_no_rows_in_silence(tmp_path, delimiter, gap):
    odd = {10: '"quoted start', 10 + gap: 'end"'}
    rows = [
        f"{a:.2f}{delimiter}{'yes' if a > 5 else 'no'}{delimiter}{odd.get(i, 'plain')}"
        for i, a in enumerate(R.uniform(0, 10) for _ in range(60))
    ]
    path = put(tmp_path / "l.tsv", [delimiter.join(["a", "y", "text"]), *rows])
    file, refusal = read_or_refused(path, "y")
    assert (len(file.table) == 60) if file else ("line 12" in refusal)


@pytest.mark.parametrize("size", [131_072, 140_000, 3_000_000])
@pytest.mark.parametrize("quoted", [False, True])
def test_a_long_cell_is_a_cell(tmp_path, size, quoted):
    mark = '"' if quoted else ""
    rows = [
        f"{R.random():.2f},{mark}{'x' * (size if i == 5 else 5)}{mark},{R.choice('ab')}"
        for i in range(50)
    ]
    path = put(tmp_path / "m.csv", ["a,doc,y", *rows])
    file = read(path, "y")
    assert [len(v) for v in file.table.by_name["doc"].values.to_pylist()][5] == size
    expected = pd.read_csv(path)
    np.testing.assert_array_equal(values(file.table, "a"), expected["a"])


@pytest.mark.parametrize("lines", [
    ["0.5", "", "2.5"], ["0.5", '""', "2.5"], ["0.5", "2.5", '""'], ["", "0.5", "2.5"],
    ["0.5", "", "", "2.5"], ["0.5", " ", "2.5"],
])  # fmt: skip
def test_blank_lines_of_one_column_are_rows(tmp_path, lines):
    training = put(tmp_path / "n0.csv", ["x,y", *(f"{i / 10},{'ab'[i > 50]}" for i in range(100))])
    encoding = train(read(training, "y"), "y")
    file = read_new(put(tmp_path / "n.csv", ["x", *lines]), encoding)
    expected = [float(t) if t.strip(' "') else np.nan for t in lines]
    np.testing.assert_array_equal(
        encoding.encode(file.table).X, encoding.encode(pd.DataFrame({"x": expected})).X
    )


@pytest.mark.parametrize("n", [1, 3])
def test_blank_lines_at_the_end_are_no_rows_and_said(tmp_path, n):
    file = read(put(tmp_path / "n.csv", ["x", "0.5", "2.5", *[""] * n]))
    assert len(file.table) == 2
    assert any(f"{n} blank line" in note for note in file.notes)


def named_by(columns):
    X = np.random.default_rng(0).normal(size=(100, 3)).round(3)
    frame = pd.DataFrame(X)
    frame[3] = np.where(X[:, 0] > 0, "p", "q")
    frame.columns = columns
    return frame


COLUMNS = {
    "integers": [0, 1, 2, 3],
    "floats": [0.5, 1.5, 2.5, 3.5],
    "two levels": pd.MultiIndex.from_tuples([("t", "a"), ("t", "b"), ("u", "c"), ("t", "y")]),
    "dates": pd.date_range("2020-01-01", periods=4),
    "truth and text": ["a", "True", "1", "None"],
    "range": pd.RangeIndex(10, 14),
}


@pytest.mark.parametrize("case", COLUMNS)
@pytest.mark.parametrize("end", ["parquet", "feather", "frame"])
def test_columns_that_are_not_named_by_text(tmp_path, case, end):
    frame = named_by(COLUMNS[case])
    target = str(frame.columns[-1])
    if end == "parquet":
        frame.to_parquet(tmp_path / "j.parquet")
        table = read(tmp_path / "j.parquet", target).table
    elif end == "feather":
        if case == "two levels":
            pytest.skip("pandas writes no Feather of two levels")
        frame.rename(columns=str).to_feather(tmp_path / "j.feather")
        table = read(tmp_path / "j.feather", target).table
    else:
        table = frame
    encoding = learn_encoding(table, target=target)
    assert encoding.target.classes == ("p", "q")
    assert encoding.n_features == 3
    again = encoding.encode(table)
    assert not again.notes
    np.testing.assert_array_equal(again.X, encoding.encode(frame).X)


@pytest.mark.parametrize("text", [
    '{"a": 1, "y": "p"}\n{"a": 2, "y": "q"}\n', '[{"a": 1, "y": "p"}, {"a": 2, "y": "q"}]\n',
    "| a | y |\n|---|---|\n| 1 | p |\n| 2 | q |\n", "'a','y'\n'1','p'\n'2','q'\n",
    "<table><tr><td>1</td></tr></table>\n",
])  # fmt: skip
def test_what_is_no_csv_is_read_as_what_it_is_or_named(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_text(text)
    try:
        table = read(path).table
    except InputError:
        return
    assert table.names == ("a", "y")
    assert [str(v) for v in table.by_name["a"].values.to_pylist()] == ["1", "2"]
    assert table.by_name["y"].values.to_pylist() == ["p", "q"]


def test_large_numbers_that_differ_in_the_last_digits(tmp_path):
    big = [9_223_372_036_854_775_000 + i % 7 for i in range(100)]
    frame = pd.DataFrame({"n": big, "y": ["a", "b"] * 50})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    for end in ("csv", "parquet"):
        table = read(tmp_path / f"t.{end}", "y").table
        X = learn_encoding(table, target="y").encode(table).X[:, 0]
        assert len(np.unique(X)) == 7
        np.testing.assert_array_equal(
            np.argsort(X, kind="stable"), np.argsort(np.array(big), kind="stable")
        )
