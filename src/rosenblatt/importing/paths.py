"""Networks given as a graph: what leaves each point of it, as the layers on the way there.

Branches that meet again are brought into one chain: a sum of two that begin alike is a residual
connection, two that only scale and choose columns stand side by side in one matrix, and any others
put their values before what they began with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.pieces import (
    Beside,
    Linear,
    Piece,
    Product,
    ResidualBlock,
    Scaled,
)
from rosenblatt.support.types import Float64Array

__all__ = ["Branch", "Check", "product", "side_by_side", "split", "summed", "total"]

DEEPEST = 20  # branches within branches
OF_ANY = 16  # numbers that a piece takes besides its weights

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
    cost : int
        Numbers that the piece holds.
    """

    def __init__(
        self, width: int, before: Branch | None = None, piece: Piece | None = None, cost: int = 0
    ) -> None:
        self.width, self.before, self.piece = width, before, piece
        self.depth: int = 0 if before is None else before.depth + 1
        self.cost: int = cost if before is None else before.cost + cost

    def then(self, piece: Piece, width: int | None = None) -> Branch:
        """What leaves a piece that takes this."""
        cost = OF_ANY + (piece.weights.size if isinstance(piece, Linear) else self.width)
        return Branch(self.width if width is None else width, self, piece, cost)

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


def summed(one: Branch, other: Branch, place: str, check: Check) -> Branch:
    """one + other: a residual connection where one of them is what the other began with, perhaps
    times a matrix."""
    start = last_common(one, other)
    if one.width != other.width:
        raise InputError(
            f"{place} adds branches of {one.width} and {other.width} numbers, which only a tensor"
            " operation does: a residual connection adds as many"
        )
    short, long = sorted((one.pieces(start), other.pieces(start)), key=len)
    cost = one.cost + other.cost - 2 * start.cost
    if not short:
        return joined(start, ResidualBlock(place, long), one.width, cost, check)
    if start.width != one.width:
        for direct, around in ((short, long), (long, short)):
            if len(direct) == 1 and isinstance(linear := direct[0], Linear):
                shifted = Scaled(place, np.ones(one.width), linear.biases)
                block = ResidualBlock(place, (*around, shifted), linear.weights)
                return joined(start, block, one.width, cost, check)
    return total([one, other], place, check)


def total(branches: Sequence[Branch], place: str, check: Check) -> Branch:
    """The sum of branches of one width."""
    n = branches[0].width
    behind = one_behind_the_other(branches, place, check)
    check(16 * n * behind.width, place)
    W = np.tile(np.eye(n), (len(branches), 1))
    return behind.then(Linear(place, W, np.zeros(n)), n)


def product(one: Branch, other: Branch, place: str, check: Check) -> Branch:
    """one ⊙ other."""
    if one.width != other.width:
        raise InputError(
            f"{place} multiplies branches of {one.width} and {other.width} numbers: as many of both"
            " are read"
        )
    return side_by_side([one, other], place, check).then(Product(place), one.width)


def side_by_side(branches: Sequence[Branch], place: str, check: Check) -> Branch:
    """The columns of all branches."""
    start = begin_of(branches)
    pieces = [branch.pieces(start) for branch in branches]
    if not all(isinstance(piece, Linear | Scaled) for of in pieces for piece in of):
        return one_behind_the_other(branches, place, check)
    width = sum(branch.width for branch in branches)
    widest = max((branch.width for branch in branches), default=1)
    check(16 * start.width * max(width, widest), place)
    maps = [affine_of(of, start.width, place, check) for of in pieces]
    W = np.hstack([weights for weights, _ in maps])
    b = np.concatenate([biases for _, biases in maps])
    if W.shape[0] == W.shape[1] and not (W - np.diag(np.diag(W))).any():
        if (np.diag(W) == 1).all() and not b.any():
            return start
        return start.then(Scaled(place, np.diag(W).copy(), b))
    return start.then(Linear(place, W, b), width)


def begin_of(branches: Sequence[Branch]) -> Branch:
    """The last point that all have on their way."""
    start = branches[0]
    for branch in branches[1:]:
        start = last_common(start, branch)
    return start


def one_behind_the_other(branches: Sequence[Branch], place: str, check: Check) -> Branch:
    """The same for branches of any pieces: each puts its values before all that there is yet.

    What they begin with stays at the end, where each of them takes it from; if it is not the last
    of the branches, it is left out in the end.
    """
    start = begin_of(branches)
    stays = branches[-1] is start
    at, n = start, start.width
    for branch in reversed(branches[:-1] if stays else branches):
        check(16 * n * at.width, place)
        taken = Linear(place, np.eye(at.width)[:, at.width - n :], np.zeros(n))
        pieces = branch.pieces(start)
        needs_choice = at is not start or not pieces
        block = Beside(place, (taken, *pieces) if needs_choice else pieces)
        cost = branch.cost - start.cost + taken.weights.size
        at = joined(at, block, at.width + branch.width, cost, check)
    if stays:
        return at
    width = at.width - n
    check(16 * at.width * width, place)
    return at.then(Linear(place, np.eye(at.width)[:, :width], np.zeros(width)), width)


def joined(
    start: Branch, block: ResidualBlock | Beside, width: int, cost: int, check: Check
) -> Branch:
    """What leaves a block of branches, where it is neither too large nor too deep.

    A point that several branches pass has its pieces in each of them, which in a graph that is
    made for it may grow beyond all bounds.
    """
    check(8 * (start.cost + cost), block.place)
    if depth_of(block) > DEEPEST:
        raise InputError(f"{block.place} nests branches in branches more than {DEEPEST} deep")
    return Branch(width, start, block, cost)


def depth_of(piece: Piece) -> int:
    """How deep branches are nested in it, as far as one beyond the deepest that is read."""
    level: list[Piece] = [piece]
    for depth in range(DEEPEST + 1):
        level = [x for p in level if isinstance(p, ResidualBlock | Beside) for x in p.pieces]
        if not any(isinstance(p, ResidualBlock | Beside) for p in level):
            return depth + 1
    return DEEPEST + 1


def affine_of(
    pieces: Sequence[Piece], width: int, place: str, check: Check
) -> tuple[Float64Array, Float64Array]:
    """W and b of pieces that scale and multiply by matrices: together they are x W + b."""
    W, b = np.eye(width), np.zeros(width)
    for piece in pieces:
        match piece:
            case Linear():
                check(16 * width * len(piece.biases), place)
                W, b = W @ piece.weights, b @ piece.weights + piece.biases
            case Scaled():
                W, b = W * piece.scale, b * piece.scale + piece.shift
    return W, b
