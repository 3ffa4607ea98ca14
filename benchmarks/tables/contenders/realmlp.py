from __future__ import annotations

from typing import Any, final

from benchmarks.tables.contenders.pytabkit_networks import PyTabKit


@final
class RealMLP(PyTabKit):
    """RealMLP with its tuned defaults (Holzmüller et al. 2024)."""

    name = "RealMLP-TD"
    short = "RealM"

    def build(self, classify: bool, seed: int, threads: int) -> Any:
        from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

        kind = RealMLP_TD_Classifier if classify else RealMLP_TD_Regressor
        return kind(random_state=seed, n_threads=threads, device="cpu")
