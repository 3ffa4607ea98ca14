"""No member of a product is left out of the sample that `make unit` runs."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.support.sampling import sample


@pytest.mark.parametrize("every", [2, 5, 6, 17, 1000])
@pytest.mark.parametrize("lengths", [(17, 17), (16, 17, 3), (6, 10)])
def test_every_value_of_every_axis_is_met(lengths: tuple[int, ...], every: int) -> None:
    cases = [dict(zip("abc", places, strict=False)) for places in product(*map(range, lengths))]
    kept = sample(cases, every)
    for axis, length in zip("abc", lengths, strict=False):
        assert {cases[number][axis] for number in kept} == set(range(length))
    assert kept.issuperset(range(0, len(cases), every))
    assert len(kept) <= -(-len(cases) // every) + sum(lengths)


ROOT = Path(__file__).parents[2]


def test_cases_with_values_of_their_own_are_thinned() -> None:
    """As of a list of checks, each of them for one of two estimators."""
    cases = [{"check": number, "estimator": number // 10} for number in range(20)]
    assert sample(cases, 5) == {0, 5, 10, 15}
    assert sample(cases, 100) == {0, 10}


def test_axes_without_common_factors_need_no_more_than_every_kth() -> None:
    cases = [{"a": i, "b": j} for i in range(16) for j in range(10)]
    assert sample(cases, 7) == set(range(0, 160, 7))


PRODUCT = """
import pytest

@pytest.mark.product(every=7)
@pytest.mark.parametrize("b", [1.5, 2.5, 3.5, None, "x"])
@pytest.mark.parametrize(("a", "twice"), [(k, 2 * k) for k in range(7)])
def test_product(a, twice, b):
    pass
"""


def test_unit_tests_run_a_sample_of_a_product(tmp_path: Path) -> None:
    """As pytest itself collects it: 35 cases, with every value of both axes in the sample."""
    file = tmp_path / "test_product.py"
    file.write_text(PRODUCT)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    marked = ["--collect-only", "-q", "-m", "not exhaustive", "-c", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [*command, *marked, str(file)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kept = re.findall(r"test_product\[(\w+)-\w+-([\w.]+)\]", done.stdout)
    assert {a for a, _ in kept} == {str(k) for k in range(7)}
    assert {b for _, b in kept} == {"1.5", "2.5", "3.5", "None", "x"}
    assert 7 <= len(kept) < 20
