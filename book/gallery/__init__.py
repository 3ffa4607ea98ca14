"""Examples on real data, which the build runs: each prints, and draws `figure.svg`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from book.folders import BOOK, RESULTS
from book.writing import write

__all__ = ["EXAMPLES", "stage_gallery"]

HERE = Path(__file__).parent
EXAMPLES = {
    "digits": ("Handwritten digits, and where the network errs", "手写数字，以及网络错在哪里"),
    "intervals": ("Diabetes: predictions with intervals", "糖尿病进展：带区间的预测"),
    "structure": ("Wine: how many hidden units", "葡萄酒：需要多少隐藏单元"),
    "explained": ("Breast cancer: what a prediction rests on", "乳腺癌：预测依据什么"),
}
TITLE = ("Examples on real data", "真实数据上的示例")
NOTES = (
    "Each program runs as it stands when the book is built; below it are what it prints and draws."
    " The data come with scikit-learn.",
    "每个程序都在生成本书时原样运行，下面是它的输出和图。数据随 scikit-learn 提供。",
)


def stage_gallery(language: str, folder: Path) -> None:
    """Write a page with every program, its output and its figure."""
    which = 1 if language == "zh" else 0
    lines = [f"# {TITLE[which]}", "", NOTES[which], ""]
    for name, titles in EXAMPLES.items():
        printed = output_of(name)
        figure = RESULTS / "gallery" / name / "figure.svg"
        write(folder / f"{name}.svg", figure.read_bytes())
        program = os.path.relpath(HERE / f"{name}.py", folder)
        lines += [f"## {titles[which]}", ""]
        lines += [f"```{{literalinclude}} {program}", ":language: python", "```", ""]
        lines += ["```text", printed.rstrip(), "```", ""]
        lines += [f":::{{figure}} {name}.svg", f":alt: {titles[which]}", ":width: 100%", ":::", ""]
    write(folder / "index.md", "\n".join(lines))


def output_of(name: str) -> str:
    """What the program prints; it runs once, until it changes."""
    folder = RESULTS / "gallery" / name
    folder.mkdir(parents=True, exist_ok=True)
    program, printed, ran = HERE / f"{name}.py", folder / "printed.txt", folder / "program.py"
    if not ran.exists() or ran.read_bytes() != program.read_bytes():
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MPLBACKEND": "svg"}
        done = subprocess.run(
            [sys.executable, str(program)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program.relative_to(BOOK)} failed:\n{done.stderr}")
        printed.write_text(done.stdout, "utf-8")
        ran.write_bytes(program.read_bytes())
    return printed.read_text("utf-8")
