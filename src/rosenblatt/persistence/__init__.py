"""Model files: the network, what was learnt about the columns, and the scores, in one file."""

from rosenblatt.support.optional_dependencies import EXTRAS, missing

try:
    from rosenblatt.persistence.files import (
        Loaded,
        check_savable,
        is_model_file,
        is_weights_file,
        load_model,
        read_model,
        save_model,
        weights_of,
    )
    from rosenblatt.persistence.saved_model import SavedModel
    from rosenblatt.persistence.schema import FORMAT_VERSION
    from rosenblatt.persistence.summary import OptionValue, PartSize, Score, Summary
except ModuleNotFoundError as error:
    package = (error.name or "").partition(".")[0]
    if package not in EXTRAS:
        raise
    raise missing("rosenblatt.persistence", package) from error

__all__ = [
    "FORMAT_VERSION",
    "Loaded",
    "OptionValue",
    "PartSize",
    "SavedModel",
    "Score",
    "Summary",
    "check_savable",
    "is_model_file",
    "is_weights_file",
    "load_model",
    "read_model",
    "save_model",
    "weights_of",
]
