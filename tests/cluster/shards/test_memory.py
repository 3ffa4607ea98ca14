"""What a fit to files holds, measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

COLUMNS, GROUP, GROUPS = 20, 50_000, 26

SCRIPT = """
    import sys
    import warnings
    from pathlib import Path

    from rosenblatt import MLPClassifier
    from rosenblatt.cluster import ClusterTraining

    def held(name):
        fields = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
        return int(fields[name].split()[0]) / 1024

    def fitted(folder):
        est = MLPClassifier((8,), max_iter=1, batch_size=2000, random_state=0)
        training = ClusterTraining(est, workers=4, address="inproc", window=200_000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return training.fit(folder, target="y")

    small, large = sys.argv[1:]
    fitted(small)  # what imports and engines take
    before = held("VmRSS")
    model = fitted(large)
    print(held("VmHWM") - before, model.history_[0]["rows"])
"""


def make(path: Path, groups: int) -> None:
    rng = np.random.default_rng(0)
    schema = pa.schema([*((f"x{k}", pa.float64()) for k in range(COLUMNS)), ("y", pa.string())])
    with pq.ParquetWriter(path, schema, compression="NONE", use_dictionary=["y"]) as writer:
        for _ in range(groups):
            X = rng.standard_normal((GROUP, COLUMNS))
            y = np.where(X[:, 0] > 0, "yes", "no")
            named = {f"x{k}": X[:, k] for k in range(COLUMNS)}
            writer.write_table(pa.table({**named, "y": y}, schema), row_group_size=GROUP)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_four_workers_in_one_process_hold_a_window_and_not_the_files(tmp_path: Path) -> None:
    """Windows of 16 MB of float32; the rows of all files are 208 MB as they are, 104 MB encoded."""
    for name, groups in (("small", 1), ("large", GROUPS)):
        (tmp_path / name).mkdir()
        make(tmp_path / name / "part.parquet", groups)
    size = (tmp_path / "large" / "part.parquet").stat().st_size / 2**20
    assert size > 195
    folders = (str(tmp_path / "small"), str(tmp_path / "large"))
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1200)
    grown, rows = map(float, done.stdout.split())
    assert rows == GROUP * GROUPS
    assert grown < 80, f"{grown:.0f} MB"


def test_a_worker_does_not_import_scikit_learn() -> None:
    """Nor pandas and SciPy's statistics with it: two seconds and 100 MB of every process."""
    script = "import sys; import rosenblatt.cluster.actors, rosenblatt.cluster.shards.{}"
    for module in ("survey", "scaling", "outside", "weights", "site"):
        command = [sys.executable, "-c", script.format(module) + "; print(*sys.modules)"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert not {"sklearn", "pandas", "scipy.stats"} & set(done.stdout.split())
