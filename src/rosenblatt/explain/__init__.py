"""Why a model predicts what it does: SHAP values, integrated gradients, permutation importance."""

from __future__ import annotations

from rosenblatt.explain.explainer import ShapExplainer
from rosenblatt.explain.explanation import Explanation
from rosenblatt.explain.integrated_gradients import integrated_gradients
from rosenblatt.explain.masker import TableMasker
from rosenblatt.explain.permutation_importance import PermutationImportance, permutation_importance

__all__ = [
    "Explanation",
    "PermutationImportance",
    "ShapExplainer",
    "TableMasker",
    "integrated_gradients",
    "permutation_importance",
]
