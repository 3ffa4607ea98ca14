"""JAX: an epoch is one compiled call, a `lax.scan` over the permuted batches, with Adam in it.

The state is donated, the permutation is NumPy's (sorting random keys inside the call is slower),
rows are gathered step by step (gathering the epoch's rows first is slower on wide data), the short
last batch is a step of its own after the scan, so that nothing is masked. How many steps the scan
unrolls is tried out for each case, and the fastest stays. Like PyTorch's, the loop does without the
L2 penalty, the running loss and the check of the input.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from benchmarks.cases import Case, Prediction
from benchmarks.data import Data
from benchmarks.peers.base import Peer, Prepared, calls, prediction_rows
from benchmarks.timing import CannotRun, Lap

__all__ = ["JAX"]

UNROLLED: tuple[int, ...] = (1, 2, 4)
LARGEST_DENSE = 2**26  # numbers of a CSR matrix that is still made dense: 256 MiB
RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-8

State = Any  # (weights and biases, first moments, second moments, steps taken)
Epoch = Callable[[State, npt.NDArray[np.int32], Any, Any], State]


@final
class JAX(Peer):
    """XLA sizes its pool by the processor's affinity as it starts; nothing else steers it."""

    name: ClassVar[str] = "JAX"
    package: ClassVar[str] = "jax"

    def enters(self, case: Case | Prediction) -> bool:
        """Its sparse matrices are experimental; moderate ones are trained dense."""
        return not case.source.is_sparse or _cells(case) <= LARGEST_DENSE

    def training(self, case: Case, data: Data, threads: int) -> Prepared:
        _start_backend(threads)
        import jax
        import jax.numpy as jnp

        X = jnp.asarray(data.X if isinstance(data.X, np.ndarray) else data.X.toarray())
        y = jnp.asarray(data.y, X.dtype if data.classes == 2 else jnp.int32)
        rng = np.random.default_rng(0)

        def epochs(run: Epoch, state: State, count: int) -> State:
            for _ in range(count):
                state = run(state, rng.permutation(len(X)).astype(np.int32), X, y)
            return jax.block_until_ready(state)

        tried = {n: _epoch(len(X), case, n) for n in UNROLLED}
        compile_seconds, warm_seconds = {}, {}
        for n, run in tried.items():
            start = time.perf_counter()
            state = epochs(run, _fresh(case), 1)
            first = time.perf_counter()
            epochs(run, state, min(case.epochs, 10))
            warm_seconds[n] = (time.perf_counter() - first) / min(case.epochs, 10)
            compile_seconds[n] = first - start - warm_seconds[n]
        best = min(warm_seconds, key=warm_seconds.__getitem__)

        def job() -> Lap:
            state = jax.block_until_ready(_fresh(case))
            start = time.perf_counter()
            state = epochs(tried[best], state, case.epochs)
            seconds = time.perf_counter() - start
            return Lap(seconds, case.steps, float(_loss(state[0], X, y)))

        setup = {"compile_seconds": max(0.0, compile_seconds[best]), "unrolled": best}
        return Prepared(job, setup)

    def prediction(self, case: Prediction, threads: int) -> Prepared:
        _start_backend(threads)
        import jax

        weights = _fresh_weights(case.shapes)
        link = jax.nn.sigmoid if case.source.classes == 2 else jax.nn.softmax
        compiled = jax.jit(lambda weights, X: link(_scores(weights, X)))

        def predict(X: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
            return np.asarray(compiled(weights, X))

        start = time.perf_counter()
        predict(prediction_rows(case))
        return calls(predict, case, {"compile_seconds": time.perf_counter() - start})


def _cells(case: Case | Prediction) -> int:
    return case.source.rows * case.source.features


def _start_backend(threads: int) -> None:
    """With as many cores in sight as it shall have threads; the last ones, as systems keep
    themselves busy on the first."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[-threads:])
    elif threads != os.cpu_count():
        raise CannotRun("its number of threads cannot be set on this system")
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax

    jax.devices()


def _fresh_weights(shapes: tuple[tuple[int, int], ...]) -> list[tuple[Any, Any]]:
    """As scikit-learn draws them for a ReLU network, so that all peers start alike."""
    import jax.numpy as jnp

    rng = np.random.default_rng(0)

    def uniform(bound: float, *shape: int) -> Any:
        return jnp.asarray(rng.uniform(-bound, bound, shape).astype(np.float32))

    weights = []
    for n_in, n_out in shapes:
        bound = (6 / (n_in + n_out)) ** 0.5
        weights.append((uniform(bound, n_in, n_out), uniform(bound, n_out)))
    return weights


def _fresh(case: Case) -> State:
    import jax
    import jax.numpy as jnp

    weights = _fresh_weights(case.shapes)
    if case.solver == "sgd":
        return (weights,)
    # Two sets of zeros: a donated array may stand in one place only.
    return (
        weights,
        jax.tree.map(jnp.zeros_like, weights),
        jax.tree.map(jnp.zeros_like, weights),
        jnp.zeros((), jnp.int32),
    )


def _scores(weights: list[tuple[Any, Any]], x: Any) -> Any:
    import jax

    *hidden, (W_out, b_out) = weights
    for W, b in hidden:
        x = jax.nn.relu(x @ W + b)
    return x @ W_out + b_out


def _loss(weights: list[tuple[Any, Any]], x: Any, y: Any) -> Any:
    import jax
    import jax.numpy as jnp

    z = _scores(weights, x)
    if z.shape[1] == 1:
        z = z[:, 0]
        return jnp.mean(jnp.maximum(z, 0) - y * z + jnp.log1p(jnp.exp(-jnp.abs(z))))
    chosen = jnp.take_along_axis(z, y[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(z, axis=1) - chosen)


def _step(state: State, x: Any, y: Any) -> State:
    import jax
    import jax.numpy as jnp

    g = jax.grad(_loss)(state[0], x, y)
    if len(state) == 1:  # plain SGD
        return (jax.tree.map(lambda p, g: p - RATE * g, state[0], g),)
    p, m, v, t = state
    t = t + 1
    m = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, m, g)
    v = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, v, g)
    steps = t.astype(jnp.float32)
    m_scale, v_scale = 1 / (1 - BETA_1**steps), 1 / (1 - BETA_2**steps)
    p = jax.tree.map(
        lambda p, m, v: p - RATE * (m * m_scale) / (jnp.sqrt(v * v_scale) + EPSILON), p, m, v
    )
    return p, m, v, t


def _epoch(rows: int, case: Case, unrolled: int) -> Epoch:
    import jax

    batch = min(case.batch, rows)
    full = rows // batch

    @partial(jax.jit, donate_argnums=0)
    def epoch(state: State, permutation: Any, X: Any, y: Any) -> State:
        def body(state: State, index: Any) -> tuple[State, None]:
            return _step(state, X[index], y[index]), None

        batches = permutation[: full * batch].reshape(full, batch)
        state, _ = jax.lax.scan(body, state, batches, unroll=unrolled)
        if rows % batch:
            index = permutation[full * batch :]
            state = _step(state, X[index], y[index])
        return state

    return epoch
