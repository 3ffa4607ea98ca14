"""Encodings of text files, told apart by the letters that words are likely to have."""

import random

import pytest

from rosenblatt.errors import InputError
from rosenblatt.table.files import FileReading, encoding_guess, read_table
from rosenblatt.table.format import TableFormat

PLACES = {
    "Spanish": ("cp1252", "España Perú México Córdoba mañana Logroño Ávila"),
    "French": ("cp1252", "Genève Besançon Orléans forêt hôtel déjà Nîmes"),
    "German": ("cp1252", "Köln München Straße Österreich Düsseldorf Fürth"),
    "Portuguese": ("cp1252", "São Brasília Goiânia Maranhão coração avó"),
    "Danish": ("cp1252", "København Århus Tromsø Ålesund Bodø æble"),
    "Polish": ("cp1250", "Łódź Kraków Gdańsk Wrocław Poznań Częstochowa"),
    "Polish, ISO": ("iso8859_2", "Łódź Kraków Gdańsk Wrocław Świdnica Częstochowa"),
    "Czech": ("cp1250", "Plzeň České Děčín Třebíč Jihlavě Příbram"),
    "Hungarian": ("cp1250", "Győr Pécs Kőszeg Székesfehérvár Hódmezővásárhely"),
    "Romanian": ("cp1250", "Iaşi Timişoara Braşov Constanţa Bacău Târgu"),
    "Russian": ("cp1251", "Москва Казань Екатеринбург Россия город улица"),
    "Russian, KOI8": ("koi8_r", "Москва Казань Екатеринбург Россия город улица"),
    "Russian, DOS": ("cp866", "Москва Казань Екатеринбург Россия город улица"),
    "Ukrainian": ("cp1251", "Київ Львів Україна Харків Одеса місто"),
    "Greek": ("cp1253", "Αθήνα Θεσσαλονίκη Πάτρα Ηράκλειο πόλη όχι"),
    "Turkish": ("cp1254", "İstanbul Diyarbakır Eskişehir Muğla İzmir Ağrı"),
    "Hebrew": ("cp1255", "ירושלים חיפה ישראל שלום באר אשדוד"),
    "Arabic": ("cp1256", "القاهرة الرياض بغداد دمشق مدينة العربية"),
    "Lithuanian": ("cp1257", "Šiauliai Panevėžys Klaipėda žemė ąžuolas Kėdainiai"),
    "Latvian": ("cp1257", "Rīga Jūrmala Rēzekne Cēsis Tukumā šodien"),
    "Thai": ("cp874", "กรุงเทพ เชียงใหม่ ภูเก็ต ประเทศไทย เมือง"),
    "French, Mac": ("mac_roman", "Genève Besançon Orléans forêt hôtel déjà"),
    "German, Mac": ("mac_roman", "Köln München Straße Österreich Düsseldorf Fürth"),
    "Chinese": ("gb18030", "北京 上海 广州 中国 城市 人民"),
    "Chinese, Taiwan": ("big5", "臺北 高雄 中國 城市 學校 是 否"),
    "Japanese": ("cp932", "東京 大阪 京都 日本 はい いいえ"),
    "Japanese, EUC": ("euc_jp", "東京 大阪 京都 日本 はい カタカナ"),
    "Korean": ("cp949", "서울 부산 대구 한국 아니오 학교"),
}


def places_file(path, words, n_rows, encoding):
    draw = random.Random(0)
    rows = [words[i % len(words)] for i in range(n_rows)]
    lines = "".join(f"{draw.random():.2f},{word}\n" for word in rows)
    path.write_bytes(f"x,place\n{lines}".encode(encoding))
    return rows


@pytest.mark.parametrize("language", PLACES)
def test_words_are_read_as_written_from_eight_rows_and_from_many(tmp_path, language):
    pytest.importorskip("chardet")
    encoding, places = PLACES[language]
    found = set()
    for n_rows in (8, 20_000):
        rows = places_file(tmp_path / "t.csv", places.split(), n_rows, encoding)
        file = read_table(tmp_path / "t.csv")
        assert file.table.by_name["place"].values.to_pylist() == rows
        assert "not UTF-8" in file.notes[0]
        found.add(file.reading.encoding)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("word", "encoding", "readings"),
    [("lunedì", "cp1252", ("'lunedì'", "'lunedě'")), ("così", "cp1252", ("'così'", "'cosě'"))],
)
def test_where_nothing_decides_both_readings_are_named(tmp_path, word, encoding, readings):
    rows = places_file(tmp_path / "t.csv", [word], 8, encoding)
    with pytest.raises(InputError, match="--encoding") as caught:
        read_table(tmp_path / "t.csv")
    assert readings[0] in str(caught.value) or readings[1] in str(caught.value)
    said = read_table(tmp_path / "t.csv", TableFormat(encoding=encoding))
    assert said.table.by_name["place"].values.to_pylist() == rows
    hint = FileReading("text", encoding=encoding)
    hinted = read_table(tmp_path / "t.csv", hint=hint)
    assert hinted.table.by_name["place"].values.to_pylist() == rows


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(tmp_path, encoding):
    (tmp_path / "t.csv").write_bytes("größe,y\n1,a\n2,b\n3,a\n".encode(encoding))
    file = read_table(tmp_path / "t.csv")
    assert file.table.names == ("größe", "y")
    assert file.reading.encoding == encoding


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("gbk", "℃ 0分钟 100分钟 否 是"),
        ("shift_jis", "はい いいえ"),
        ("iso8859_3", "ħobż ġnien Għawdex"),
    ],
)
def test_the_encoding_that_was_named_in_training_is_taken(tmp_path, named, words):
    rows = places_file(tmp_path / "t.csv", words.split(), 8, named)
    found = read_table(tmp_path / "t.csv", hint=FileReading("text", encoding=named))
    assert found.table.by_name["place"].values.to_pylist() == rows


def test_units_and_signs_of_a_chinese_table_are_not_thai(tmp_path):
    pytest.importorskip("chardet")
    minutes = [f"{n}分钟" for n in range(-10, 300, 7)]
    rows = places_file(tmp_path / "t.csv", [*minutes, "11.1℃", "是", "否"], 400, "gb18030")
    assert read_table(tmp_path / "t.csv").table.by_name["place"].values.to_pylist() == rows


def test_of_a_word_without_end_the_beginning_is_judged(tmp_path, monkeypatch):
    """Every letter was looked at in each of 25 encodings: a file of 10 MB took a quarter hour."""
    letters = []
    judged = encoding_guess.strangeness
    monkeypatch.setattr(
        encoding_guess, "strangeness", lambda word: letters.append(len(word)) or judged(word)
    )
    word = "déjàvécul" * 20_000
    rows = places_file(
        tmp_path / "t.csv", ["Orléans", "Besançon", "Nîmes", "Angoulême", word], 12, "cp1252"
    )
    assert read_table(tmp_path / "t.csv").table.by_name["place"].values.to_pylist() == rows
    assert sum(letters) < 10_000
