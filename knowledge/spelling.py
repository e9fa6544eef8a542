"""Misspelt words of a question → words of the documents, by letters and by French sounds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.analysis import STOP, stem

SHORTEST = 4  # letters of a word that is repaired
ELIDED = "dlsjnmct"  # what stands before an apostrophe
LESS_COMMON = 8  # times that a slip is rarer than the word it stands for
HEARD = 4  # sounds: with fewer, two words sound alike by chance
WRITTEN_ALIKE = 0.5  # share of the letters that words which sound alike must share
COMMON = 20  # times that a word stands in the documents and their noted questions
# Letters → sounds, in this order, on folded words. Capitals are sounds of several letters.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"),
        ("ch", "C"),
        ("qu|q|ck", "k"),
        ("sc(?=[eiy])|ss|c(?=[eiy])|t(?=ion)", "S"),
        ("c", "k"),
        ("gn", "N"),
        ("gu(?=[eiy])", "G"),
        ("ge(?=[ao])|g(?=[eiy])", "j"),
        ("eau|au", "o"),
        ("ou", "U"),
        ("oi", "W"),
        ("(?:ain|aim|ein|in|im|yn|un|um)(?![aeiouynmW])", "I"),
        ("(?:an|am|en|em)(?![aeiouynmW])", "A"),
        ("(?:on|om)(?![aeiouynmW])", "O"),
        ("oeu|eu", "E"),
        ("ai|ei|ay|ey", "e"),
        ("h", ""),
        ("(?<=[aeiouyEIAOUW])z(?=[aeiouyEIAOUW])|S", "s"),
        ("y", "i"),
        (r"(.)\1+", r"\1"),
        ("[stdxp]+$", ""),
        ("e[rz]?$", ""),
    )
)


def sound(word: str) -> str:
    """How a folded French word sounds, roughly: « nouvo » and « nouveau » are alike."""
    for pattern, heard in _SOUNDS:
        word = pattern.sub(heard, word)
    return word


def slips(asked: Mapping[str, int], written: Mapping[str, int]) -> set[str]:
    """The words of `asked` that are slips of much more common ones: a letter left out, or two
    swapped; words that are `written` too are none.

    Both give folded words and how often each occurs.
    """
    total = Counter(asked) + Counter(written)
    common: dict[tuple[str, int], list[str]] = {}
    for word, count in total.items():
        if count >= LESS_COMMON and len(word) >= SHORTEST:
            common.setdefault((word[0], len(word)), []).append(word)
    return {
        word
        for word, count in asked.items()
        if len(word) >= SHORTEST and word.isalpha() and word not in written
        if any(
            total[other] >= LESS_COMMON * count
            and slipped(word, other)
            and stem(other) != stem(word)
            for length in (len(word), len(word) + 1)
            for other in common.get((word[0], length), ())
        )
    }


def slipped(word: str, other: str) -> bool:
    """Whether `word` is `other` with a letter left out before its end, or two letters swapped."""
    if len(word) == len(other):
        return word != other and sorted(word) == sorted(other) and _near(word, other)
    return len(word) < len(other) and word[-2:] == other[-2:] and _near(word, other)


def _within(word: str, other: str) -> bool:
    """Whether the letters of `word` all stand in `other`, in their order, from the first on."""
    left = iter(other)
    return word[0] == other[0] and all(letter in left for letter in word)


def _near(word: str, other: str) -> bool:
    return OSA.distance(word, other, score_cutoff=1) <= 1


class Speller:
    """Repairs words that neither the documents nor the encoder know."""

    def __init__(self, counts: Mapping[str, int], dictionary: Iterable[str]) -> None:
        self._counts = counts
        self._stems = {stem(word) for word in counts}
        # words by first letter and length: a repair keeps the one and hardly changes the other
        self._alike: dict[tuple[str, int], list[str]] = {}
        self._heard: dict[str, list[str]] = {}
        for word in counts:
            if len(word) < SHORTEST or not word.isalpha():
                continue
            self._alike.setdefault((word[0], len(word)), []).append(word)
            heard = sound(word)
            if len(heard) >= HEARD:
                self._heard.setdefault(heard, []).append(word)
        self._dictionary = frozenset(dictionary)

    def repair(self, word: str, *, french: bool = True) -> str:
        """The nearest word of the documents, or the word itself where none is near enough.

        `french`: whether what sounds alike in French may be meant.
        """
        if len(word) < SHORTEST or not word.isalpha() or word in STOP or word in self._counts:
            return word
        heard = self._sounding(word) if french else word
        if word in self._dictionary:
            # the encoder's pieces are beginnings of words too: « contra », « vien »
            surely = self._counts.get(heard, 0) >= COMMON and stem(heard) != stem(word)
            return heard if surely and _within(word, heard) else word
        if stem(word) in self._stems:
            return word
        if word[0] in ELIDED and word[1:] in self._counts:
            return word[1:]  # « dorganisme », « lautorisation »: the apostrophe was left out
        return heard if heard != word else self._nearest(word)

    def _sounding(self, word: str) -> str:
        """The word of the documents that sounds the same and is written most alike."""
        alike = self._heard.get(sound(word), ())
        near = (
            (OSA.distance(word, other), -self._counts[other], other)
            for other in alike
            if OSA.normalized_similarity(word, other) >= WRITTEN_ALIKE
        )
        return min(near, default=(0, 0, word))[2]

    def _nearest(self, word: str) -> str:
        """The word of the documents with the fewest letters changed, at most two."""
        bound = 1 if len(word) < 7 else 2
        best = (bound + 1, 0, word)
        for length in range(len(word) - bound, len(word) + bound + 1):
            found = process.extract(
                word,
                self._alike.get((word[0], length), ()),
                scorer=OSA.distance,
                score_cutoff=bound,
                limit=None,
            )
            for candidate, far, _ in found:
                best = min(best, (int(far), -self._counts[candidate], candidate))
        return self._with_first(word) if best[2] == word else best[2]

    def _with_first(self, word: str) -> str:
        """The word of the documents of which this one lacks the first letter (« cenario »)."""
        found = [
            candidate
            for (_, length), alike in self._alike.items()
            if length == len(word) + 1 > 6
            for candidate in alike
            if candidate[1:] == word
        ]
        return max(found, key=lambda candidate: self._counts[candidate], default=word)
