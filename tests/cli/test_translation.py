"""A text is translated by the template that it came from, whatever its places hold."""

from __future__ import annotations

import pytest

from rosenblatt.cli.languages.catalogue import entries, fields_of
from rosenblatt.cli.languages.template import Template
from rosenblatt.cli.languages.translation import Translation

ENTRIES = {
    "{n:,} row": "{n} 行",
    "{n:,} rows": "{n} 行",
    "{n:,} missing cells": "{n} 个缺失的单元格",
    "row {value}": "第 {value} 行",
    "column {name!r} has {count} ({rows}): {what}": "列 {name} 有 {count}（{rows}）：{what}",
    " ({count} likewise)": "（{count}同样如此）",
    "the median was taken": "取中位数",
    "{path} exists and holds no {what}": "{path} 已存在，不是{what}",
    "predictions": "预测",
    "numbers": "数值",
    "median {value:g}": "中位数 {value}",
    ", some missing": "，有缺失",
    "{count} in {count2}": "{count2}中有 {count}",
    "{count} in {seconds:.1f} s; stopped, because {reason}": "{count}，{seconds} 秒；因为 {reason}",
    "; stopped, because {reason}": "；因为 {reason}",
    "Invalid value for {option!r}: {message}": "{option} 的值无效：{message}",
}


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("2,000 rows", "2,000 行"),
        ("1 row", "1 行"),
        (
            "column 'a, (b): c' has 3 missing cells (row 7): the median was taken",
            "列 'a, (b): c' 有 3 个缺失的单元格（第 7 行）：取中位数",
        ),
        # Names are never translated, and none reaches over the text before it.
        ("numbers exists and holds no predictions", "numbers 已存在，不是预测"),
        (
            "Invalid value for '--out': x exists and holds no predictions",
            "'--out' 的值无效：x 已存在，不是预测",
        ),
        # Remarks, and lists of what is translated and what is not.
        ("row 3 (2 rows likewise)", "第 3 行（2 行同样如此）"),
        ("numbers, median -1.5e+30, some missing", "数值，中位数 -1.5e+30，有缺失"),
        ("utf-8, numbers, 'numbers, median 2'", "utf-8，数值，'numbers, median 2'"),
        ("a, b, c", "a, b, c"),
        ("3 rows in 0.1 s; stopped, because it was", "3 行，0.1 秒；因为 it was"),
        # Line by line.
        ("numbers\n\n1 row\n", "数值\n\n1 行\n"),
        # What has no translation stays as it is.
        ("it was many rows", "it was many rows"),
        ("many rows", "many rows"),
        ("", ""),
    ],
)
def test_translations(text: str, translated: str) -> None:
    assert Translation(ENTRIES.items())(text) == translated


def test_a_text_made_to_match_in_many_ways_takes_no_longer() -> None:
    """Each place ends where the words after it first occur: nothing is tried twice."""
    many = Template("{a} is {b}, {c} is {d}, {e} is {f} of {g}", "")
    assert many.values("x is y, " * 200_000) is None
    words = Translation(ENTRIES.items())
    text = "column 'a' has 3 rows (row 1): " + "(row 1): " * 20_000
    assert words(text).startswith("列 'a' 有 3 行")


def test_an_entry_of_a_catalogue() -> None:
    block = (
        '# by hand\n#: a.py\nmsgid ""\n"{n} \\"row\\" "\n"of"\n'
        'msgid_plural "rows"\nmsgstr[0] "行\\n"'
    )
    assert fields_of(block) == {
        "msgid": '{n} "row" of',
        "msgid_plural": "rows",
        "msgstr[0]": "行\n",
    }


def test_a_divergence_that_is_rolled_back() -> None:
    words = Translation(entries("zh"))
    text = (
        "Training diverged in epoch 1 at a learning rate of 1e+06: in batch 3 of 7, the loss"
        " overflows float32, of the outputs of layer 2 (3→1, output). Most likely steps that were"
        " too large let the weights grow to 6.1e+18. Training goes back to the last good weights"
        " and continues at 0.5 times the learning rate."
    )
    assert words(text) == (
        "训练在第 1 轮的第 3 批（共 7 批）发散，学习率为 1e+06：由第 2 层（3→1，output）的输出"
        "算得的损失超出 float32 的范围。很可能是步长太大，使权重增长到 6.1e+18。训练退回到最近一次"
        "完好的权重，并以 0.5 倍的学习率继续。"
    )


@pytest.mark.parametrize(
    ("detail", "translated"),
    [
        ("whole numbers, written 1234.5K, median 1e+05", "整数，写作 1234.5K，中位数 1e+05"),
        (
            "numbers, median 6.8e+38, some missing, taken as missing: 'C2'",
            "数值，中位数 6.8e+38，有缺失，当作缺失：'C2'",
        ),
        (
            "3 categories, 2 pooled as rare, some missing, taken as missing: 'C2', 'x'",
            "3 个类别，其中 2 个因少见而合并，有缺失，当作缺失：'C2', 'x'",
        ),
        (
            "dates, median 2020-01-01, some missing, recurring by month",
            "日期，中位数 2020-01-01，有缺失，按月重复",
        ),
    ],
)
def test_details_of_columns(detail: str, translated: str) -> None:
    assert Translation(entries("zh"))(detail) == translated
