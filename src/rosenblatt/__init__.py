"""rosenblatt: the feed-forward neural network, done completely."""

from rosenblatt.support.moved_modules import install_finder
from rosenblatt.support.version import __version__ as __version__

TYPE_CHECKING = False  # as typing has it, whose import takes longer than all of this
if TYPE_CHECKING:
    from typing import Any

    from rosenblatt.checkpoints import Checkpoint
    from rosenblatt.ensembles import MLPEnsembleClassifier, MLPEnsembleRegressor
    from rosenblatt.estimators import MLPClassifier, MLPRegressor
    from rosenblatt.perceptron import McCullochPittsNeuron, Perceptron, ThresholdNeuron
    from rosenblatt.pictures import (
        ConvNetClassifier,
        ConvNetRegressor,
        FeatureMapDisplay,
        FilterDisplay,
        MostConfusedDisplay,
        SaliencyDisplay,
    )
    from rosenblatt.search import StructureSearchCV, StructureSearchDisplay, find_learning_rate
    from rosenblatt.tabular import TableClassifier, TableEncoder, TableRegressor
    from rosenblatt.tabular.saving import load
    from rosenblatt.tracing import trace
    from rosenblatt.unsupervised import HiddenFeatures, MLPAutoencoder

__all__ = [
    "Checkpoint",
    "ConvNetClassifier",
    "ConvNetRegressor",
    "FeatureMapDisplay",
    "FilterDisplay",
    "HiddenFeatures",
    "MLPAutoencoder",
    "MLPClassifier",
    "MLPEnsembleClassifier",
    "MLPEnsembleRegressor",
    "MLPRegressor",
    "McCullochPittsNeuron",
    "MostConfusedDisplay",
    "Perceptron",
    "SaliencyDisplay",
    "StructureSearchCV",
    "StructureSearchDisplay",
    "TableClassifier",
    "TableEncoder",
    "TableRegressor",
    "ThresholdNeuron",
    "find_learning_rate",
    "load",
    "trace",
]

# Imported at first use: scikit-learn alone takes more than half a second.
ROOMS = {
    "Checkpoint": "checkpoints",
    "ConvNetClassifier": "pictures",
    "ConvNetRegressor": "pictures",
    "FeatureMapDisplay": "pictures",
    "FilterDisplay": "pictures",
    "HiddenFeatures": "unsupervised",
    "MLPAutoencoder": "unsupervised",
    "MLPClassifier": "estimators",
    "MLPEnsembleClassifier": "ensembles",
    "MLPEnsembleRegressor": "ensembles",
    "MLPRegressor": "estimators",
    "McCullochPittsNeuron": "perceptron",
    "MostConfusedDisplay": "pictures",
    "Perceptron": "perceptron",
    "SaliencyDisplay": "pictures",
    "StructureSearchCV": "search",
    "StructureSearchDisplay": "search",
    "TableClassifier": "tabular",
    "TableEncoder": "tabular",
    "TableRegressor": "tabular",
    "ThresholdNeuron": "perceptron",
    "find_learning_rate": "search",
    "load": "tabular.saving",
    "trace": "tracing",
}

install_finder()


def __getattr__(name: str) -> "Any":
    if name not in ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"{__name__}.{ROOMS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
