from __future__ import annotations

from typing import Any, final

from benchmarks.tables.contenders.pytabkit_networks import PyTabKit


@final
class TabM(PyTabKit):
    """TabM with its defaults (Gorishniy et al. 2024)."""

    name = "TabM-D"
    short = "TabM"

    def build(self, classify: bool, seed: int, threads: int) -> Any:
        from pytabkit import TabM_D_Classifier, TabM_D_Regressor

        kind = TabM_D_Classifier if classify else TabM_D_Regressor
        return kind(random_state=seed, n_threads=threads, device="cpu")
