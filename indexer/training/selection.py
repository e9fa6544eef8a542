"""Which texts the teacher embeds and the student is distilled on."""

from dataclasses import dataclass

import numpy as np

from indexer.training.data import Parallel, TrainingData
from indexer.training.settings import Settings


@dataclass(frozen=True)
class Selection:
    """Aligned lists: French text i is taught the teacher's vector of English text i.

    long: whether text i is the beginning of a section (about `section_words` words).
    """

    en: list[str]
    fr: list[str]
    long: list[bool]


def select(data: TrainingData, settings: Settings) -> Selection:
    """Every everyday and documentation pair, a sample of the laws, the beginnings of sections.

    English texts are distinct; where one has several translations a seeded choice keeps one.
    Long pairs are cut at `section_words` English words and the same share of the French.
    """
    rng = np.random.default_rng([settings.seed, 1])
    order = rng.permutation(len(data.parallel))
    seen: set[str] = set()
    kept: list[Parallel] = []
    laws = 0
    for index in order:
        pair = data.parallel[int(index)]
        if pair.en in seen or (pair.source == "laws" and laws >= settings.laws):
            continue
        seen.add(pair.en)
        laws += pair.source == "laws"
        kept.append(cut(pair, settings.section_words))
    sections = [
        cut(data.sections[int(i)], settings.section_words)
        for i in rng.permutation(len(data.sections))[: settings.sections]
    ]
    kept_long = [False] * len(kept) + [True] * len(sections)
    kept += sections
    return Selection([p.en for p in kept], [p.fr for p in kept], kept_long)


def cut(pair: Parallel, words: int) -> Parallel:
    """The first `words` English words and the same share of the French ones."""
    en, fr = pair.en.split(), pair.fr.split()
    if len(en) <= words:
        return pair
    share = max(1, round(len(fr) * words / len(en)))
    return Parallel(" ".join(en[:words]), " ".join(fr[:share]), pair.source)
