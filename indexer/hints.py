"""Ways of asking noted in the shipped corpus, given to the operator's official guide as well.

The official guide carries no such notes; its sections are those of the shipped restatement, so
each noted question goes to the passage of the same section that says the same thing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import knowledge
from indexer.chunking import chunk
from indexer.readers import read
from knowledge.analysis import terms
from knowledge.passages import Document, Passage

CORPUS = Path(knowledge.__file__).parent / "corpus"
FILES = ("guide.md", "faq.md")
ENOUGH_SECTIONS = 0.8  # share of the guide's sections a document must have to be that guide
ENOUGH_WORDS = 0.2  # share of the restatement's stems that the passage must hold


@cache
def shipped(corpus: Path = CORPUS) -> tuple[Passage, ...]:
    """The shipped guide's and FAQ's passages; none where the corpus was taken out."""
    passages: list[Passage] = []
    for name in FILES:
        if (corpus / name).is_file():
            document, blocks = read(corpus / name, corpus)
            passages += chunk(document, blocks)
    return tuple(passages)


def with_hints(
    document: Document, passages: Sequence[Passage], noted: Sequence[Passage] | None = None
) -> list[Passage]:
    """The passages, with the shipped questions where the document is the official guide or FAQ."""
    noted = shipped() if noted is None else noted
    if (
        not document.official
        or document.kind not in ("guide", "faq")
        or not is_same(passages, noted)
    ):
        return list(passages)
    by_section: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_section[passage.section or ""].append(passage)
    given: dict[int, list[str]] = defaultdict(list)
    for note in noted:
        questions = list(note.questions)
        if questions and note.form == "faq":
            questions.insert(0, note.heading)
        target = best(note, by_section.get(note.section or "", ())) if questions else None
        if target is not None:
            given[target.position] += questions
    return [
        passage.model_copy(update={"questions": tuple(dict.fromkeys([*passage.questions, *more]))})
        if (more := given.get(passage.position))
        else passage
        for passage in passages
    ]


def is_same(passages: Sequence[Passage], noted: Sequence[Passage]) -> bool:
    """True when the document has most sections of the shipped guide, or of the shipped FAQ."""
    sections = {passage.section for passage in passages}
    for document in {note.document for note in noted}:
        known = {note.section for note in noted if note.document == document and note.section}
        if known and len(known & sections) >= ENOUGH_SECTIONS * len(known):
            return True
    return False


def best(note: Passage, candidates: Sequence[Passage]) -> Passage | None:
    """The passage that shares most stems with the note, rare ones among the candidates first."""
    own = set(terms(f"{note.heading} {note.text}"))
    held = [set(terms(f"{passage.heading} {passage.text}")) for passage in candidates]
    common = Counter(term for stems in held for term in stems)
    scores = [
        sum(1 / common[term] for term in own & stems) / (20 + len(stems)) ** 0.5 for stems in held
    ]
    if not scores:
        return None
    first = max(range(len(scores)), key=lambda i: scores[i])
    shared = len(own & held[first])
    enough = shared >= ENOUGH_WORDS * min(len(own), len(held[first])) and shared > 0
    return candidates[first] if enough else None
