"""How a message is worded: like what is asked of these documents, or like what is not.

A linear model over single words and neighbouring pairs of them, learnt at each indexing from the
questions noted in the documents and the messages that are not for the assistant. It tells what
vectors blur: « combien de jours pour rédiger un avenant » lies beside the questions on amendments,
« qui a signé », « quelle amende » and a product's name are words that only the others use.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.analysis import words
from knowledge.passages import digest

FILE = "wording.npz"
SIZE = 2**16  # places that words and pairs share, by their CRC-32
MOST = 6.0  # of the score, either way: further out it is no surer

Column = NDArray[np.float32]


def counted(text: str) -> dict[int, float]:
    """Places of the words and pairs of a text → 1 + ln(how often); empty without any word."""
    found = words(text)
    grams = Counter([*found, *(f"{one} {other}" for one, other in pairwise(found))])
    places: Counter[int] = Counter()
    for gram, times in grams.items():
        places[crc32(gram.encode()) % SIZE] += times
    return {place: 1.0 + math.log(times) for place, times in places.items()}


def texts_digest(asked: Iterable[str], others: Iterable[str]) -> str:
    """A name for the texts that a model is learnt from."""
    return digest("\n".join([*asked, "", *others]))


@dataclass(frozen=True)
class Wording:
    """The model; `rarity` and `weights` are (SIZE,) float32."""

    rarity: Column  # inverse document frequency of each place
    weights: Column
    bias: float
    digest: str  # of the texts it was learnt from

    def score(self, text: str) -> float:
        """Log odds that the documents are asked, between -MOST and MOST; 0 without any word."""
        held = counted(text)
        if not held:
            return 0.0
        places = np.fromiter(held, dtype=np.int64, count=len(held))
        values = np.fromiter(held.values(), dtype=np.float32, count=len(held))
        values = values * self.rarity[places]
        length = float(np.linalg.norm(values)) or 1.0
        total = self.bias + float(values @ self.weights[places]) / length
        return max(-MOST, min(MOST, total))

    def write(self, directory: Path) -> None:
        """Into a revision's directory. Raises OSError."""
        np.savez_compressed(
            directory / FILE,
            rarity=self.rarity,
            weights=self.weights,
            bias=np.float64(self.bias),
            digest=np.array(self.digest),
        )


def read(directory: Path) -> Wording | None:
    """The model of a revision, None where it has none. Raises OSError, ValueError, KeyError."""
    path = directory / FILE
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as kept:
        found = Wording(kept["rarity"], kept["weights"], float(kept["bias"]), str(kept["digest"]))
    if found.rarity.shape != (SIZE,) or found.weights.shape != (SIZE,):
        raise ValueError("wording of another size")
    return found
