"""Candidates drawn by optuna, which learns from those that came before."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from rosenblatt.search.candidates import HIDDEN, Parameters
from rosenblatt.search.ladder import Sizes
from rosenblatt.search.strategies import FACTOR
from rosenblatt.search.trials import Candidate
from rosenblatt.search.work import Work

__all__ = ["DEFAULT_NUMBER", "Space", "sample"]

DEFAULT_NUMBER = 50
PAUSES = 4  # at the end of all but the last a candidate may be given up


@final
@dataclass(frozen=True)
class Space:
    """What candidates are drawn from.

    Attributes
    ----------
    sizes : sequence of tuples
        Hidden layers to choose from; or, where they are `free`, between whose depths and widths
        any may be drawn.
    grid : dict
        For each parameter a list or an array to choose from, or a distribution of optuna's.
    step : str
        What stands before the names of the network's parameters.
    """

    sizes: Sequence[Sizes]
    free: bool
    grid: Mapping[str, Any]
    step: str

    def distributions(self) -> dict[str, Any]:
        from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution

        def over(values: Any) -> Any:
            if isinstance(values, BaseDistribution):
                return values
            return CategoricalDistribution(range(len(values)))

        found = {name: over(values) for name, values in self.grid.items()}
        if not self.free:
            return {**found, HIDDEN: over(self.sizes)}
        depths = [len(hidden) for hidden in self.sizes]
        widths = [n for hidden in self.sizes for n in hidden]
        found["depth"] = IntDistribution(min(depths), max(depths))
        for layer in range(max(depths)):
            found[f"width {layer}"] = IntDistribution(min(widths), max(widths), log=True)
        return found

    def parameters(self, drawn: Mapping[str, Any]) -> Parameters:
        """The candidate that drawn values stand for."""
        from optuna.distributions import BaseDistribution

        parameters = {
            name: drawn[name] if isinstance(values, BaseDistribution) else values[drawn[name]]
            for name, values in self.grid.items()
        }
        if self.free:
            hidden = tuple(drawn[f"width {layer}"] for layer in range(drawn["depth"]))
        else:
            hidden = self.sizes[drawn[HIDDEN]]
        return {**parameters, self.step + HIDDEN: hidden}


def sample(
    work: Work,
    space: Space,
    *,
    n_candidates: int | None,
    seed: int,
    measured: Callable[[Parameters], tuple[int, int]],
) -> None:
    """Train candidates as optuna proposes them, and give those up early that promise little.

    Each thread takes a candidate through its folds, with pauses in which its mean score so far is
    compared with the others'. `n_candidates` None stands for as many as the halt leaves time for;
    `measured` tells a candidate's number of parameters, and its epochs at most.
    """
    import optuna
    from optuna.trial import TrialState

    distributions = space.distributions()
    numbers = iter(range(n_candidates)) if n_candidates is not None else itertools.count()
    lock = threading.Lock()
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(
            direction="maximize",
            sampler=optuna.samplers.TPESampler(seed=seed),
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5),
        )

        def next_candidate() -> tuple[Any, Candidate] | None:
            with lock:
                number = next(numbers, None)
                if number is None or (work.halt.due and (work.halt.asked or number > 0)):
                    return None
                asked = study.ask(distributions)
                parameters = space.parameters(asked.params)
                return asked, work.add(parameters, *measured(parameters))

        def promises_little(asked: Any, candidate: Candidate, pause: int) -> bool:
            with lock:
                asked.report(work.compared(candidate), pause)
                return bool(asked.should_prune())

        def train(thread: int) -> None:
            while (taken := next_candidate()) is not None:
                asked, candidate = taken
                for pause in range(PAUSES):
                    candidate.rung = pause
                    candidate.until = math.ceil(
                        candidate.max_epochs / FACTOR ** (PAUSES - 1 - pause)
                    )
                    for trial in candidate.trials:
                        work.advance((candidate, trial))
                    if all(trial.over for trial in candidate.trials) or not candidate.scored:
                        break
                    if promises_little(asked, candidate, pause):
                        candidate.eliminate()
                        break
                mean = work.mean(candidate)
                with lock:
                    if math.isnan(mean):
                        study.tell(asked, state=TrialState.FAIL)
                    elif candidate.eliminated:
                        study.tell(asked, state=TrialState.PRUNED)
                    else:
                        study.tell(asked, mean)
                if candidate.scored:
                    work.report(candidate)

        work.crew.run(train, range(work.crew.size))
    finally:
        optuna.logging.set_verbosity(before)
