"""Runs the laboratory's experiments, and writes each result as a part of a chapter.

A result is ID.json and a figure a language under build/book/results; what is there is taken as it
is, as long as the library's source is the same. In full, each experiment runs under three seeds:
the book shows the first one's, and its verdict has to be that of all.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from book.folders import LANGUAGES, RESULTS, ROOT

__all__ = ["figure_of", "part", "results", "turned_verdicts"]

SEEDS = (0, 1, 2)

WORDS = {
    "en": {
        "claim": "Claim",
        "theory": "Theory predicts",
        "source": "Source",
        "quantity": "quantity",
        "predicted": "to be",
        "measured": "measured (95 % interval)",
        "holds": "Verdict: the claim holds",
        "holds when": "Verdict: the claim holds when {}",
        "does not hold": "Verdict: the claim does not hold",
        "case": " ({})",
        "how": "How it was measured",
        "seconds": "{:.1f} seconds; again with `rosenblatt lab {}`.",
        "surprises": "Not as theory predicts",
    },
    "zh": {
        "claim": "说法",
        "theory": "理论预测",
        "source": "出处",
        "quantity": "量",
        "predicted": "应为",
        "measured": "测得（95 % 区间）",
        "holds": "结论：该说法成立",
        "holds when": "结论：该说法在以下条件下成立：{}",
        "does not hold": "结论：该说法不成立",
        "case": "（{}）",
        "how": "测量方法",
        "seconds": "用时 {:.1f} 秒；用 `rosenblatt lab {}` 可重做。",
        "surprises": "与理论预测不符",
    },
}


def results(quick: bool, jobs: int) -> dict[str, dict[str, Any]]:
    """id → result as plain data, of all experiments."""
    from rosenblatt.lab import experiments

    ids = list(experiments())
    wanted = [(id, quick, seed) for seed in seeds_of(quick) for id in ids]
    missing = [one for one in wanted if stored(*one) is None]
    with ProcessPoolExecutor(max(jobs, 1), mp_context=get_context("spawn")) as pool:
        runs = [pool.submit(partial(perform, *one)) for one in missing]
        for number, run in enumerate(as_completed(runs), 1):
            print(f"experiment {number} of {len(runs)}: {run.result()}", flush=True)
    return {id: json.loads(file_of(id, quick).read_text("utf-8")) for id in ids}


def seeds_of(quick: bool) -> tuple[int, ...]:
    return SEEDS[:1] if quick else SEEDS


def perform(id: str, quick: bool, seed: int) -> str:
    """Run one, and store its result and its figures; returns the id."""
    from rosenblatt.lab import run
    from rosenblatt.lab.drawing import draw

    result = run(id, quick=quick, seed=seed)
    file = file_of(id, quick, seed)
    file.parent.mkdir(parents=True, exist_ok=True)
    if result.figures and seed == SEEDS[0]:
        for language in LANGUAGES:
            with figure_of(id, quick, language).open("wb") as figure:
                draw(result, figure, "svg", language)
    content = {**result.as_dict(), "fingerprint": fingerprint()}
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    return id if seed == SEEDS[0] else f"{id}, seed {seed}"


def stored(id: str, quick: bool, seed: int) -> dict[str, Any] | None:
    try:
        content = json.loads(file_of(id, quick, seed).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return content if content["fingerprint"] == fingerprint() else None


def turned_verdicts(found: Mapping[str, Mapping[str, Any]], quick: bool) -> list[str]:
    """A line for each seed whose verdict is another one's, or against theory."""
    problems = []
    for id, shown in found.items():
        for seed in seeds_of(quick):
            result = json.loads(file_of(id, quick, seed).read_text("utf-8"))
            said, expected = ((r["verdict"], r["condition"]) for r in (result, shown))
            if said != expected:
                problems.append(f"{id}: seed {seed} says {said}, seed {SEEDS[0]} {expected}")
            problems += [
                f"{id}: seed {seed}: not as theory predicts: {text['en']}"
                for text in result["surprises"]
            ]
    return problems


def file_of(id: str, quick: bool, seed: int = SEEDS[0]) -> Path:
    """In a folder of its own for each of the other seeds."""
    folder = RESULTS / ("quick" if quick else "full")
    return (folder if seed == SEEDS[0] else folder / f"seed{seed}") / f"{id}.json"


def figure_of(id: str, quick: bool, language: str) -> Path:
    return file_of(id, quick).with_suffix(f".{language}.svg")


@cache
def fingerprint() -> str:
    """Of the library's source."""
    digest = hashlib.sha256()
    for folder, pattern in (("src", "*.py"), ("cpp", "*.[hc]pp")):
        for file in sorted((ROOT / folder).rglob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def part(result: Mapping[str, Any], language: str, picture: str | None) -> str:
    """The result in MyST Markdown: claim, prediction and measurement, figure, verdict."""
    words = WORDS[language]

    def said(text: Mapping[str, str]) -> str:
        return escaped(text[language])

    def listed(tests: Sequence[Mapping[str, Any]], where: str = "") -> list[str]:
        return [
            row(said(test["what"]) + where, escaped(test["predicted"]), of(test)) for test in tests
        ]

    several = len(result["cases"]) > 1
    verdict = words[result["verdict"]]
    if result["condition"]:
        verdict = verdict.format(said(result["condition"]))
    rows = dict[str, None]()
    for case in result["cases"]:
        where = words["case"].format(said(case["condition"])) if several else ""
        rows |= dict.fromkeys(listed(case["tests"], where))
    rows |= dict.fromkeys(listed(result["predictions"]))
    lines = [
        f"({result['id']})=",
        f"### {result['id']} · {said(result['title'])}",
        "",
        f"**{words['claim']}.** {said(result['claim'])}",
        "",
        f"**{words['theory']}.** {said(result['theory'])}",
        "",
        f":::{{admonition}} {verdict}",
        f":class: {'warning' if result['verdict'] == 'does not hold' else 'tip'}",
        said(result["takeaway"]),
        ":::",
        "",
    ]
    if picture:
        title = said(result["figures"][0]["title"])
        lines += [f":::{{figure}} {picture}", f":alt: {title}", ":width: 100%", ":::", ""]
    lines += [
        row(words["quantity"], words["predicted"], words["measured"]),
        row("---", "---", "---"),
        *rows,
        "",
    ]
    if result["surprises"]:
        listing = "; ".join(map(said, result["surprises"]))
        lines += [f"**{words['surprises']}.** {listing}", ""]
    lines += [
        f":::{{admonition}} {words['how']}",
        ":class: note",
        ":collapsible: closed",
        said(result["method"]),
        "",
        f"{words['source']}: {escaped(result['source'])}. "
        + words["seconds"].format(result["seconds"], result["id"]),
        ":::",
        "",
    ]
    return "\n".join(lines)


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def of(test: Mapping[str, Any]) -> str:
    measured = test["measured"]
    if measured["low"] == measured["high"]:
        return number(measured["mean"])
    ends = f"{number(measured['low'])} … {number(measured['high'])}"
    return f"{number(measured['mean'])} ({ends})"


def number(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e6:
        return f"{int(value):,}"
    return f"{value:.4g}"


def escaped(text: str) -> str:
    """As Markdown that shows these characters."""
    return re.sub(r"([\\`*_\[\]<>|$#{}~])", r"\\\1", text)
