"""Writes networks as PMML by nyoka and JPMML-SkLearn, and what pypmml (PMML4S) makes of rows.

    python tests/golden/make_pmml.py tests/golden/elsewhere/pmml

It needs scikit-learn 1.9.0, nyoka, sklearn2pmml, pypmml and Java, and no rosenblatt. Files whose
names begin with `hand_` are in the folder already, written by hand after the forms of R's pmml and
of KNIME; pypmml scores them too.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from nyoka import skl_to_pmml
from pypmml import Model
from sklearn.compose import ColumnTransformer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn2pmml import sklearn2pmml
from sklearn2pmml.pipeline import PMMLPipeline

FOLDER = Path(sys.argv[1])
warnings.simplefilter("ignore")
BEGINNINGS = ("probability(", "probability_")
NUMBERS = ["age", "income", "size"]
rng = np.random.default_rng(0)
X = pd.DataFrame(rng.normal(size=(120, 3)) * [1, 20, 0.1] + [5, -100, 0], columns=NUMBERS)
label = pd.Series(
    np.array(["no", "perhaps", "yes"])[(X.age > 5).astype(int) + (X.income > -100)], name="answer"
)
two = pd.Series(np.where(X.age > 5, "good", "bad"), name="answer")
number = pd.Series(np.sin(X.age) + X.income / 20, name="price")
colour = pd.Series(np.array(["red", "green", "blue"])[rng.integers(3, size=120)], name="colour")
rows = rng.normal(size=(8, 3)) * [1, 20, 0.1] + [5, -100, 0]
rows = np.vstack([rows, [[1e3, -1e3, 30], [-40, 500, -1e2], [0, 0, 0]]])
TABLE = pd.DataFrame(rows, columns=NUMBERS)
TABLE["colour"] = (["red", "green", "blue"] * 4)[: len(TABLE)]


def pipeline(kind: type, scaler: object, network: object) -> Pipeline:
    return kind([("scaler", scaler), ("network", network)])


def mlp(kind: type, *hidden: int, activation: str = "relu") -> object:
    return kind(hidden_layer_sizes=hidden, activation=activation, max_iter=80, random_state=0)


def written(path: Path, tool: str, target: str) -> None:
    """What pypmml makes of the rows: probabilities of the classes, or numbers."""
    model = Model.load(str(path))
    inputs = list(model.inputNames)
    told = model.predict(TABLE[inputs])
    probabilities = [name for name in told.columns if name[:12] in BEGINNINGS]
    labels = [name.removeprefix("probability")[1:].removesuffix(")") for name in probabilities]
    columns = probabilities or [f"predicted_{target}"]
    golden = {
        "tool": tool,
        "type": "double",
        "labels": labels,
        "table": TABLE[inputs].to_dict("list"),
        "y": told[columns].astype(float).to_numpy().tolist(),
    }
    path.with_name(path.name.replace(".net.pmml", ".json")).write_text(json.dumps(golden) + "\n")


NYOKA = {
    "nyoka_number": (StandardScaler(), mlp(MLPRegressor, 5, activation="tanh"), number),
    "nyoka_two": (StandardScaler(), mlp(MLPClassifier, 4, activation="logistic"), two),
    "nyoka_classes": (MinMaxScaler(), mlp(MLPClassifier, 5, 3), label),
}
for name, (scaler, network, y) in NYOKA.items():
    fitted = pipeline(Pipeline, scaler, network).fit(X, y)
    path = FOLDER / f"{name}.net.pmml"
    skl_to_pmml(fitted, NUMBERS, y.name, str(path))
    written(path, "nyoka 5.5.0, pypmml 1.5.8", y.name)
encoded = ColumnTransformer(
    [("numbers", StandardScaler(), NUMBERS[:2]), ("words", OneHotEncoder(), ["colour"])]
)
JPMML = {
    "jpmml_number": (StandardScaler(), mlp(MLPRegressor, 5), number),
    "jpmml_two": (encoded, mlp(MLPClassifier, 4, activation="tanh"), two),
    "jpmml_classes": (MinMaxScaler(), mlp(MLPClassifier, 5, activation="logistic"), label),
}
for name, (scaler, network, y) in JPMML.items():
    given = pd.concat([X[NUMBERS[:2]], colour], axis=1) if scaler is encoded else X
    fitted = pipeline(PMMLPipeline, scaler, network).fit(given, y)
    path = FOLDER / f"{name}.net.pmml"
    sklearn2pmml(fitted, str(path))
    written(path, "JPMML-SkLearn of sklearn2pmml 0.133.1, pypmml 1.5.8", y.name)
for path in sorted(FOLDER.glob("hand_*.net.pmml")):
    target = "answer" if path.name == "hand_r.net.pmml" else "price"
    written(path, "written by hand, pypmml 1.5.8", target)
