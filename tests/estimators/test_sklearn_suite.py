"""scikit-learn's own tests of its perceptrons, run on ours with the import line changed."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

# Tests that read attributes whose names start with an underscore, and what each reads.
PRIVATE = {
    "test_gradient": "_loss_grad_lbfgs",
    "test_learning_rate_warmstart": "_optimizer",
    "test_adaptive_learning_rate": "_optimizer",
    "test_n_iter_no_change": "_no_improvement_count",
    "test_n_iter_no_change_inf": "_no_improvement_count",
}

CONFTEST = """
import pytest


@pytest.fixture(params=[0, 42])
def global_random_seed(request):
    return request.param
"""


def test_scikit_learns_own_tests_pass(tmp_path: Path) -> None:
    spec = find_spec("sklearn.neural_network")
    assert spec is not None
    assert spec.origin is not None
    source = (Path(spec.origin).parent / "tests" / "test_mlp.py").read_text(encoding="utf-8")
    theirs = "from sklearn.neural_network import MLPClassifier, MLPRegressor"
    assert source.count(theirs) == 1
    for test, attribute in PRIVATE.items():
        body = source.split(f"def {test}(")[1].split("\ndef ")[0]
        assert f".{attribute}" in body, f"{test} no longer reaches into {attribute}"
    (tmp_path / "test_mlp.py").write_text(
        source.replace(theirs, "from rosenblatt import MLPClassifier, MLPRegressor"),
        encoding="utf-8",
    )
    (tmp_path / "conftest.py").write_text(CONFTEST)
    skipped = [f"--deselect=test_mlp.py::{test}" for test in PRIVATE]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mlp.py", *skipped],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:]
    assert f"{len(PRIVATE)} deselected" in run.stdout, run.stdout[-400:]
