"""OpenCV's, pyrenn's and Weka's networks: what they become, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rosenblatt import MLPClassifier, MLPRegressor, importing
from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel, load_model, save_model
from tests.importing.golden import FOLDER, read_golden

OPENCV, PYRENN, WEKA = FOLDER / "opencv", FOLDER / "pyrenn", FOLDER / "weka"


def refused(tmp_path: Path, content: bytes, data: Path | None = None) -> str:
    path = tmp_path / "net"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        importing.read(path, data=data)
    message = str(error.value)
    assert "\n" not in message
    return message


def test_opencvs_largest_output_is_the_class() -> None:
    path = OPENCV / "classes.net.xml"
    est = importing.load(path, classes=["a", "b", "c"])
    assert isinstance(est, MLPClassifier)
    X, Y, _ = read_golden(OPENCV / "classes.json")
    assert est.predict(X).tolist() == np.array(["a", "b", "c"])[Y.argmax(1)].tolist()
    est.partial_fit(X, est.predict(X))


def test_pyrenns_network_goes_on_training() -> None:
    est = importing.load(PYRENN / "one.net.csv")
    assert isinstance(est, MLPRegressor)
    X, Y, _ = read_golden(PYRENN / "one.json")
    est.partial_fit(X[:6], Y[:6, 0])


def test_wekas_columns_are_the_tables(tmp_path: Path) -> None:
    saved = importing.load(WEKA / "classes_3.6.14.net.txt", data=WEKA / "classes.arff")
    assert isinstance(saved, SavedModel)
    save_model(tmp_path / "m", saved)
    encoding = load_model(tmp_path / "m").encoding
    assert [column.name for column in encoding.columns] == [
        "body mass",
        "length",
        "colour",
        "male",
        "constant",
    ]
    assert encoding.target.classes == ("adelie", "chinstrap", "gentoo")
    assert encoding.target.name == "kind"


def test_a_binary_attribute_as_weka_3_9_prints_it(tmp_path: Path) -> None:
    text = (WEKA / "two_3.6.14.net.txt").read_text()
    path = tmp_path / "net.txt"
    path.write_text(text.replace("Attrib male ", "Attrib male=yes "))
    one, other = (
        importing.read(p, data=WEKA / "two.arff") for p in (path, WEKA / "two_3.6.14.net.txt")
    )
    np.testing.assert_array_equal(one.model.parameters, other.model.parameters)


OF_OPENCV = [
    ("sigmoid.net.yml", "SIGMOID_SYM", "SWISH", "the activation_function is 'SWISH'"),
    ("sigmoid.net.yml", "- 1.0036", "- .Nan\n      - 1.0036", "'.Nan', which is not finite"),
    ("sigmoid.net.yml", "layer_sizes: [ 3,", "layer_sizes: [ 4,", "input_scale holds 6 numbers"),
    ("sigmoid.net.yml", "layer_sizes: [ 3, 5", "layer_sizes: [ 3, 6", "weights[0] holds 20"),
    ("sigmoid.net.yml", "f_param1", "f_paramx", "f_param1 is not there"),
    ("classes.net.xml", "<format>", "<!ENTITY x><format>", "is not there or not whole"),
    ("classes.net.xml", "<f_param1>", "<f_param1>&amp;", "f_param1 is not there or not whole"),
    ("classes.net.xml", "opencv_ml_ann_mlp", "opencv-ml-ann-mlp", "it is of OpenCV 2"),
    ("gaussian.net.json", '"GAUSSIAN"', "[1, 2]", "activation_function is no text"),
    ("gaussian.net.json", '"f_param2": 1.3', '"f_param2": 1e308', "are beyond double precision"),
    ("gaussian.net.json", '"f_param2": 1.3', '"f_param2": "x"', "f_param2 is not there"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"), OF_OPENCV, ids=[c[3] for c in OF_OPENCV]
)
def test_refusals_of_opencv(name: str, old: str, new: str, message: str, tmp_path: Path) -> None:
    text = (OPENCV / name).read_text()
    assert old in text
    n = -1 if "ann-mlp" in new else 1
    assert message in refused(tmp_path, text.replace(old, new, n).encode())


OF_PYRENN = [
    ("dOut\n,", "dOut\n1", "the network is recurrent"),
    ("dIn\n0", "dIn\n0,1", "the network is recurrent"),
    ("nn\n3,5,1", "nn\n3,6,1", "a list of 31 weights, in place of 26"),
    ("nn\n3,5,1", "nn\n3,5.5,1", "nn does not name two layers"),
    ("nn\n3,5,1", "nn\n1e300,5,1", "nn does not name two layers"),
    ("normY\n", "normY\n1e308,", "normY does not hold 1 numbers above 0"),
    ("normP\n", "normP\n0,", "normP does not hold 3 numbers above 0"),
    ("\nw\n", "\nw\nnan\n", "w holds 'nan'"),
]


@pytest.mark.parametrize(("old", "new", "message"), OF_PYRENN, ids=[c[2] for c in OF_PYRENN])
def test_refusals_of_pyrenn(old: str, new: str, message: str, tmp_path: Path) -> None:
    text = (PYRENN / "one.net.csv").read_text()
    assert old in text
    assert message in refused(tmp_path, text.replace(old, new, 1).encode())


OF_WEKA = [
    ("Attrib length", "Attrib width", "takes 'Attrib width', which the ARFF file does not have"),
    ("Threshold    -", "Threshold    NaN -", "takes 'Threshold    NaN'"),
    ("Node 3    ", "Node 99    ", "in a circle, or one that is not there"),
    ("Class gentoo\n    Input\n    Node 0\n", "", "has another number of classes"),
    ("Sigmoid Node 6", "Sigmoid Node 5", "has the node 5 once more"),
]


@pytest.mark.parametrize(("old", "new", "message"), OF_WEKA, ids=[c[2] for c in OF_WEKA])
def test_refusals_of_weka(old: str, new: str, message: str, tmp_path: Path) -> None:
    text = (WEKA / "classes_3.6.14.net.txt").read_text()
    assert old in text
    changed = text.replace(old, new, 1).encode()
    found = refused(tmp_path, changed, WEKA / "classes.arff")
    assert message in found or "is not there or not whole" in found


def test_a_printout_without_its_table(tmp_path: Path) -> None:
    text = (WEKA / "classes_3.6.14.net.txt").read_bytes()
    assert "give the ARFF file that the network was trained on by --data" in refused(tmp_path, text)
    other = refused(tmp_path, text, WEKA / "numbers.arff")
    assert "which the ARFF file does not have" in other


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("@attribute length real", "@attribute length string", "of the type 'string'"),
        ("@data\n", "@data\n{0 1}\n", "is a sparse row"),
        ("@data\n", "@data\n1,2\n", "has 2 cells, and 6 attributes"),
        ("@data\n", "@data\n1,2,pink,no,7,gentoo\n", "has 'pink', which is no value"),
        ("@data\n", "@data\nx,2,red,no,7,gentoo\n", "has 'x' where a number is needed"),
        ("@relation", "@relatio", "no line of an ARFF file's head"),
    ],
)
def test_tables_that_are_refused(old: str, new: str, message: str, tmp_path: Path) -> None:
    table = tmp_path / "table.arff"
    table.write_text((WEKA / "classes.arff").read_text().replace(old, new, 1))
    found = refused(tmp_path, (WEKA / "classes_3.6.14.net.txt").read_bytes(), table)
    assert message in found


CUT = [OPENCV / "sigmoid.net.yml", OPENCV / "leaky.net.xml", PYRENN / "two.net.csv"]


@pytest.mark.parametrize("path", CUT, ids=lambda path: path.name)
def test_files_cut_off_anywhere_are_refused(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes().rstrip()
    whole = importing.read(path).model.parameters
    for end in range(0, len(data) - 1, 131):
        try:
            (tmp_path / "net").write_bytes(data[:end])
            read = importing.read(tmp_path / "net").model.parameters
        except InputError:
            continue
        # Of a text that ends within the digits of its last number nothing tells.
        assert (read != whole).sum() <= 1
