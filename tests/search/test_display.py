"""What a search shows: its picture, its plot in characters, its table, and its progress."""

from __future__ import annotations

import io
import sys
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rosenblatt import MLPClassifier, StructureSearchCV, StructureSearchDisplay
from rosenblatt.search.plot_symbols import shown
from rosenblatt.search.results import SearchResults, findings
from rosenblatt.search.summary import candidates_table, choice
from rosenblatt.search.terminal import terminal_plot

mpl.use("agg")

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning"),
]

X, Y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
SIZES = [(32, 16), (), (2,), (8,), (16,)]


def searched(candidates: Any = SIZES, **options: Any) -> StructureSearchCV:
    network = MLPClassifier(max_iter=8, batch_size=50, random_state=0)
    return StructureSearchCV(network, candidates, cv=4, **{"refit": False, **options}).fit(X, Y)


@pytest.fixture(scope="module")
def search() -> StructureSearchCV:
    return searched()


@pytest.fixture(scope="module")
def grid() -> StructureSearchCV:
    """Two sizes with six candidates each."""
    return searched([(), (16,)], param_grid={"alpha": [1e-4, 1.0, 1e4], "momentum": [0.5, 0.9]})


def made(**changed: Any) -> SearchResults:
    """A search of four sizes, made up."""
    values: dict[str, Any] = {
        "metric": "accuracy",
        "n_folds": 5,
        "sizes": ((), (4,), (16,), (64, 32)),
        "others": ({},) * 4,
        "n_parameters": np.array([10, 100, 1_000, 10_000]),
        "test": np.array([0.70, 0.88, 0.90, 0.80]),
        "error": np.array([0.01, 0.02, 0.03, 0.01]),
        "train": np.array([0.71, 0.89, 0.95, 1.00]),
        "n_epochs": np.array([5.0, 6.0, 7.0, 8.0]),
        "seconds": np.array([0.1, 0.2, 0.3, 0.4]),
        "status": ("finished",) * 4,
        "compared": np.ones(4, bool),
        "chosen": 2,
        "highest": 2,
        "smallest": 1,
    }
    return SearchResults(**{**values, **changed})


def at(mark: Any) -> tuple[float, float]:
    return float(mark.get_xdata()[0]), float(mark.get_ydata()[0])


def displayed(found: SearchResults) -> StructureSearchDisplay:
    return StructureSearchDisplay(found=found).plot(Figure().subplots())


# The picture.


def test_the_curves_are_the_results_in_the_order_of_the_sizes(search) -> None:
    display = StructureSearchDisplay.from_estimator(search)
    results = search.cv_results_
    order = np.argsort(results["n_parameters"])
    folds = np.array([results[f"split{k}_test_score"][order] for k in range(4)])
    validation, training = display.lines_
    for line in display.lines_:
        assert_array_equal(line.get_xdata(), results["n_parameters"][order])
    assert_allclose(validation.get_ydata(), folds.mean(axis=0))
    assert_allclose(training.get_ydata(), results["mean_train_score"][order])
    # The band's corners: the mean and its standard error over four folds on both sides.
    band = display.fill_between_.get_paths()[0].vertices[:, 1]
    error = folds.std(axis=0, ddof=1) / 2
    for corner in np.concatenate([folds.mean(axis=0) - error, folds.mean(axis=0) + error]):
        assert np.isclose(band, corner).any()
    assert display.ax_.get_xscale() == "log"
    assert display.ax_.get_xlabel() == "parameters (logarithmic)"
    assert display.ax_.get_ylabel() == "accuracy"
    assert display.figure_ is display.ax_.figure


def test_choice_highest_and_threshold_are_where_they_were_measured(search) -> None:
    results, best = search.cv_results_, search.best_index_
    display = StructureSearchDisplay.from_estimator(search, ax=Figure().subplots())
    expected = results["n_parameters"][best], results["mean_test_score"][best]
    assert at(display.chosen_) == expected
    scores = [results[f"split{k}_test_score"][best] for k in range(4)]
    threshold = np.mean(scores) - np.std(scores, ddof=1) / 2
    assert_allclose(display.threshold_.get_ydata(), threshold)
    assert display.highest_ is None  # the chosen one is it


def test_three_marks_where_three_candidates_are_meant() -> None:
    display = displayed(made(chosen=3))
    assert at(display.chosen_) == (10_000, 0.80)
    assert at(display.highest_) == (1_000, 0.90)
    assert at(display.smallest_) == (100, 0.88)
    assert "64,32 (10,000 parameters)" in display.chosen_.get_label()
    one = displayed(made(smallest=2))
    assert one.highest_ is None
    assert one.smallest_ is None
    assert displayed(made(chosen=None)).chosen_ is None


def test_of_a_size_the_best_makes_the_curve_and_the_others_are_faint(grid) -> None:
    display = StructureSearchDisplay.from_estimator(grid, ax=Figure().subplots())
    results = grid.cv_results_
    for n, score in zip(display.lines_[0].get_xdata(), display.lines_[0].get_ydata(), strict=True):
        assert score == results["mean_test_score"][results["n_parameters"] == n].max()
    drawn = sorted([*display.faint_.get_ydata(), *display.lines_[0].get_ydata()])
    assert_allclose(drawn, np.sort(results["mean_test_score"]))
    assert display.faint_.get_alpha() < 1
    assert display.faint_.get_label() == "others of a size"


def test_those_not_trained_to_their_end_are_faint() -> None:
    status = ("finished", "eliminated", "finished", "cut")
    compared = np.array([True, False, True, False])
    display = displayed(made(status=status, compared=compared, smallest=2))
    assert_array_equal(display.lines_[0].get_xdata(), [10, 1_000])
    assert_array_equal(display.faint_.get_xdata(), [100, 10_000])
    assert display.faint_.get_label() == "not trained to the end"


def test_failed_ones_are_left_out_and_told() -> None:
    test = np.array([0.70, np.nan, 0.90, 0.80])
    compared = np.array([True, False, True, True])
    display = displayed(made(test=test, compared=compared, smallest=2))
    assert_array_equal(display.lines_[0].get_xdata(), [10, 1_000, 10_000])
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert "not shown: 1 without a score" in labels
    assert not any("not shown" in text.get_text() for text in legend_of(made()))


def legend_of(found: SearchResults) -> Any:
    return displayed(found).ax_.get_legend().get_texts()


def test_a_score_far_below_the_others_is_an_arrow_at_the_edge() -> None:
    sizes = ((), (2,), (4,), (8,), (16,), (32,))
    found = made(
        sizes=sizes,
        others=({},) * 6,
        n_parameters=np.array([10, 20, 40, 80, 160, 320]),
        test=np.array([-250.0, 0.80, 0.84, 0.86, 0.87, 0.85]),
        error=np.full(6, 0.01),
        train=np.full(6, 0.9),
        n_epochs=np.ones(6),
        seconds=np.ones(6),
        status=("finished",) * 6,
        compared=np.ones(6, bool),
        chosen=4,
        highest=4,
        smallest=3,
    )
    assert found.score_range == pytest.approx((0.79, 0.9))
    display = displayed(found)
    assert_array_equal(display.below_.get_xdata(), [10])
    assert display.ax_.get_ylim()[0] > 0.7
    assert displayed(made()).below_ is None


def test_the_hidden_layers_stand_above_their_points(search) -> None:
    display = StructureSearchDisplay.from_estimator(search, ax=Figure().subplots())
    names = {text.get_text() for text in display.names_.get_xticklabels()}
    assert names == {"none", "2", "8", "16", "32,16"}
    ticks = dict(zip(display.names_.get_xticks(), display.names_.get_xticklabels(), strict=True))
    assert ticks[min(ticks)].get_text() == "none"
    assert min(ticks) == pytest.approx(31)  # 30 weights and a bias


def test_the_legend_covers_nothing(search, tmp_path) -> None:
    display = StructureSearchDisplay.from_estimator(search)
    display.figure_.savefig(tmp_path / "search.png")
    legend = display.ax_.get_legend().get_window_extent()
    assert not legend.overlaps(display.ax_.get_window_extent())
    assert display.figure_.bbox.containsx(legend.x0)
    assert display.figure_.bbox.containsx(legend.x1)
    assert display.figure_.bbox.containsy(legend.y0)


def test_the_picture_has_the_curves_colours_in_it(search) -> None:
    display = StructureSearchDisplay.from_estimator(search)
    file = io.BytesIO()
    display.figure_.savefig(file, format="png")
    file.seek(0)
    pixels = mpl.image.imread(file)[..., :3]
    for line in (*display.lines_, display.chosen_):
        distance = np.abs(pixels - to_rgb(line.get_color())).max(axis=2)
        assert (distance < 0.01).sum() > 100


def test_one_candidate_and_styles_of_ones_own() -> None:
    only = searched([(4,)])
    display = StructureSearchDisplay.from_estimator(
        only, score_name="hits", line_kw={"color": "k"}, fill_between_kw={"alpha": 0.7}
    )
    low, high = display.ax_.get_xlim()
    assert low < 129 < high
    assert display.ax_.get_ylabel() == "hits"
    assert display.lines_[0].get_color() == "k"
    assert display.fill_between_.get_alpha() == 0.7
    assert "4" in terminal_plot(findings(only))


def test_one_of_several_metrics() -> None:
    both = searched(scoring=["accuracy", "neg_log_loss"], refit="accuracy")
    display = StructureSearchDisplay.from_estimator(both, metric="neg_log_loss")
    order = np.argsort(both.cv_results_["n_parameters"])
    expected = both.cv_results_["mean_test_neg_log_loss"][order]
    assert_allclose(display.lines_[0].get_ydata(), expected)
    assert display.ax_.get_ylabel() == "negative log loss"
    assert findings(both).metric == "accuracy"
    with pytest.raises(ValueError, match=r"\['accuracy', 'neg_log_loss'\], got 'r2'"):
        both.summary(metric="r2")


def test_refit_may_decide_over_several_metrics() -> None:
    both = searched([(2,), (4,)], scoring=["accuracy", "roc_auc"], refit=lambda results: 1)
    assert both.best_index_ == 1
    with pytest.raises(ValueError, match=r"metric must be one of \['accuracy', 'roc_auc'\]"):
        both.summary()
    assert at(StructureSearchDisplay.from_estimator(both, metric="roc_auc").chosen_)[0] == 129


def test_what_is_no_search_is_refused() -> None:
    with pytest.raises(NotFittedError):
        StructureSearchDisplay.from_estimator(StructureSearchCV(MLPClassifier()))
    other = GridSearchCV(MLPClassifier(max_iter=2), {"alpha": [1.0]}, cv=2).fit(X, Y)
    with pytest.raises(TypeError, match="got GridSearchCV"):
        StructureSearchDisplay.from_estimator(other)


def test_without_matplotlib_plotting_says_what_to_install(search, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        StructureSearchDisplay.from_estimator(search)


# The plot in characters.


def cells(plot: str) -> tuple[list[str], str]:
    """The rows right of the axis from the top, and the line of the axis below them."""
    lines = plot.splitlines()
    rows = [line.partition("│ ")[2] for line in lines if "│" in line]
    return rows, next(line for line in lines if "└" in line)


def places(plot: str, mark: str) -> list[tuple[int, int]]:
    rows, _ = cells(plot)
    return [(c, r) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == mark]


@pytest.mark.parametrize(("width", "height"), [(80, 20), (61, 12), (120, 33)])
def test_marks_stand_in_the_rows_and_columns_of_their_numbers(width: int, height: int) -> None:
    found = made(test=np.array([0.70, 0.85, 1.00, 0.90]), error=np.zeros(4), train=np.ones(4))
    plot = terminal_plot(found, width=width, height=height, encoding="utf-8")
    rows, axis = cells(plot)
    assert len(rows) == height
    assert max(map(len, plot.splitlines())) == width
    left = axis.index("└") + 2
    n_columns = width - left
    validation = places(plot, "●")
    # A decade is a third of the way; 0.70 is the bottom and 1.00 the top.
    assert validation == [
        (n_columns - 1, height - 1 - round(2 / 3 * (height - 1))),
        (0, height - 1),
    ]
    assert places(plot, "■") == [(round((n_columns - 1) / 3), height - 1 - round((height - 1) / 2))]
    assert places(plot, "◆") == [(round((n_columns - 1) * 2 / 3), 0)]
    assert [c for c, r in places(plot, "○")] == [0, round((n_columns - 1) / 3), n_columns - 1]
    ticks = [column - left for column, cell in enumerate(axis) if cell == "┴"]
    assert {0, n_columns - 1} <= set(ticks)


def test_error_bars_reach_one_standard_error_up_and_down() -> None:
    found = made(error=np.array([0.0, 0.0, 0.1, 0.0]), train=np.full(4, 0.9))
    plot = terminal_plot(found, height=31, encoding="utf-8")  # a row for each 0.01
    bar = [row for _, row in places(plot, "┃")]
    assert (min(bar), max(bar)) == (0, 20)
    assert places(plot, "◆")[0][1] == 10
    assert {row for _, row in places(plot, "╌")} == {20}  # the threshold


def test_axes_are_labelled() -> None:
    lines = terminal_plot(made(), encoding="utf-8").splitlines()
    assert lines[0] == "accuracy, mean over 5 folds"
    below = next(i for i, line in enumerate(lines) if "└" in line)
    assert lines[below + 1].split() == ["10", "100", "1,000", "10,000"]
    assert lines[below + 2].strip() == "parameters (logarithmic)"
    legend = " ".join(lines[below + 3 :])
    for entry in ("● validation", "○ training", "◆ chosen", "■ smallest within one standard error"):
        assert entry in legend
    assert "▼" not in legend
    numbers = [line.split("│")[0].strip() for line in lines[1:below]]
    assert [number for number in numbers if number] == ["1.0", "0.9", "0.8", "0.7"]


def test_faint_far_and_failed_ones_in_the_plot() -> None:
    compared = np.array([True, True, False, True])
    plot = terminal_plot(made(compared=compared, chosen=1, highest=1), encoding="utf-8")
    assert len(places(plot, "·")) == 1
    assert "· other candidates" in plot
    test = np.array([np.nan, 0.88, 0.90, -40.0])
    plot = terminal_plot(
        made(test=test, compared=np.isfinite(test), error=np.full(4, 0.01)), encoding="utf-8"
    )
    assert "(1 without a score)" in plot


def test_ascii_where_the_encoding_has_no_more() -> None:
    plot = terminal_plot(made(metric="R²"), encoding="ascii")
    assert plot.isascii()
    rich = terminal_plot(made(metric="R²"), encoding="utf-8")
    assert [len(line) for line in plot.splitlines()] == [len(line) for line in rich.splitlines()]
    assert plot.startswith("R2")
    assert "o validation" in plot
    table = candidates_table(made(), "latin-1")
    table.encode("latin-1")
    assert "0.9000 +-0.0300" in candidates_table(made(), "ascii")
    assert shown("◆ ± 1", "gb18030") == "◆ ± 1"


def test_a_plot_needs_room() -> None:
    with pytest.raises(ValueError, match="got 39 and 20"):
        terminal_plot(made(), width=39)
    with pytest.raises(ValueError, match="got 80 and 7"):
        terminal_plot(made(), height=7)


# The table and the sentence.


def rows_of(found: SearchResults) -> list[str]:
    return candidates_table(found, "utf-8").split("\n\n")[0].splitlines()


def test_the_table_has_the_results_sorted_by_score(search) -> None:
    results = search.cv_results_
    header, *rows = rows_of(findings(search))
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
    header, *rows = rows_of(findings(grid))
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
    found = findings(search)
    assert candidates_table(found) in text
    assert terminal_plot(found, width=70, height=10) in text
    assert choice(found) in " ".join(text.split("\n"))


def test_a_pipelines_search_is_shown_as_well() -> None:
    network = make_pipeline(StandardScaler(), MLPClassifier(max_iter=3, random_state=0))
    iris = load_iris(return_X_y=True)
    one = StructureSearchCV(
        network, [(), (4,)], param_grid={"mlpclassifier__alpha": [1.0]}, selection="best"
    ).fit(*iris)
    assert findings(one).sizes == ((), (4,))
    assert findings(one).others == ({"alpha": 1.0},) * 2


# What is chosen from, and the progress.


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
