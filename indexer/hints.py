"""Ways of asking noted in the shipped corpus, given to the operator's official guide as well.

The official guide carries no such notes; its sections are those of the shipped restatement, so
each noted question goes to the passage of the same section that says the same thing. Questions
are noted beside a passage (in the document) and beside a sentence (tournures.yaml).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

import knowledge
from indexer.chunking import chunk
from indexer.readers import read
from knowledge.analysis import terms
from knowledge.passages import Document, Frozen, Passage
from knowledge.phrases import Problem
from knowledge.views import sentences
from knowledge.yaml_text import load_yaml

CORPUS = Path(knowledge.__file__).parent / "corpus"
FILES = ("guide.md", "faq.md")
SENTENCES = "tournures.yaml"
MOST_NOTED = 5_000  # sentences with questions of their own
ENOUGH_SECTIONS = 0.8  # share of the guide's sections a document must have to be that guide
ENOUGH_WORDS = 0.2  # share of the restatement's stems that the passage must hold


class Noted(Frozen):
    """Ways of asking for what one sentence says; `words` is how the sentence begins."""

    section: str | None
    words: str
    ask: tuple[str, ...]


@cache
def shipped(corpus: Path = CORPUS) -> tuple[Passage, ...]:
    """The shipped guide's and FAQ's passages; none where the corpus was taken out."""
    passages: list[Passage] = []
    for name in FILES:
        if (corpus / name).is_file():
            document, blocks = read(corpus / name, corpus)
            passages += chunk(document, blocks)
    return tuple(passages)


@cache
def noted_sentences(corpus: Path = CORPUS) -> dict[str, tuple[Noted, ...]]:
    """By kind of document (guide, faq) what tournures.yaml notes; nothing without the file.

    Raises Problem for a file that doesn't read as one.
    """
    try:
        kinds = load_yaml((corpus / SENTENCES).read_text(encoding="utf8")) or {}
        found = {
            str(kind): tuple(Noted.model_validate(entry) for entry in entries[:MOST_NOTED])
            for kind, entries in kinds.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, yaml.YAMLError, AttributeError, TypeError) as error:
        detail = " ".join(str(error).split())[:200]
        raise Problem("lexicon_broken", path=SENTENCES, detail=detail) from error
    return found


def with_hints(
    document: Document, passages: Sequence[Passage], noted: Sequence[Passage] | None = None
) -> list[Passage]:
    """The passages with the questions noted for them: beside each sentence where the document is
    the shipped one, and all of the shipped questions where it is the official guide or FAQ."""
    if document.kind not in ("guide", "faq"):
        return list(passages)
    own = noted_sentences()
    noted = shipped() if noted is None else noted
    given: dict[int, list[str]] = defaultdict(list)
    if not document.official:
        if document.key in {note.document for note in noted}:
            for entry in own.get(document.kind, ()):
                for passage in passages:
                    if passage.section == entry.section and entry.words in passage.text:
                        given[passage.position] += entry.ask
        return added(passages, given)
    if not is_same(passages, noted):
        return list(passages)
    by_section: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_section[passage.section or ""].append(passage)
    for note in notes(noted, own):
        target = best(note, by_section.get(note.section or "", ()))
        if target is not None:
            given[target.position] += note.questions
    return added(passages, given)


def notes(noted: Sequence[Passage], own: dict[str, tuple[Noted, ...]]) -> list[Passage]:
    """What carries questions: each shipped passage, and each sentence as a passage of its own."""
    found: list[Passage] = []
    for passage in noted:
        if passage.questions:
            heading = (passage.heading,) if passage.form == "faq" else ()
            questions = (*heading, *passage.questions)
            found.append(passage.model_copy(update={"questions": questions}))
        for entry in own.get("faq" if passage.form == "faq" else "guide", ()):
            if passage.section == entry.section and entry.words in passage.text:
                text = passage.text if passage.form == "row" else sentence(passage, entry.words)
                found.append(passage.model_copy(update={"text": text, "questions": entry.ask}))
    return found


def sentence(passage: Passage, words: str) -> str:
    """The sentence of the passage that holds the words; the passage where they span several."""
    parts = (passage.text[a:b] for a, b in sentences(passage.text))
    return next((part for part in parts if words in part), passage.text)


def added(passages: Sequence[Passage], given: dict[int, list[str]]) -> list[Passage]:
    """The passages, each with the questions given to it by position, none twice."""
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
