"""Many candidates at once: which hidden layers, by measurement (theory P6)."""

from rosenblatt.search.display import StructureSearchDisplay
from rosenblatt.search.structure_search import StructureSearchCV

__all__ = ["StructureSearchCV", "StructureSearchDisplay"]
