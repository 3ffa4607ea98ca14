"""Begins a fit: from parameters, targets and rows to a solver before its first step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state

from rosenblatt import engine
from rosenblatt.engine import Trainer, TrainingSetup
from rosenblatt.fitting.autoencoding import Autoencoding
from rosenblatt.fitting.callback_dispatch import CallbackDispatcher, MakeView, model_as_view
from rosenblatt.fitting.carried import CarriedState
from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.fits import Fit
from rosenblatt.fitting.initialization import first_parameters, scikit_learns_initializer
from rosenblatt.fitting.log import FitLog
from rosenblatt.fitting.sample_weight import check_total
from rosenblatt.fitting.sklearn_callbacks import SklearnCallbacks
from rosenblatt.fitting.solvers import begin_solver
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.fitting.train_validation import TrainValidation, weighed
from rosenblatt.losses import Loss
from rosenblatt.model import Model
from rosenblatt.network import Network, beside_dense, fill
from rosenblatt.options.activations import chosen_activations
from rosenblatt.options.compatibility import check_combination, check_fit
from rosenblatt.options.config import training_config
from rosenblatt.options.layers import network_of
from rosenblatt.options.parameters import Parameters
from rosenblatt.stopping import StoppingRule
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.types import FloatArray, aligned_zeros

__all__ = ["MakeNetwork", "begin"]

MakeNetwork: TypeAlias = Callable[[int, int], Network]


def begin(
    parameters: Parameters,
    targets: TargetCodec,
    data: TrainValidation,
    *,
    initial: Model | None = None,
    carried: CarriedState | None = None,
    incremental: bool = False,
    rules: Sequence[StoppingRule] = (),
    rng: np.random.RandomState | None = None,
    make_view: MakeView = model_as_view,
    sklearn_callbacks: SklearnCallbacks | None = None,
    make_trainer: Callable[[TrainingSetup], Trainer] = engine.trainer,
    autoencoding: Autoencoding | None = None,
    make_network: MakeNetwork | None = None,
    n_streamed: int | None = None,
) -> Fit:
    """Begin a fit.

    Nothing is changed but the random generator: the fit works on copies of `initial` and
    `carried`, writes a log of its own, and returns a `Model` by `result()`.

    Parameters
    ----------
    parameters : Parameters
        What `MLPClassifier` and `MLPRegressor` take, but for the parameters of the targets.
    targets : TargetCodec
        What the encoded targets stand for, and the loss.
    data : TrainValidation
        The rows; see `train_validation.encoded`.
    initial : Model, optional
        The weights to start from. Without it they are drawn as `parameters.initializer` says.
    carried : CarriedState, optional
        What the fit that led to `initial` has left: `Fit.carried`. Curves are continued, the best
        validation score still counts, and an incremental fit keeps the optimiser's state and the
        schedule's position.
    incremental : bool
        Run a single epoch, as `partial_fit` does.
    rules : sequence of StoppingRule
        Further rules that end the fit, beside those of the parameters.
    rng : RandomState, optional
        Draws the weights, the validation rows and the order of the batches; without it
        `parameters.random_state` says.
    make_view : callable, optional
        Makes what `callbacks` and a scorer are given to predict with: by default the model.
    sklearn_callbacks : SklearnCallbacks, optional
    make_trainer : callable
        Makes the trainer of a first-order fit: by default the engine's.
    autoencoding : Autoencoding, optional
        Where the targets are the inputs: what the training has beside them.
    make_network : callable, optional
        Makes the network, given the numbers of its inputs and outputs: by default that which the
        parameters describe.
    n_streamed : int, optional
        Rows of an epoch that the trainer reads by itself, from files; `data.train` is then an
        example of them.

    Returns
    -------
    Fit
        Before its first step: call `run()`, then `result()`.

    Raises
    ------
    ValueError
        For parameters that do not go together, or not with the data.

    Examples
    --------
    >>> import numpy as np
    >>> from rosenblatt.fitting import NumberTargets, TrainValidation, begin
    >>> from rosenblatt.options.parameters import Parameters
    >>> from rosenblatt.problem import Arrays
    >>> X = np.linspace(-1, 1, 50)[:, None]
    >>> data = TrainValidation(Arrays(X, 3 * X + 1))
    >>> parameters = Parameters(hidden_layer_sizes=(), solver="lbfgs", random_state=0)
    >>> fit = begin(parameters, NumberTargets(), data)
    >>> fit.run()
    >>> fit.result().predict(np.array([[0.5]])).round(2)
    array([[2.5]])
    """
    check_combination(
        parameters,
        incremental=incremental,
        validates=parameters.early_stopping or data.validation is not None,
        given_rows=data.validation is not None,
    )
    config = training_config(parameters)
    config = replace(config, rules=(*config.rules, *rules))
    for arrays in (data.train, data.validation):
        if arrays is not None:
            targets.check_encoded(arrays.y)
    train = weighed(data.train, targets.row_weights)
    check_total(train.weights)
    make = partial(network_of, parameters) if make_network is None else make_network
    network = make(train.X.shape[1], targets.n_outputs)
    loss = targets.objective()
    check_fit(parameters, network, loss, train.X)
    if autoencoding is not None:
        autoencoding.check(parameters, network)
    rng = rng or check_random_state(parameters.random_state)
    if initial is None:
        default = scikit_learns_initializer(chosen_activations(parameters.activation))
        theta = first_parameters(
            parameters.initializer,
            default,
            network,
            train,
            rng,
            parameters.n_jobs,
            parameters.deterministic,
        )
        state = network.initial_state(train.X.dtype)
        warn_of_custom_members(network, loss)
        carried = None
    else:
        theta, state = continued(network, initial, train.X.dtype)
    if autoencoding is not None:
        network = autoencoding.trained(network)
    context = FitContext(
        parameters,
        targets,
        FitLog() if carried is None else carried.log.continued(),
        network,
        loss,
        theta,
        state,
        train,
        data.validation,
        rng,
        config,
        CallbackDispatcher(config.callbacks, make_view, sklearn_callbacks),
        incremental,
        None if carried is None else carried.descent,
        make_trainer,
        autoencoding,
        n_streamed,
    )
    context.callbacks.fit_begins()
    return begin_solver(context)


def continued(
    network: Network, initial: Model, dtype: npt.DTypeLike
) -> tuple[FloatArray, FloatArray]:
    """Copies of a model's parameters and state, for a network of the same layers."""
    before = initial.network
    # The usual case, in a single copy: every call of `partial_fit` comes here.
    if (network.parameter_shapes, network.state_shapes) == (
        before.parameter_shapes,
        before.state_shapes,
    ):
        theta = aligned_zeros(len(initial.parameters), dtype)
        theta[...] = initial.parameters
        assert initial.state is not None
        return theta, initial.state.astype(dtype)
    layers = before.weights_and_biases(initial.parameters)
    others = beside_dense(before.named_parameters(initial.parameters))
    try:
        theta = network.pack([W for W, _ in layers], [b for _, b in layers], dtype, others)
        state = network.initial_state(dtype)
        fill(network.named_state(state), before.named_state(initial.state))
        return theta, state
    except ValueError as error:
        raise ValueError(
            "The network asked for has other layers than the one fitted so far: set"
            f" warm_start=False to begin anew ({error})."
        ) from error


def warn_of_custom_members(network: Network, loss: Loss) -> None:
    """Warn that members without a native kernel, which are the user's own, are slow."""
    members = engine.members_without_kernels(network)
    if not engine.has_kernel(loss):
        members.insert(0, loss)
    names = dict.fromkeys(type(member).__name__ for member in members)
    if names:
        warn_caller(
            f"{' and '.join(names)}: without a kernel in the native engine, so that the readable"
            " engine trains, in NumPy, which is slow."
        )
