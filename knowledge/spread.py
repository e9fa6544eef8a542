"""How a signal is spread over the passages within reach: a score tells only beside the others."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.embedding import Vectors
from knowledge.revision import Reach

MANY = 20_000  # passages: from there on, passes over all of them are spared


def within(column: NDArray[Any], reach: Reach) -> NDArray[Any]:
    """The part of a column of all passages, (passages,), that is within reach."""
    return column if len(reach.numbers) == len(column) else column[reach.numbers]


class Spread(NamedTuple):
    """Mean and standard deviation of a signal over the passages within reach."""

    mean: float
    width: float  # 1 where all are alike

    def weight(self, ranking: float) -> float:
        """What a point of the signal with this weight adds to a fused score; 0 where no passage
        has any."""
        return ranking / self.width if self.mean else 0.0

    def standard(self, column: Vectors) -> Vectors:
        """The signal in standard deviations from its mean, (candidates,)."""
        scaled: Vectors = (column - np.float32(self.mean)) / np.float32(self.width)
        return scaled


def spread(column: Vectors, reach: Reach) -> Spread:
    """The spread of a signal of all passages, (passages,), over those within reach."""
    chosen = within(column, reach)
    if not len(chosen) or not chosen.max():
        return Spread(0.0, 1.0)
    mean = float(chosen.mean())
    if len(chosen) < MANY:
        return Spread(mean, _width(float(chosen.std())))
    # one pass without a copy; most scores are zero, so that little is lost to rounding
    square = float(chosen @ chosen) / len(chosen) - mean * mean
    return Spread(mean, _width(math.sqrt(max(0.0, square))))


def spread_with(column: Vectors, others: int) -> Spread:
    """The spread of a cosine of the candidates together with `others`, which have -1."""
    if not others:
        whole = (float(column.mean()), float(column.std())) if len(column) else (0.0, 1.0)
        return Spread(whole[0], _width(whole[1]))
    count = len(column) + others
    mean = (float(column.sum(dtype=np.float64)) - others) / count
    square = float(((column - mean) ** 2).sum(dtype=np.float64)) + others * (-1.0 - mean) ** 2
    return Spread(mean, _width(math.sqrt(square / count)))


def _width(deviation: float) -> float:
    return deviation if deviation > 1e-6 else 1.0
