"""What networks find in rows without targets: codes of an autoencoder, and hidden features."""

from rosenblatt.regularization.activity import ActivityL1, ActivityPenalty, KLSparsity
from rosenblatt.unsupervised.autoencoder import MLPAutoencoder
from rosenblatt.unsupervised.hidden_features import HiddenFeatures
from rosenblatt.unsupervised.loading import load
from rosenblatt.unsupervised.network_part import NetworkPart

__all__ = [
    "ActivityL1",
    "ActivityPenalty",
    "HiddenFeatures",
    "KLSparsity",
    "MLPAutoencoder",
    "NetworkPart",
    "load",
]
