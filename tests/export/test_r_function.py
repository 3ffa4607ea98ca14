"""Functions of R of networks, run by R."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPClassifier
from rosenblatt.export.r_function import constant, r_function
from rosenblatt.network import Dense
from tests.support.export_tables import cells, strange, table
from tests.support.exported import CASES, expected, rows, trained
from tests.support.refused import LAYERS, is_refused
from tests.support.table_models import TARGETS, averaged_model, expected_in_double, saved_model

RSCRIPT = shutil.which("Rscript")
NEEDS_R = pytest.mark.skipif(RSCRIPT is None, reason="no R")


def run(script: str, folder: Path) -> list[list[str]]:
    """The words of each line that a script of R writes."""
    path = folder / "main.R"
    path.write_text(script, encoding="ascii")
    done = subprocess.run([str(RSCRIPT), str(path)], check=True, capture_output=True, text=True)
    return [line.split() for line in done.stdout.splitlines()]


def shown(value: str) -> str:
    """A statement that writes numbers row by row in all their digits."""
    return f'cat(sprintf("%.17g", t(as.matrix({value}))), "\\n")\n'


@NEEDS_R
def test_every_network(tmp_path: Path) -> None:
    """Or a sentence about what it lacks."""
    X, kept = rows(8), {}
    script = f"X <- matrix(c({', '.join(map(constant, X.ravel(order='F')))}), 8)\n"
    for name, case in CASES.items():
        if is_refused(case, *LAYERS):
            with pytest.raises(ValueError, match="cannot be exported to R"):
                r_function(case, list("abcde"))
        else:
            kept[name] = case
            script += r_function(case, list("abcde")) + shown("network(X)")
    assert len(kept) > 50
    lines = run(script, tmp_path)
    for (name, case), line in zip(kept.items(), lines, strict=True):
        want = expected(case, X)
        got = np.array(line, float).reshape(want.shape)
        np.testing.assert_allclose(got, want, 1e-9, 1e-15, err_msg=name)


@NEEDS_R
def test_raw_cells(tmp_path: Path) -> None:
    script, want = "", []
    for with_gaps in (False, True):
        frame = table(with_gaps)
        given = pd.concat([frame[100:120], strange(frame)[:45]])
        for target, loss, n in TARGETS:
            single = saved_model(frame, target, loss, n, np.float64)
            for saved in (single, averaged_model(frame, target, loss, n)):
                script += saved.to_r() + data_frame(cells(given, saved.encoding))
                script += shown("network(data)")
                want.append(expected_in_double(saved, given, saved.model.dtype))
    for line, numbers in zip(run(script, tmp_path), want, strict=True):
        np.testing.assert_allclose(np.array(line, float).reshape(numbers.shape), numbers, 1e-9)


def data_frame(columns: dict[str, Any]) -> str:
    listed = []
    for name, column in columns.items():
        values = ["NA" if v == "" or v != v else constant(v) for v in column[:, 0].tolist()]
        listed.append(f"{constant(name)} = c({', '.join(values)})")
    return f"data <- data.frame({', '.join(listed)}, check.names = FALSE)\n"


@NEEDS_R
def test_dates_factors_and_truth_values_as_r_has_them(tmp_path: Path) -> None:
    frame = table(with_gaps=True)
    (target, loss, n), *_ = TARGETS
    saved = saved_model(frame, target, loss, n, np.float64)
    script = saved.to_r(name="net") + (
        'days <- data.frame(income = 1.5, `_value_1` = 3, town = "K\\u00f6ln", member = 1,'
        " seen = 18325.25, check.names = FALSE)\n"
        "own <- days\nown$town <- factor(own$town)\nown$member <- TRUE\n"
        'own$seen <- as.POSIXct("2020-03-04 06:00", tz = "UTC")\n'
        "gap <- days\ngap$town <- NA\n"
        'day <- own\nday$seen <- as.Date("2020-03-04")\ndays2 <- days\ndays2$seen <- 18325\n'
        + "".join(shown(f"net({rows})") for rows in ("days", "own", "gap", "day", "days2"))
        + 'cat(colnames(net(days)), "\\n")\n'
    )
    days, own, gap, day, days2, classes = run(script, tmp_path)
    assert days == own
    assert days != gap
    assert day == days2
    assert classes == ["x", "y", "z"]


@NEEDS_R
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_blanks_around_a_text_are_those_of_tables(
    tmp_path: Path, locale: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`trimws` knows four of them."""
    monkeypatch.setenv("LC_ALL", locale)
    (target, loss, n), *_ = TARGETS
    saved = saved_model(table(with_gaps=True), target, loss, n, np.float64)
    around = [c for c in map(chr, range(0x10000)) if c.isspace()]
    others = ["\ufeff", "\u200b", "x"]
    texts = ["Ulm", "Atlantis", *(f"{c}Ulm{c}" for c in (*around, *others))]
    escaped = ("".join(f"\\u{ord(c):04x}" for c in text) for text in texts)
    towns = ", ".join(f'"{text}"' for text in escaped)
    script = saved.to_r(name="net") + (
        f"rows <- data.frame(income = 1, `_value_1` = 3, town = c({towns}), member = 1, seen = 0,"
        ' check.names = FALSE)\ncat(paste(apply(net(rows), 1, paste, collapse = "_")), "\\n")\n'
    )
    ((known, unseen, *found),) = run(script, tmp_path)
    assert known != unseen
    assert found == [known] * len(around) + [unseen] * len(others)


@NEEDS_R
def test_a_data_frame_with_other_columns_is_read_by_names(tmp_path: Path) -> None:
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 2)), columns=["a", "b"])
    clf = MLPClassifier(3, solver="lbfgs").fit(X, X["a"] > 0)
    script = clf.to_r() + shown("network(data.frame(c = 1, b = 2, a = -1))")
    ((*numbers,),) = run(script, tmp_path)
    want = clf.predict_proba(pd.DataFrame({"a": [-1.0], "b": [2.0]}))
    np.testing.assert_allclose(np.array(numbers, float)[None], want, 1e-9)


def test_constants_are_exact_and_ascii() -> None:
    assert constant(0.1) == "0x1.999999999999ap-4"
    assert constant('ä"\\\n😀') == '"\\u00e4\\u0022\\u005c\\u000a\\U0001f600"'


@pytest.mark.parametrize("name", ["1st", "if", "a b", "", "x`"])
def test_a_name_that_r_has_not_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a function of R"):
        r_function(trained((Dense(3),)), list("abcde"), name)
