"""The words around a result."""

from __future__ import annotations

from rosenblatt.lab.text import Text
from rosenblatt.lab.verdict import Verdict

COLON = Text(": ", "：")
CLAIM = Text("Claim", "说法")
THEORY = Text("Theory predicts", "理论预测")
METHOD = Text("Measured", "测量方法")
SOURCE = Text("Source", "出处")
TAKEAWAY = Text("What to remember", "要点")
CASES = Text("Case", "情形")
EXPECTED = Text(" (theory: the claim holds here)", "（理论：此处成立）")
NOT_EXPECTED = Text(" (theory: the claim fails here)", "（理论：此处不成立）")
PREDICTIONS = Text("Theory predicts besides", "理论还预测")
QUANTITY = Text("quantity", "量")
PREDICTED = Text("to be", "应为")
MEASURED = Text("measured", "测得")
AS_PREDICTED = Text("met", "满足")
DIFFERS = Text("not met", "不满足")
NOT_MEASURED = Text("not measured", "未测")
SURPRISES = Text("Not as theory predicts", "与理论预测不符")
SECONDS = Text("{:.1f} seconds", "{:.1f} 秒")
PARTIAL = Text(
    "Interrupted: this is what was measured until then, and there is no verdict.",
    "已中断：以上是中断前测得的结果，没有结论。",
)
HOLDS = Text("Verdict: the claim holds.", "结论：该说法成立。")
HOLDS_WHEN = Text("Verdict: the claim holds when {}.", "结论：该说法在以下条件下成立：{}。")
DOES_NOT_HOLD = Text("Verdict: the claim does not hold.", "结论：该说法不成立。")
IN_SHORT = {
    None: Text("", ""),
    Verdict.HOLDS: Text("holds", "成立"),
    Verdict.HOLDS_WHEN: Text("holds when …", "有条件成立"),
    Verdict.DOES_NOT_HOLD: Text("does not hold", "不成立"),
}


def verdict_text(verdict: str | None, condition: Text | None) -> Text:
    """As a sentence."""
    if verdict == Verdict.HOLDS:
        return HOLDS
    if verdict == Verdict.DOES_NOT_HOLD:
        return DOES_NOT_HOLD
    assert condition is not None
    return Text(HOLDS_WHEN.format(condition), HOLDS_WHEN.zh.format(condition.zh))
