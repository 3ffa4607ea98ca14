"""The headings and remarks of a trace, in both languages."""

from __future__ import annotations

from typing import Any

from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief

__all__ = ["note_in", "said"]

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "sample": "Sample",
        "forward": "Forward, layer {layer}: {n} × {activation}",
        "loss": "Prediction and loss: {loss}",
        "backward": "Backward, layer {layer}",
        "solver": "Step of {solver}, the first of a fit: t = 1, g = ∂J/∂θ",
        "solver_from_rest": "Step of {solver}, the first of a fit: t = 1, {slots} = 0, g = ∂J/∂θ",
        "step": "Step, layer {layer}: θ ← {move}",
        "plain": "Step, layer {layer}: θ ← θ − η ∂J/∂θ with η = {rate}",
        "rule": "Rule of 1958: w ← w + η (y − ŷ) x with η = {rate}; here δ = ŷ − y",
        "hidden_inputs": "Not shown here but in `layers`: {n} of the inputs.",
        "hidden_units": "Not shown here but in `layers`: {n} of the units.",
        "hidden_x": "Not shown here but in `x`: {n} of the inputs.",
        "penalty": "Ω is the penalty of all weights.",
        "not_finite": "Numbers here are beyond the float type: inf and nan stand for them.",
    },
    "zh": {
        "sample": "样本",
        "forward": "前向，第 {layer} 层：{n} × {activation}",
        "loss": "预测与损失：{loss}",
        "backward": "反向，第 {layer} 层",
        "solver": "{solver} 的一步，即训练的第一步：t = 1，g = ∂J/∂θ",
        "solver_from_rest": "{solver} 的一步，即训练的第一步：t = 1，{slots} = 0，g = ∂J/∂θ",
        "step": "更新，第 {layer} 层：θ ← {move}",
        "plain": "更新，第 {layer} 层：θ ← θ − η ∂J/∂θ，η = {rate}",
        "rule": "1958 年的规则：w ← w + η (y − ŷ) x，η = {rate}；这里 δ = ŷ − y",
        "hidden_inputs": "另有 {n} 个输入，见 `layers`。",
        "hidden_units": "另有 {n} 个单元，见 `layers`。",
        "hidden_x": "另有 {n} 个输入，见 `x`。",
        "penalty": "Ω 是所有权重的惩罚。",
        "not_finite": "这里有些数超出了浮点类型的范围，用 inf 和 nan 表示。",
    },
}
NOTES = {
    "The solver {solver} takes its step from more than this gradient; shown is plain gradient"
    " descent.": "求解器 {solver} 的一步不只取决于这个梯度；这里显示的是普通的梯度下降。",
    "The rule learns only where ŷ ≠ y; the step function has no gradient.": "只有 ŷ ≠ y 时"
    "规则才学习；阶跃函数没有梯度。",
}


def said(key: str, language: str, **places: Any) -> str:
    """A heading in a language; InputError for one that is not known."""
    if language not in WORDS:
        raise InputError(f"language={brief(language)} is not known: take one of {', '.join(WORDS)}")
    return WORDS[language][key].format(**places)


def note_in(note: str, language: str) -> str:
    """A remark in a language."""
    if language != "zh":
        return note
    for english, chinese in NOTES.items():
        before, _, after = english.partition("{solver}")
        if note.startswith(before) and note.endswith(after):
            return chinese.format(solver=note[len(before) : len(note) - len(after)])
    return note
