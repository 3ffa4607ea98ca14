"""Validation scores are of rows that a network has not learnt from, or there are none."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt import TableRegressor
from rosenblatt.errors import InputError
from rosenblatt.tabular import Preset
from tests.support.houses import FEATURES, classifier, houses, regressor


@pytest.mark.parametrize("groups", [np.zeros(240), np.full(240, "a")])
def test_one_group_is_refused(groups: np.ndarray) -> None:
    frame = houses()
    for estimator, target in ((regressor(), "price"), (classifier(), "dear")):
        with pytest.raises(InputError, match="same 'groups', so that none are outside"):
            estimator.fit(frame[FEATURES], frame[target], groups=groups)


def test_groups_of_rows_that_do_not_count_are_none() -> None:
    frame = houses()
    groups, weights = np.arange(240) % 2, 1 - np.arange(240) % 2
    with pytest.raises(InputError, match="none are outside"):
        regressor().fit(frame[FEATURES], frame["price"], weights, groups=groups)


def test_a_single_fold_has_no_score() -> None:
    frame = houses()
    one_fold = Preset(n_folds=1, epochs=2, fewest_epochs=1, fewest_members=1, n_pieces=64)
    fitted = TableRegressor(one_fold, random_state=0).fit(frame[FEATURES], frame["price"])
    assert np.isnan(fitted.validation_score_)
    assert "no score: no rows were left out of the training" in fitted.summary()
    classes = classifier().set_params(preset=one_fold).fit(frame[FEATURES], frame["dear"])
    assert np.isnan(classes.validation_score_)
    assert not hasattr(classes, "calibration_")
    with pytest.raises(AttributeError, match="no scores of rows outside its training"):
        _ = classes.calibration_error_


def test_scores_of_three_rows_are_those_of_networks_that_learnt_from_two() -> None:
    fitted = regressor().fit(np.arange(3.0)[:, None], [1.0, 2.0, 4.0])
    assert len(fitted.network_.members) == 3
    assert fitted.validation_score_ < 0.9
