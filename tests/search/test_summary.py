"""The table of results, the choice in a sentence, and the progress."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rosenblatt import MLPClassifier, StructureSearchCV
from rosenblatt.search.results import SearchResults, search_results
from rosenblatt.search.summary import candidates_table, choice
from rosenblatt.search.terminal import terminal_plot
from tests.support.search_results import X, Y, made, searched

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning"),
]


def rows_of(found: SearchResults) -> list[str]:
    return candidates_table(found, "utf-8").split("\n\n")[0].splitlines()


def test_the_table_has_the_results_sorted_by_score(search) -> None:
    results = search.cv_results_
    header, *rows = rows_of(search_results(search))
    assert header.split()[:3] == ["hidden", "parameters", "validation"]
    order = np.argsort(-results["mean_test_score"], kind="stable")
    assert len(rows) == len(order)
    for row, i in zip(rows, order, strict=True):
        words = row.lstrip("◆▲■ ").split()
        hidden = results["param_hidden_layer_sizes"][i]
        assert words[0] == (",".join(map(str, hidden)) or "none")
        assert words[1] == f"{results['n_parameters'][i]:,}"
        scores = [results[f"split{k}_test_score"][i] for k in range(4)]
        assert words[2] == f"{np.mean(scores):.4f}"
        assert words[4] == f"{np.std(scores, ddof=1) / 2:.4f}"
        assert words[5] == f"{results['mean_train_score'][i]:.4f}"
        assert float(words[6]) == results["mean_n_epochs"][i]
        assert words[8] == results["status"][i]
        assert ("◆" in row) == (i == search.best_index_)
        assert ("■" in row) == (i == search.one_standard_error_index_)


def test_the_table_names_what_a_grid_varies(grid) -> None:
    header, *rows = rows_of(search_results(grid))
    assert header.split()[:4] == ["hidden", "alpha", "momentum", "parameters"]
    assert len(rows) == 12
    assert {row.lstrip("◆▲■ ").split()[1] for row in rows} == {"0.0001", "1", "10000"}


def test_a_failed_candidate_comes_last_without_numbers() -> None:
    test = np.array([np.nan, 0.88, 0.90, 0.80])
    last = rows_of(made(test=test, status=("failed", *["finished"] * 3)))[-1]
    assert last.split() == ["none", "10", "-", "-", "5", "0.10", "failed"]


def test_of_very_many_candidates_the_best_and_the_marked_are_listed() -> None:
    n = 100
    found = made(
        sizes=tuple((k + 1,) for k in range(n)),
        others=({},) * n,
        n_parameters=np.arange(1, n + 1),
        test=np.linspace(0.9, 0.8, n),
        error=np.full(n, 0.01),
        train=np.ones(n),
        n_epochs=np.ones(n),
        seconds=np.ones(n),
        status=("finished",) * n,
        compared=np.ones(n, bool),
        chosen=70,
        highest=0,
        smallest=0,
    )
    _, *rows, more = rows_of(found)
    assert len(rows) == 41
    assert rows[-1].startswith("◆   71")
    assert more == "and 59 more"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "chosen: 16 (1,000 parameters), for the highest mean accuracy, 0.9000 ± 0.0300; the"
         " smallest network within one standard error of it is 4 (100 parameters)"),
        ({"smallest": 2}, "no smaller network comes within one standard error"),
        ({"smallest": 2, "compared": np.array([True, False, True, True])},
         "no smaller network trained to its end comes within one standard error"),
        ({"chosen": 1}, "chosen: 4 (100 parameters), the smallest network within one standard error"
         " of the highest mean accuracy, 0.9000 ± 0.0300, of 16 (1,000 parameters)"),
        ({"chosen": 0}, "chosen: no hidden layers (10 parameters); 16 (1,000 parameters) has"),
        ({"chosen": None}, "nothing was chosen"),
        ({"test": np.array([np.nan, np.nan, 0.9, np.nan]), "smallest": 2},
         "chosen: 16 (1,000 parameters), the only candidate with a score: mean accuracy, 0.9000"),
    ],
)  # fmt: skip
def test_the_choice_and_why(changed: dict[str, Any], said: str) -> None:
    assert said in choice(made(**changed), "utf-8")


def test_the_summary_is_table_choice_and_plot(search) -> None:
    text = search.summary(width=70, height=10)
    found = search_results(search)
    assert candidates_table(found) in text
    assert terminal_plot(found, width=70, height=10) in text
    assert choice(found) in " ".join(text.split("\n"))


@pytest.mark.parametrize("width", [39, 1, 0])
def test_where_there_is_no_room_there_is_no_plot(search, width: int) -> None:
    text = search.summary(width=width)
    assert candidates_table(search_results(search)) in text
    assert "logarithmic" not in text
    assert "logarithmic" in search.summary(width=40)


def test_a_pipelines_search_is_shown_as_well() -> None:
    network = make_pipeline(StandardScaler(), MLPClassifier(max_iter=3, random_state=0))
    iris = load_iris(return_X_y=True)
    one = StructureSearchCV(
        network, [(), (4,)], param_grid={"mlpclassifier__alpha": [1.0]}, selection="best"
    ).fit(*iris)
    assert search_results(one).sizes == ((), (4,))
    assert search_results(one).others == ({"alpha": 1.0},) * 2


def test_halving_may_choose_one_that_ended_before_the_last_rung() -> None:
    network = MLPClassifier(
        max_iter=81, batch_size=50, random_state=0, early_stopping=True, n_iter_no_change=2
    )
    found = StructureSearchCV(
        network, [(k,) for k in (2, 4, 8, 16, 32, 64, 65, 66, 67)], strategy="halving", refit=False
    ).fit(X, Y)
    results = found.cv_results_
    ended_early = (results["status"] == "finished") & (results["rung"] < results["rung"].max())
    assert ended_early.any()
    finished = np.flatnonzero(results["status"] == "finished")
    assert results["mean_test_score"][found.highest_index_] == (
        results["mean_test_score"][finished].max()
    )


def test_the_progress_bar_counts_fits_on_standard_error(capsys) -> None:
    searched(verbose="bar")
    out, err = capsys.readouterr()
    assert out == ""
    assert "fit 20/20 [████████████████████] best " in err
    assert err.endswith(" s\n")
