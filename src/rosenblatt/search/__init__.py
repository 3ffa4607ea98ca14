"""Many candidates at once: which hidden layers, by measurement (theory P6), and which rate."""

from rosenblatt.search.display import StructureSearchDisplay
from rosenblatt.search.lr_finder import LearningRateTest, find_learning_rate
from rosenblatt.search.structure_search import StructureSearchCV

__all__ = [
    "LearningRateTest",
    "StructureSearchCV",
    "StructureSearchDisplay",
    "find_learning_rate",
]
