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


# by position of a passage: question → which sentence of the passage answers it, -1 for no one
Given = dict[int, dict[str, int]]


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
    given: Given = defaultdict(dict)
    if not document.official:
        if document.key in {note.document for note in noted}:
            for entry in own.get(document.kind, ()):
                for passage in passages:
                    if passage.section == entry.section and entry.words in passage.text:
                        place = holder(passage, entry.words)
                        given[passage.position] |= dict.fromkeys(entry.ask, place)
        return added(passages, given)
    if not is_same(passages, noted):
        return list(passages)
    by_section: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_section[passage.section or ""].append(passage)
    for note in notes(noted, own):
        target = best(note, by_section.get(note.section or "", ()))
        if target is not None:
            place = saying(note, target)
            for question, known in zip(note.questions, note.answering, strict=True):
                given[target.position].setdefault(question, -1 if known < 0 else place)
    return added(passages, given)


def notes(noted: Sequence[Passage], own: dict[str, tuple[Noted, ...]]) -> list[Passage]:
    """What carries questions: each shipped passage, and each sentence as a passage of its own."""
    found: list[Passage] = []
    for passage in noted:
        if passage.questions:
            heading = (passage.heading,) if passage.form == "faq" else ()
            questions = (*heading, *passage.questions)
            whole = {"questions": questions, "answering": (-1,) * len(questions)}
            found.append(passage.model_copy(update=whole))
        for entry in own.get("faq" if passage.form == "faq" else "guide", ()):
            if passage.section == entry.section and entry.words in passage.text:
                place = holder(passage, entry.words)
                text = passage.text if passage.form == "row" else sentence(passage, entry.words)
                more = {"questions": entry.ask, "answering": (place,) * len(entry.ask)}
                found.append(passage.model_copy(update={"text": text, **more}))
    return found


def sentence(passage: Passage, words: str) -> str:
    """The sentence of the passage that holds the words; the passage where they span several."""
    return next((part for part in parts(passage) if words in part), passage.text)


def parts(passage: Passage) -> list[str]:
    """The texts of sentences(passage.text)."""
    return [passage.text[a:b] for a, b in sentences(passage.text)]


def holder(passage: Passage, words: str) -> int:
    """Which sentence of the passage holds the words; -1 for a table row, whose cells answer
    together, and where the words span several."""
    if passage.form == "row":
        return -1
    return next((place for place, part in enumerate(parts(passage)) if words in part), -1)


def saying(note: Passage, passage: Passage) -> int:
    """Which sentence of the passage says what the note says; -1 where none plainly does."""
    spans = sentences(passage.text)
    return (
        -1 if passage.form == "row" else nearest(note.text, [passage.text[a:b] for a, b in spans])
    )


def added(passages: Sequence[Passage], given: Given) -> list[Passage]:
    """The passages, each with the questions given to it by position, none twice."""
    found = []
    for passage in passages:
        more = given.get(passage.position)
        if more:
            asked = dict.fromkeys(passage.questions, -1) | more
            update = {"questions": tuple(asked), "answering": tuple(asked.values())}
            passage = passage.model_copy(update=update)
        found.append(passage)
    return found


def is_same(passages: Sequence[Passage], noted: Sequence[Passage]) -> bool:
    """True when the document has most sections of the shipped guide, or of the shipped FAQ."""
    sections = {passage.section for passage in passages}
    for document in {note.document for note in noted}:
        known = {note.section for note in noted if note.document == document and note.section}
        if known and len(known & sections) >= ENOUGH_SECTIONS * len(known):
            return True
    return False


def best(note: Passage, candidates: Sequence[Passage]) -> Passage | None:
    """The passage that says what the note says, or None."""
    texts = [f"{passage.heading} {passage.text}" for passage in candidates]
    place = nearest(f"{note.heading} {note.text}", texts)
    return candidates[place] if place >= 0 else None


def nearest(text: str, candidates: Sequence[str]) -> int:
    """Which candidate shares most stems with a text, rare ones among the candidates first; -1
    where not even that one shares enough."""
    own = set(terms(text))
    held = [set(terms(candidate)) for candidate in candidates]
    common = Counter(term for stems in held for term in stems)
    scores = [
        sum(1 / common[term] for term in own & stems) / (20 + len(stems)) ** 0.5 for stems in held
    ]
    if not scores:
        return -1
    first = max(range(len(scores)), key=lambda i: scores[i])
    shared = len(own & held[first])
    enough = shared >= ENOUGH_WORDS * min(len(own), len(held[first])) and shared > 0
    return first if enough else -1
