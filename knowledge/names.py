"""The names nearest to what somebody typed, when no name is meant with certainty."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

from knowledge.analysis import words

LEAST = 45.0  # likeness out of 100 below which a name is no help


def nearest(typed: str, names: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """At most `count` of the names, the most alike first; none that is nothing like it.

    >>> nearest("nuage boreale", ["Stratus Laurentides", "Nuage Boréal"])
    ('Nuage Boréal',)
    """
    known = {name: " ".join(words(name)) for name in sorted(set(names))}
    plain = " ".join(words(typed))
    if not plain:
        return ()
    found = process.extract(plain, known, scorer=fuzz.WRatio, limit=count, score_cutoff=LEAST)
    return tuple(name for _, _, name in found)
