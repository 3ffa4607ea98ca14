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
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from rosenblatt import MLPClassifier, StructureSearchCV, StructureSearchDisplay
from rosenblatt.search.results import SearchResults, search_results
from rosenblatt.search.terminal import terminal_plot
from tests.support.search_results import X, Y, made, searched

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning"),
]


mpl.use("agg")


def at(mark: Any) -> tuple[float, float]:
    return float(mark.get_xdata()[0]), float(mark.get_ydata()[0])


def displayed(found: SearchResults) -> StructureSearchDisplay:
    return StructureSearchDisplay(found=found).plot(Figure().subplots())


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


def test_unfinished_candidates_are_faint() -> None:
    status = ("finished", "eliminated", "finished", "cut")
    compared = np.array([True, False, True, False])
    display = displayed(made(status=status, compared=compared, smallest=2))
    assert_array_equal(display.lines_[0].get_xdata(), [10, 1_000])
    assert_array_equal(display.faint_.get_xdata(), [100, 10_000])
    assert display.faint_.get_label() == "not trained to the end"


def test_failed_candidates_are_left_out_and_reported() -> None:
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
    assert "4" in terminal_plot(search_results(only))


def test_one_of_several_metrics() -> None:
    both = searched(scoring=["accuracy", "neg_log_loss"], refit="accuracy")
    display = StructureSearchDisplay.from_estimator(both, metric="neg_log_loss")
    order = np.argsort(both.cv_results_["n_parameters"])
    expected = both.cv_results_["mean_test_neg_log_loss"][order]
    assert_allclose(display.lines_[0].get_ydata(), expected)
    assert display.ax_.get_ylabel() == "negative log loss"
    assert search_results(both).metric == "accuracy"
    with pytest.raises(ValueError, match=r"\['accuracy', 'neg_log_loss'\], got 'r2'"):
        both.summary(metric="r2")


def test_refit_may_decide_over_several_metrics() -> None:
    both = searched([(2,), (4,)], scoring=["accuracy", "roc_auc"], refit=lambda results: 1)
    assert both.best_index_ == 1
    with pytest.raises(ValueError, match=r"metric must be one of \['accuracy', 'roc_auc'\]"):
        both.summary()
    assert at(StructureSearchDisplay.from_estimator(both, metric="roc_auc").chosen_)[0] == 129


def test_non_search_is_refused() -> None:
    with pytest.raises(NotFittedError, match="not fitted"):
        StructureSearchDisplay.from_estimator(StructureSearchCV(MLPClassifier()))
    other = GridSearchCV(MLPClassifier(max_iter=2), {"alpha": [1.0]}, cv=2).fit(X, Y)
    with pytest.raises(TypeError, match="got GridSearchCV"):
        StructureSearchDisplay.from_estimator(other)


def test_without_matplotlib_plotting_says_what_to_install(search, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"needs matplotlib .*pip install .*\[plot\]"):
        StructureSearchDisplay.from_estimator(search)
