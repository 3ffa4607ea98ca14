"""The race of agents, without its peers."""

from __future__ import annotations

import pytest


def test_a_peer_that_is_not_installed_is_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("gymnasium")
    from benchmarks import agents

    monkeypatch.setattr(agents, "find_spec", lambda name: None)
    agents.main(["--steps", "300", "--repetitions", "1"])
    told = capsys.readouterr()
    assert told.err == "PyTorch is not installed: left out\n"
    header, *lines = told.out.splitlines()
    assert header.split() == ["steps/s", "steps/CPU", "s", "return"]
    assert [line.split()[0] for line in lines] == ["rosenblatt"]
    assert all(float(number) > 0 for line in lines for number in line.split()[1:])
