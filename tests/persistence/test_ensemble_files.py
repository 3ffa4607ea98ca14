"""Files of several networks: what goes in comes out, and what does not belong together is refused.

Format 2 of the model file, whose one network is written as format 1.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, load_file, save_file

from rosenblatt.errors import InputError
from rosenblatt.model import EnsembleModel
from rosenblatt.persistence import (
    is_model_file,
    is_weights_file,
    load_model,
    read_model,
    save_model,
    weights_of,
)
from tests.support.fuzz_bases import ENSEMBLES, frame, model_of
from tests.support.model_files import rewrite
from tests.support.saved_models import FRAME, saved_model

NAME = "mean of probabilities"  # of networks with other layers each


@pytest.fixture
def path(tmp_path: Path) -> Path:
    save_model(tmp_path / "model", model_of(NAME, np.float32))
    return tmp_path / "model"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ENSEMBLES)
def test_what_goes_in_comes_out(tmp_path: Path, name: str, dtype: Any) -> None:
    saved = model_of(name, dtype)
    save_model(tmp_path / "m", saved)
    loaded = read_model(tmp_path / "m")
    assert loaded.format_version == 2
    assert loaded.saved.encoding == saved.encoding
    assert loaded.saved.summary == saved.summary
    assert len(loaded.saved.model.members) == len(saved.model.members)
    for found, member in zip(loaded.saved.model.members, saved.model.members, strict=True):
        assert found.network == member.network
        assert found.loss == member.loss
        np.testing.assert_array_equal(found.parameters, member.parameters, strict=True)
        np.testing.assert_array_equal(found.state, member.state, strict=True)
    X = saved.encoding.encode(frame()).X
    np.testing.assert_array_equal(loaded.saved.model.predict(X), saved.model.predict(X))


def test_one_network_is_written_as_older_versions_read_it(tmp_path: Path) -> None:
    saved = saved_model()
    save_model(tmp_path / "one", saved)
    save_model(tmp_path / "mean", replace(saved, model=EnsembleModel((saved.model,))))
    one, mean = read_model(tmp_path / "one"), read_model(tmp_path / "mean")
    assert one.checksum == mean.checksum
    assert one.format_version == mean.format_version == 1
    assert sorted(load_file(tmp_path / "one"))[0] == "layers.0.bias"


def test_any_safetensors_reader_reads_the_weights_of_every_member(path: Path) -> None:
    members, tensors = model_of(NAME, np.float32).model.members, load_file(path)
    for k, member in enumerate(members):
        for name, array in member.network.named_parameters(member.parameters).items():
            np.testing.assert_array_equal(tensors.pop(f"members.{k}.{name}"), array)
    assert set(tensors) == {
        f"members.2.layers.0.{name}" for name in ("running_mean", "running_var")
    }


def test_weights_alone_are_told_from_models_and_other_files(tmp_path: Path, path: Path) -> None:
    content = weights_of(load_model(path))
    assert load(content).keys() == load_file(path).keys()
    (tmp_path / "weights").write_bytes(content)
    save_file({"members.0.other": np.ones(1)}, tmp_path / "other")
    found = {name: is_weights_file(tmp_path / name) for name in ("weights", "model", "other")}
    assert found == {"weights": True, "model": False, "other": False}
    assert is_model_file(path)


def test_a_member_with_a_weight_that_is_not_finite_is_not_saved(path: Path) -> None:
    old, saved = path.read_bytes(), load_model(path)
    saved.model.members[1].parameters[3] = np.inf
    with pytest.raises(InputError, match=r"not finite.*smaller learning rate"):
        save_model(path, saved)
    assert path.read_bytes() == old


def emptied(m: dict[str, Any], t: dict[str, Any]) -> None:
    m["members"] = [{"kind": "MemberData", "input_noise": 0.0, "layers": []}] * 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m, t: m.update(members=[]), "at least two"),
        (lambda m, t: m.update(members=m["members"][:1]), "at least two"),
        (lambda m, t: m.update(members=m["members"][:2]), "do not fit the network"),
        (lambda m, t: m.update(members=m["members"] * 2), "do not fit the network"),
        (lambda m, t: m.update(members=m["members"] * 100), "could take more memory"),
        (lambda m, t: m.update(members=m["members"][::-1]), "do not fit the network"),
        (lambda m, t: m.update(members={}), "members"),
        (lambda m, t: m["members"][0].update(kind="Metadata"), r"members\[0\]"),
        (lambda m, t: m["members"][0].update(n_inputs=3), r"members\[0\]"),
        (lambda m, t: m["members"][1].pop("layers"), "layers"),
        (lambda m, t: m["members"][1].update(input_noise=-1.0), "negative|must be"),
        (emptied, "at least one layer"),
        (lambda m, t: m["members"][1]["layers"][-1].update(n_outputs=2), "2 outputs"),
        (lambda m, t: m.update(n_inputs=3), "the network has 3 inputs"),
        (lambda m, t: m.update(layers=m["members"][0]["layers"]), "layers"),
        (lambda m, t: m.update(kind="Metadata"), "kind"),
        (lambda m, t: m.update(format_version=1), "kind"),
        (lambda m, t: t.pop("members.1.layers.0.bias"), "do not fit the network"),
        (lambda m, t: t.update(more=np.zeros(1, np.float32)), "do not fit the network"),
        (lambda m, t: t.update({"layers.0.bias": np.zeros(4, np.float32)}), "do not fit"),
        (lambda m, t: t.update({"members.3.layers.0.bias": np.zeros(4, np.float32)}), "do not fit"),
        (lambda m, t: t.update({"members.1.layers.0.bias": np.zeros(4)}), "all float32 nor all"),
        (lambda m, t: t["members.1.layers.0.bias"].fill(np.nan), "not finite"),
        (lambda m, t: t["members.2.layers.0.running_var"].fill(-1), "variance is negative"),
    ],
)
def test_whole_files_with_the_wrong_content_are_refused(path: Path, change, reason: str) -> None:
    """Their checksums fit: the reader trusts no writer."""
    rewrite(path, change)
    with pytest.raises(InputError, match=reason) as refused:
        load_model(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 600 + len(str(path))


def test_a_file_of_one_network_does_not_pass_for_one_of_several(tmp_path: Path) -> None:
    save_model(tmp_path / "m", saved_model())
    rewrite(tmp_path / "m", lambda m, t: m.update(format_version=2))
    with pytest.raises(InputError, match="kind must be 'EnsembleMetadata'"):
        load_model(tmp_path / "m")


def test_the_mean_of_a_file_is_that_of_its_networks(tmp_path: Path) -> None:
    """Each saved alone, as files that have long been there."""
    one = saved_model()
    other = replace(one, model=replace(one.model, parameters=-one.model.parameters))
    X, predictions = one.encoding.encode(FRAME).X, []
    for k, saved in enumerate((one, other)):
        save_model(tmp_path / f"{k}", saved)
        predictions.append(load_model(tmp_path / f"{k}").model.predict(X))
    both = EnsembleModel((one.model, other.model))
    save_model(tmp_path / "m", replace(one, model=both))
    found = load_model(tmp_path / "m").model.predict(X)
    np.testing.assert_allclose(found, np.mean(predictions, axis=0), rtol=1e-6)
