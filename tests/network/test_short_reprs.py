"""What a notebook shows of a table learner's networks."""

from __future__ import annotations

import re

from rosenblatt.losses import SquaredError
from rosenblatt.model import EnsembleModel
from rosenblatt.network import Dense, Network, PiecewiseLinear
from tests.support.houses import FEATURES, classifier, houses


def test_pieces_are_counted() -> None:
    edges = ((0.0, 1.0, 2.0), ())
    layer = PiecewiseLinear((-1.0, 0.0), (1.0, 1.0), edges, ((0.5, 0.5), ()), (1.0, 1.0))
    assert repr(layer) == "<PiecewiseLinear: 2 features, 2 pieces of them>"
    assert repr(layer) in repr(Network(2, (layer, Dense(1))))


def test_networks_of_a_fit_are_a_few_lines() -> None:
    frame = houses(120)
    model = classifier().fit(frame[FEATURES], frame["dear"]).network_
    assert isinstance(model, EnsembleModel)
    shown = repr(model)
    found = re.fullmatch(
        r"<EnsembleModel of (\d+) networks, (\d+) inputs, 1 output, ([\d,]+) weights, (.*)>",
        shown,
    )
    assert found is not None
    n, n_inputs, n_weights, loss = found.groups()
    assert (int(n), int(n_inputs)) == (len(model.members), model.n_inputs)
    assert int(n_weights.replace(",", "")) == model.n_parameters
    assert loss == repr(model.loss) != repr(SquaredError())
    assert len(repr(model.members[0])) < 2000
    assert len(repr(model.members[0].network)) < 1500
