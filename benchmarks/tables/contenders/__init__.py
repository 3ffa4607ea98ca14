"""The libraries compared, each at its defaults."""

from __future__ import annotations

from benchmarks.tables.contenders.base import Contender
from benchmarks.tables.contenders.catboost_trees import CatBoost
from benchmarks.tables.contenders.lightgbm_trees import LightGBM
from benchmarks.tables.contenders.ours import Best, Default, Fast, Ours
from benchmarks.tables.contenders.realmlp import RealMLP
from benchmarks.tables.contenders.sklearn_mlp import ScikitLearn
from benchmarks.tables.contenders.tabm import TabM
from benchmarks.tables.contenders.xgboost_trees import XGBoost

__all__ = ["CONTENDERS", "Contender", "is_ours"]

CONTENDERS: dict[str, type[Contender]] = {
    kind.name: kind
    for kind in (Default, Fast, Best, ScikitLearn, LightGBM, CatBoost, XGBoost, RealMLP, TabM)
}


def is_ours(name: str) -> bool:
    return issubclass(CONTENDERS[name], Ours)
