"""Mutated text files: a table or a sentence, whatever the bytes."""

import random

import pytest

from rosenblatt.errors import InputError
from rosenblatt.table.files import TableFile, read_table

TEXTS = [
    "a,b,y\n1.5,2,yes\n2.5,NA,no\n-0.25,3,yes\n",
    'name;text;n\r\n"Müller; Jo";"two\nlines";1,5\r\nß;"say ""hi""";2,25\r\n',
    "x\ty\tz\n1\t2020-01-01\tа\n2\t2020-02-01\tб\n3\t2020-03-01\tв\n",
    "# comment\nTitle\n\nid|when|v\n1|03.04.2023|1.234\n2|13.04.2023|90.000\nTotal||3\n",
    "x\n1\n\n2\n",
    "sep=;\na;b\n1;2\n",
    '"1",2,3\n"2",3,4\n"3",4,5\n',
    "a,b\n" + "0x1F,1e400\n" * 3 + "nan,inf\n",
    "東京,大阪\n1,2\n3,4\n",
    "'a' 'b'\n'1' '2'\n",
    "",
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "koi8_r", "cp932"]
PIECES = [b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\0", b"\x1a", b"\\", b"#", b" "]
PIECES += [b"\xff", b"\xef\xbb\xbf", b"\xe4", b"{", b"<", b"|", b"-", b"1,", b'""', b"=", b"\x1f"]


def mutated(draw: random.Random) -> bytes:
    text = draw.choice(TEXTS) * draw.choice([1, 1, 1, 2, 30])
    data = text.encode(draw.choice(ENCODINGS), errors="replace")
    for _ in range(draw.randint(0, 6)):
        at, size = draw.randint(0, len(data)), draw.randint(0, 12)
        what = draw.randrange(6)
        if what == 0:
            data = data[:at] + data[at + size :]
        elif what == 1:
            data = data[:at] + data[at : at + size] * 3 + data[at + size :]
        elif what == 2:
            data = data[:at] + draw.choice(PIECES) + data[at:]
        elif what == 3:
            data = data[:at]
        elif what == 4 and data:
            flipped = data[at % len(data)] ^ (1 << draw.randrange(8))
            data = data[: at % len(data)] + bytes([flipped]) + data[at % len(data) + 1 :]
        else:
            cut = draw.randint(0, len(data))
            data = data[cut:] + data[:cut]
    return data


def read_all(path, seeds):
    n_read = 0
    for seed in seeds:
        draw = random.Random(seed)
        data = mutated(draw)
        path.write_bytes(data)
        try:
            file = read_table(path)
        except InputError:
            continue
        except Exception as error:
            raise AssertionError(f"seed {seed}: {data!r}") from error
        assert isinstance(file, TableFile)
        assert all(len(cells) == len(file.table) > 0 for cells in file.table.columns)
        for cells in file.table.columns:
            cells.values.validate(full=True)
        n_read += 1
    return n_read


@pytest.mark.parametrize("ending", ["csv", "tsv"])
def test_mutated_text_is_a_table_or_refused(tmp_path, ending):
    assert read_all(tmp_path / f"t.{ending}", range(150)) > 20


@pytest.mark.slow
def test_many_mutated_texts_are_tables_or_refused(tmp_path):
    assert read_all(tmp_path / "t.csv", range(1000, 51_000)) > 5000
