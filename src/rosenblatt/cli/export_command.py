"""The command `export`: writes a model in other formats, with its table encoding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, final

from rosenblatt.cli.json_output import Json
from rosenblatt.cli.options import check_member
from rosenblatt.cli.replacing import check_replaceable, holds, is_same_file
from rosenblatt.cli.screen import Screen
from rosenblatt.errors import InputError
from rosenblatt.support.atomic import check_writable, replaced_file
from rosenblatt.support.late import late
from rosenblatt.support.optional_dependencies import install_command

if TYPE_CHECKING:
    from rosenblatt import persistence
else:
    persistence = late("rosenblatt.persistence")


OURS = b"written by rosenblatt"
PRODUCER = b"\x12\nrosenblatt"  # the entry of an ONNX model that names who wrote it


@final
@dataclass(frozen=True)
class Form:
    """An export format."""

    ending: str
    what: str
    files: Callable[[persistence.SavedModel, str | None, Path], Mapping[Path, bytes]]
    is_one: Callable[[Path], bool]
    package: str | None = None  # that it needs
    is_single: bool = False  # in which precision it computes


Content = Callable[["persistence.SavedModel", str | None], bytes]


def alone(content: Content) -> Callable[..., Mapping[Path, bytes]]:
    """A format of one file."""
    return lambda saved, name, path: {path: content(saved, name)}


def tfjs_files(saved: persistence.SavedModel, name: str | None, path: Path) -> Mapping[Path, bytes]:
    """The weights lie beside the model, which names them."""
    from rosenblatt.export.tfjs import weights_beside

    beside = weights_beside(path)
    text, weights = saved.to_tfjs(weights=beside.name)
    return {beside: weights, path: text.encode("ascii")}


FORMS: Mapping[str, Form] = {
    "onnx": Form(
        ".onnx",
        "an ONNX model, an input for each column",
        alone(lambda saved, name: saved.to_onnx().SerializeToString()),
        lambda path: holds(path, PRODUCER),
        "onnx",
        is_single=True,
    ),
    "c": Form(
        ".c",
        "a C99 file, a structure with a member for each column",
        alone(lambda saved, name: saved.to_c(name=name or "predict").encode("ascii")),
        lambda path: holds(path, OURS),
    ),
    "sql": Form(
        ".sql",
        "a SELECT over a table with these columns",
        alone(lambda saved, name: saved.to_sql(table=name or "rows").encode()),
        lambda path: holds(path, OURS),
    ),
    "javascript": Form(
        ".mjs",
        "an ES module, a function of an object with the cells of a row",
        alone(lambda saved, name: saved.to_javascript().encode()),
        lambda path: holds(path, OURS),
    ),
    "r": Form(
        ".R",
        "a function of R, of a data frame with these columns",
        alone(lambda saved, name: saved.to_r(name=name or "network").encode("ascii")),
        lambda path: holds(path, OURS),
    ),
    "pmml": Form(
        ".pmml",
        "PMML 4.4, a field for each column",
        alone(lambda saved, name: saved.to_pmml().encode()),
        lambda path: holds(path, OURS),
    ),
    "fann": Form(
        ".net",
        "a network of FANN 2.1, an input for each column",
        alone(lambda saved, name: saved.to_fann().encode("ascii")),
        lambda path: False,  # it says nowhere who wrote it
    ),
    "keras": Form(
        ".keras",
        "an archive of Keras 3, an input for each column",
        alone(lambda saved, name: saved.to_keras()),
        lambda path: holds(path, b'"written_by": "rosenblatt"'),
        "h5py",
        is_single=True,
    ),
    "tfjs": Form(
        ".json",
        "a layers model of TensorFlow.js, its weights beside it",
        tfjs_files,
        lambda path: holds(path, b'"generatedBy": "written by rosenblatt"'),
        is_single=True,
    ),
    "safetensors": Form(
        ".safetensors",
        "the weights by name, without the columns",
        alone(lambda saved, name: persistence.weights_of(saved)),
        lambda path: persistence.is_weights_file(path),
    ),
}


def run_export(
    model: Path,
    screen: Screen,
    *,
    to: str | None,
    out: Path | None,
    name: str | None,
    force: bool = False,
) -> Json:
    """Write a model in another format, after a check that the file can be written.

    A file that is no such export is replaced by `force` alone.
    """
    form, path = form_and_place(model, to, out)
    kind = next(kind for kind, other in FORMS.items() if other is form)
    if form.package is not None and find_spec(form.package) is None:
        command = install_command(form.package)
        raise InputError(f"--to {kind} needs {form.package}: {command}, or choose --to c")
    if is_same_file(path, model):
        raise InputError(f"--out {path} is the model itself: choose another name")
    check_replaceable(path, form.is_one, f"export of rosenblatt as {kind}", force=force)
    check_writable(path)
    saved = persistence.load_model(model)
    notes = [f"{path} held another file, which the new one has replaced"] if path.exists() else []
    if form.is_single and saved.model.dtype.itemsize > 4:
        notes.append(
            f"{kind} computes with some 7 digits, and this model with 16: where it subtracts large"
            " numbers, export to C, SQL, JavaScript, R or PMML"
        )
    try:
        files = form.files(saved, name, path)
    except ValueError as error:
        raise InputError(f"{model} cannot be exported: {error}") from error
    for place, content in files.items():
        # What lies beside an export goes with it, and is nobody's where there is none.
        if place != path and not path.exists():
            check_replaceable(place, lambda other: False, "part of this export", force=force)
        with replaced_file(place) as file:
            file.write(content)
    screen.saved(path)
    screen.notes(notes)
    screen.say(f"wrote {path}: {form.what}")
    return {"out": str(path), "to": kind, "bytes": sum(map(len, files.values())), "notes": notes}


def form_and_place(model: Path, to: str | None, out: Path | None) -> tuple[Form, Path]:
    """The format by its name or by the file's ending, and the file, by default beside the model."""
    if to is not None:
        check_member("--to", to, FORMS)
        # A model's own name ends as its weights would.
        stem = f"{model.stem}-weights" if to == "safetensors" else model.stem
        return FORMS[to], out or Path(stem + FORMS[to].ending)
    if out is None:
        raise InputError("nothing says what to write: give --to onnx, for example, or --out net.c")
    for form in FORMS.values():
        if out.suffix.lower() == form.ending.lower():
            return form, out
    endings = ", ".join(form.ending for form in FORMS.values())
    raise InputError(
        f"the name {out} does not say what to write: let it end with one of {endings}, or give "
        f"--to {next(iter(FORMS))}, for example"
    )
