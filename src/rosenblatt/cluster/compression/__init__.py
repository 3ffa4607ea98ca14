"""Compressed communication with error feedback (theory G19)."""

from rosenblatt.cluster.compression.base import Compressor, Encoder, ErrorFeedback
from rosenblatt.cluster.compression.low_rank import LowRank
from rosenblatt.cluster.compression.messages import Message
from rosenblatt.cluster.compression.quantised import Int8
from rosenblatt.cluster.compression.sign import ScaledSign
from rosenblatt.cluster.compression.sparse import RandomK, TopK

__all__ = [
    "COMPRESSORS",
    "Compressor",
    "Encoder",
    "ErrorFeedback",
    "Int8",
    "LowRank",
    "Message",
    "RandomK",
    "ScaledSign",
    "TopK",
]

# By the names that `ClusterTraining` takes.
COMPRESSORS: dict[str, Compressor] = {
    "top_k": TopK(),
    "random_k": RandomK(),
    "sign": ScaledSign(),
    "int8": Int8(),
    "low_rank": LowRank(),
}
