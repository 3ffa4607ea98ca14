"""Networks given as a graph: what leaves each point of it, as the layers on the way there.

Branches that meet again are brought into one chain: a sum of two that begin alike is a residual
connection, and two that only scale and choose columns stand side by side in one matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.pieces import Linear, Piece, ResidualBlock, Scaled
from rosenblatt.support.types import Float64Array

__all__ = ["Branch", "Check", "affine_of", "side_by_side", "split", "summed"]

Check = Callable[[int, str], None]  # of bytes that something needs: `Source.check_memory`


@final
class Branch:
    """What leaves a point: `width` numbers for each row.

    Parameters
    ----------
    width : int
    before : Branch, optional
        What the last piece takes; none at the network's inputs.
    piece : Piece, optional
    """

    def __init__(
        self, width: int, before: Branch | None = None, piece: Piece | None = None
    ) -> None:
        self.width, self.before, self.piece = width, before, piece
        self.depth: int = 0 if before is None else before.depth + 1

    def then(self, piece: Piece, width: int | None = None) -> Branch:
        """What leaves a piece that takes this."""
        return Branch(self.width if width is None else width, self, piece)

    def pieces(self, since: Branch | None = None) -> tuple[Piece, ...]:
        """All on the way, from the inputs or from another point on it."""
        pieces: list[Piece] = []
        at: Branch = self
        while at is not since and at.before is not None and at.piece is not None:
            pieces.append(at.piece)
            at = at.before
        return simplified(reversed(pieces))


def simplified(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The same with biases that are added, and columns that are chosen, within the weights."""
    simple: list[Piece] = []
    for piece in pieces:
        before = simple[-1] if simple else None
        if isinstance(before, Linear) and isinstance(piece, Scaled):
            W = before.weights if (piece.scale == 1).all() else before.weights * piece.scale
            simple[-1] = Linear(before.place, W, before.biases * piece.scale + piece.shift)
        elif isinstance(before, Linear) and isinstance(piece, Linear) and chooses(before):
            b = before.biases @ piece.weights + piece.biases
            simple[-1] = Linear(piece.place, before.weights @ piece.weights, b)
        else:
            simple.append(piece)
    return tuple(simple)


def chooses(linear: Linear) -> bool:
    """Whether each column that leaves is one that came, scaled."""
    return bool((np.count_nonzero(linear.weights, axis=0) == 1).all())


def split(inputs: Sequence[tuple[str, int]], check: Check) -> list[Branch]:
    """Several inputs as the columns of one, in order, from their names and widths."""
    total = sum(width for _, width in inputs)
    check(16 * total * (total if len(inputs) > 1 else 1), "its inputs")
    root = Branch(total)
    if len(inputs) == 1:
        return [root]
    branches, first = [], 0
    for name, width in inputs:
        W = np.eye(total)[:, first : first + width]
        place = f"the input {name[:60]!r}"
        branches.append(root.then(Linear(place, W, np.zeros(width)), width))
        first += width
    return branches


def last_common(one: Branch, other: Branch) -> Branch:
    """The last point that both have on their way: the inputs, if no other."""
    while one is not other:
        if one.depth >= other.depth and one.before is not None:
            one = one.before
        elif other.before is not None:
            other = other.before
        else:
            raise ValueError("two networks")
    return one


def summed(one: Branch, other: Branch, place: str) -> Branch:
    """one + other, where one of them is what the other began with, perhaps times a matrix."""
    start = last_common(one, other)
    if one.width != other.width:
        raise InputError(
            f"{place} adds branches of {one.width} and {other.width} numbers, which only a tensor"
            " operation does: a residual connection adds as many"
        )
    short, long = sorted((one.pieces(start), other.pieces(start)), key=len)
    if not short:
        return start.then(ResidualBlock(place, long), one.width)
    if start.width != one.width:
        for direct, around in ((short, long), (long, short)):
            if len(direct) == 1 and isinstance(linear := direct[0], Linear):
                shifted = Scaled(place, np.ones(one.width), linear.biases)
                block = ResidualBlock(place, (*around, shifted), linear.weights)
                return start.then(block, one.width)
    raise InputError(
        f"{place} adds two branches, and neither is the values with which the other begins: only"
        " residual connections are read"
    )


def side_by_side(branches: Sequence[Branch], place: str, check: Check) -> Branch:
    """The columns of all branches, each of which scales, multiplies by matrices, or does nothing
    behind the last point that all have in common."""
    start = branches[0]
    for branch in branches[1:]:
        start = last_common(start, branch)
    width = sum(branch.width for branch in branches)
    widest = max((branch.width for branch in branches), default=1)
    check(16 * start.width * max(width, widest), place)
    maps = [affine_of(branch.pieces(start), start.width, place, check) for branch in branches]
    W = np.hstack([weights for weights, _ in maps])
    b = np.concatenate([biases for _, biases in maps])
    if W.shape[0] == W.shape[1] and not (W - np.diag(np.diag(W))).any():
        if (np.diag(W) == 1).all() and not b.any():
            return start
        return start.then(Scaled(place, np.diag(W).copy(), b))
    return start.then(Linear(place, W, b), width)


def affine_of(
    pieces: Sequence[Piece], width: int, place: str, check: Check
) -> tuple[Float64Array, Float64Array]:
    """W and b of pieces that together are x W + b; InputError where they are not."""
    W, b = np.eye(width), np.zeros(width)
    for piece in pieces:
        match piece:
            case Linear():
                check(16 * width * len(piece.biases), place)
                W, b = W @ piece.weights, b @ piece.weights + piece.biases
            case Scaled():
                W, b = W * piece.scale, b * piece.scale + piece.shift
            case _:
                raise InputError(
                    f"{place} puts branches side by side, and in one of them is {piece.place}: only"
                    " columns that are chosen or scaled are read"
                )
    return W, b
