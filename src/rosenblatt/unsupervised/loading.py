"""`load`: the autoencoder in a file."""

from __future__ import annotations

from os import PathLike

from rosenblatt.unsupervised.autoencoder import MLPAutoencoder

__all__ = ["load"]


def load(path: str | PathLike[str]) -> MLPAutoencoder:
    """The autoencoder in a file that its `save` wrote; the file is read as untrusted input.

    Parameters
    ----------
    path : path

    Raises
    ------
    InputError
        For every file that is not a whole autoencoder.
    """
    from rosenblatt.unsupervised.saving import read_autoencoder

    return read_autoencoder(path, MLPAutoencoder)
