"""Networks: a chain of layers, and the layout of its one flat parameter vector."""

from rosenblatt.network.activation_layer import ActivationLayer
from rosenblatt.network.affine import Affine
from rosenblatt.network.augmentation import Augmentation
from rosenblatt.network.augmentations import Crop, Cutout, Flip, Rotate, Shift
from rosenblatt.network.bases import Basis, Periodic, Pieces
from rosenblatt.network.beside_input import BesideInput
from rosenblatt.network.category_embedding import CategoryEmbedding
from rosenblatt.network.conv2d import Conv2D
from rosenblatt.network.convolution import Convolution
from rosenblatt.network.cut import Cut, cut_at_first_sum, cut_behind_sums
from rosenblatt.network.data_initialization import fit_initial_parameters
from rosenblatt.network.dense import Dense
from rosenblatt.network.ensemble_affine import EnsembleAffine, PackedAffine
from rosenblatt.network.ensemble_dense import EnsembleDense, PackedDense
from rosenblatt.network.glu import GLU
from rosenblatt.network.interpolation import Interpolation
from rosenblatt.network.layer import Backward, Layer, NativeForm, Passed, Shape, Tangent
from rosenblatt.network.layout import beside_dense, fill
from rosenblatt.network.learned_activations import ParametricActivation, PReLU
from rosenblatt.network.local_response_norm import LocalResponseNorm
from rosenblatt.network.monotone_dense import MonotoneDense
from rosenblatt.network.named_networks import alexnet, lenet5, residual_network
from rosenblatt.network.network import Network, TooManyWeights
from rosenblatt.network.normalization_layer import NormalizationLayer
from rosenblatt.network.numeric_embedding import NumericEmbedding
from rosenblatt.network.parameter_groups import ParameterGroup, RateRun, rate_runs
from rosenblatt.network.piecewise_linear import PiecewiseLinear
from rosenblatt.network.pooling import AveragePool2D, GlobalAveragePool2D, MaxPool2D
from rosenblatt.network.random_layers import Dropout, GaussianNoise
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.network.reshape import Flatten, Reshape
from rosenblatt.network.residual import Residual
from rosenblatt.network.residual_block import Branches, ResidualBlock
from rosenblatt.network.scale import Scale
from rosenblatt.network.sequential import Sequential
from rosenblatt.network.ties import Tie, copy_tied, fold_tied

__all__ = [
    "GLU",
    "ActivationLayer",
    "Affine",
    "Augmentation",
    "AveragePool2D",
    "Backward",
    "Basis",
    "BesideInput",
    "Branches",
    "CategoryEmbedding",
    "Conv2D",
    "Convolution",
    "Crop",
    "Cut",
    "Cutout",
    "Dense",
    "Dropout",
    "EnsembleAffine",
    "EnsembleDense",
    "Flatten",
    "Flip",
    "GaussianNoise",
    "GlobalAveragePool2D",
    "Interpolation",
    "Layer",
    "LocalResponseNorm",
    "MaxPool2D",
    "MonotoneDense",
    "NativeForm",
    "Network",
    "NormalizationLayer",
    "NumericEmbedding",
    "PReLU",
    "PackedAffine",
    "PackedDense",
    "ParameterGroup",
    "ParametricActivation",
    "Passed",
    "Periodic",
    "Pieces",
    "PiecewiseLinear",
    "RateRun",
    "Reshape",
    "Residual",
    "ResidualBlock",
    "Rotate",
    "Scale",
    "Sequential",
    "Shape",
    "Shift",
    "Tangent",
    "Tie",
    "TooManyWeights",
    "TrainedLayer",
    "alexnet",
    "beside_dense",
    "copy_tied",
    "cut_at_first_sum",
    "cut_behind_sums",
    "fill",
    "fit_initial_parameters",
    "fold_tied",
    "lenet5",
    "rate_runs",
    "register",
    "residual_network",
]
