"""Options that cannot be meant are refused before anything is read."""

from __future__ import annotations

import pytest

from rosenblatt.cli.app import run

BAD = {
    "hidden of 0": (["--hidden", "64,0"], "--hidden"),
    "hidden below 0": (["--hidden=-3"], "--hidden"),
    "hidden no numbers": (["--hidden", "wide"], "--hidden 64,32"),
    "hidden with a hole": (["--hidden", "64,,32"], "--hidden 64,32"),
    "rate of 0": (["--learning-rate", "0"], "--learning-rate is 0"),
    "rate below 0": (["--learning-rate=-0.1"], "--learning-rate is -0.1"),
    "rate nan": (["--learning-rate", "nan"], "--learning-rate"),
    "rate infinite": (["--learning-rate", "inf"], "--learning-rate"),
    "rate no number": (["--learning-rate", "fast"], "--learning-rate"),
    "alpha below 0": (["--alpha=-1"], "--alpha"),
    "batch of 0": (["--batch-size", "0"], "--batch-size"),
    "no epochs": (["--epochs", "0"], "--epochs"),
    "no patience": (["--patience", "0"], "--patience"),
    "seed below 0": (["--seed=-1"], "--seed"),
    "seed too large": (["--seed", "4294967296"], "--seed"),
    "no jobs": (["--jobs", "0"], "--jobs"),
    "fraction of 1": (["--test-fraction", "1"], "--test-fraction"),
    "fraction below 0": (["--validation-fraction=-0.1"], "--validation-fraction"),
    "no rows left": (["--test-fraction", "0.6", "--validation-fraction", "0.4"], "add up to 1"),
    "unknown activation": (
        ["--activation", "relux"],
        "Known are 'identity', 'logistic', 'tanh', 'relu'",
    ),
    "nearly an activation": (["--activation", "LeakyRelu"], "(did you mean 'leaky_relu'?)"),
    "unknown solver": (
        ["--solver", "adm"],
        "(did you mean 'adam'?). Known are 'adam', 'sgd', 'momentum', 'nesterov', 'adagrad'",
    ),
    "unknown schedule": (["--schedule", "cosin"], "'exponential', 'inverse_time', 'polynomial'"),
    "schedule of sgd's": (["--schedule", "adaptive"], "'constant', 'step'"),
    "schedule for lbfgs": (["--schedule", "cosine", "--solver", "lbfgs"], "choose --solver adam"),
    "unknown on_divergence": (["--on-divergence", "restart"], "'raise', 'restore'"),
    "restoring lbfgs": (
        ["--on-divergence", "restore", "--solver", "lbfgs"],
        "does not go with --solver lbfgs: it needs a learning rate",
    ),
    "unknown task": (["--task", "cluster"], "'auto', 'classification', 'regression'"),
    "quotation mark of two": (["--quote", "ab"], "quotation mark 'ab'"),
    "unknown option": (["--epoch", "3"], "--epoch"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_senseless_option_is_refused_in_one_sentence(case, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    options, named = BAD[case]
    assert run(["train", "--example", "iris", *options]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    assert named in captured.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["train"], "--example NAME"),
        (["train", "data.csv", "--example", "iris"], "not both"),
        (["train", "--example", "mnist"], "'breast_cancer', 'diabetes', 'digits', 'iris', 'wine'"),
        (["predict"], "'model'"),
        (["explane"], "explane"),
        (["inspect", "--quickly", "m"], "--quickly"),
    ],
)
def test_a_wrong_command_line_is_refused_in_one_sentence(arguments, named, capsys) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    assert named in captured.err


@pytest.mark.parametrize("command", ["", "train", "search", "predict", "evaluate", "inspect"])
def test_every_command_has_its_help(command: str, capsys) -> None:
    assert run([*command.split(), "--help"]) == 0
    assert "Usage:" in capsys.readouterr().out


def test_no_command_shows_the_help(capsys) -> None:
    assert run([]) == 0
    assert "Commands" in capsys.readouterr().out


def test_the_version(capsys) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("rosenblatt ")
