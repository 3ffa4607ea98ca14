"""Networks for pictures that have names: the layers between `Reshape` and the layer of outputs."""

from __future__ import annotations

from rosenblatt.activations import ReLU, Tanh
from rosenblatt.network.conv2d import Conv2D
from rosenblatt.network.dense import Dense
from rosenblatt.network.layer import Layer
from rosenblatt.network.local_response_norm import LocalResponseNorm
from rosenblatt.network.pooling import AveragePool2D, GlobalAveragePool2D, MaxPool2D
from rosenblatt.network.reshape import Flatten
from rosenblatt.network.residual_block import ResidualBlock
from rosenblatt.normalizations import BatchNorm
from rosenblatt.support.field_types import check_boolean, check_count
from rosenblatt.support.listing import brief

__all__ = ["alexnet", "lenet5", "residual_network"]

MOST_BLOCKS = 10_000


def lenet5() -> tuple[Layer, ...]:
    """LeNet-5 (LeCun et al. 1998, figure 2) for pictures of 28 x 28.

    61,706 parameters with one channel and ten outputs. As it is usually given today: the picture
    has a border of two pixels in place of 32 x 32, every filter of the second convolution sees all
    six maps (there: some of them), windows give their plain mean (there: times a learned factor),
    and the outputs are a dense layer (there: distances from fixed codes).

    Examples
    --------
    >>> from rosenblatt.network import Dense, Network, Reshape, lenet5
    >>> Network(784, (Reshape((28, 28, 1)), *lenet5(), Dense(10))).n_parameters
    61706
    """
    return (
        Conv2D(6, 5, padding=2, activation=Tanh()),
        AveragePool2D(2),
        Conv2D(16, 5, activation=Tanh()),
        AveragePool2D(2),
        Flatten(),
        Dense(120, Tanh()),
        Dense(84, Tanh()),
    )


def alexnet(one_column: bool = False) -> tuple[Layer, ...]:
    """AlexNet (Krizhevsky, Sutskever & Hinton 2012) for pictures of 227 x 227 x 3.

    60,965,224 parameters with a thousand outputs. The two columns of the paper, one on each GPU,
    are the groups of the second, fourth and fifth convolution. (The paper says 224 x 224, which
    its 55 x 55 windows do not fit.)

    Parameters
    ----------
    one_column : bool, default False
        torchvision's variant, after Krizhevsky 2014: for 224 x 224 x 3, with a border of 2 pixels,
        64, 192, 384, 256 and 256 filters (there 96, 256, 384, 384 and 256) without groups, and
        without local response normalisation; 61,100,840 parameters.

    Raises
    ------
    ValueError
        If `one_column` is neither True nor False.
    """
    check_boolean("one_column", one_column)
    relu, dropped = ReLU(), 0.5
    if one_column:
        convolutions: tuple[Layer, ...] = (
            Conv2D(64, 11, stride=4, padding=2, activation=relu),
            MaxPool2D(3, 2),
            Conv2D(192, 5, padding=2, activation=relu),
            MaxPool2D(3, 2),
            Conv2D(384, 3, padding=1, activation=relu),
            Conv2D(256, 3, padding=1, activation=relu),
            Conv2D(256, 3, padding=1, activation=relu),
        )
    else:
        convolutions = (
            Conv2D(96, 11, stride=4, activation=relu),
            LocalResponseNorm(),
            MaxPool2D(3, 2),
            Conv2D(256, 5, padding=2, groups=2, activation=relu),
            LocalResponseNorm(),
            MaxPool2D(3, 2),
            Conv2D(384, 3, padding=1, activation=relu),
            Conv2D(384, 3, padding=1, groups=2, activation=relu),
            Conv2D(256, 3, padding=1, groups=2, activation=relu),
        )
    dense = (Dense(4096, relu, dropout=dropped), Dense(4096, relu, dropout=dropped))
    return (*convolutions, MaxPool2D(3, 2), Flatten(), *dense)


def residual_network(width: int = 16, blocks: int = 2, stages: int = 3) -> tuple[Layer, ...]:
    """A small residual network (He et al. 2016, section 4.2), for pictures of any size.

    A convolution of `width` filters, then stages of basic blocks, the first of which halves the
    picture and doubles the channels from the second stage on. The end is the mean of every channel.
    With three stages there are 6 `blocks` + 2 layers with weights, that of the outputs included:
    ResNet-20 has three blocks. Where the shape changes the shortcut is a convolution of single
    pixels (there: the pixels themselves, with zeros for the new channels).

    Parameters
    ----------
    width : int, default 16
        Channels of the first stage.
    blocks : int, default 2
        Of each stage.
    stages : int, default 3

    Raises
    ------
    ValueError
        If one of them is no whole number of 1 or more, or there are more than 10,000 blocks, or
        more channels than arrays have places for.
    """
    for name, value in (("width", width), ("blocks", blocks), ("stages", stages)):
        check_count(name, value)
        if value < 1:
            raise ValueError(f"{name} must be 1 or more, got {value}")
    if blocks * stages > MOST_BLOCKS:
        raise ValueError(
            f"stages times blocks must be {MOST_BLOCKS:,} at most, got {brief(blocks * stages)}"
        )
    layers: list[Layer] = [
        Conv2D(width, 3, padding=1, activation=ReLU(), normalization=BatchNorm())
    ]
    for stage in range(stages):
        for block in range(blocks):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(ResidualBlock(width * 2**stage, stride=stride))
    return (*layers, GlobalAveragePool2D())
