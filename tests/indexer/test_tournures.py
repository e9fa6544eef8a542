"""The ways of asking noted beside sentences: each finds its sentence, and reaches the index."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from indexer.hints import (
    CORPUS,
    FILES,
    Noted,
    holder,
    noted_sentences,
    parts,
    shipped,
    with_hints,
)
from indexer.readers import read
from knowledge.analysis import fold
from knowledge.passages import Passage
from knowledge.phrases import Problem
from tests.indexer.conftest import passages_of

ENTRIES = [(kind, entry) for kind, entries in noted_sentences().items() for entry in entries]


def holders(kind: str, entry: Noted) -> list[Passage]:
    """The shipped passages an entry is for."""
    return [
        passage
        for passage in shipped()
        if passage.section == entry.section
        and entry.words in passage.text
        and (passage.form == "faq") == (kind == "faq")
    ]


def test_every_entry_is_for_one_sentence_of_one_passage():
    assert len(ENTRIES) > 300
    for kind, entry in ENTRIES:
        found = holders(kind, entry)
        assert len(found) == 1, (entry.section, entry.words)
        assert holder(found[0], entry.words) >= 0 or found[0].form == "row"


def test_no_question_is_noted_twice_and_none_is_long():
    asked = Counter(fold(question) for _, entry in ENTRIES for question in entry.ask)
    assert [question for question, times in asked.items() if times > 1] == []
    assert all(entry.ask for _, entry in ENTRIES)
    assert max(map(len, asked)) <= 200


@pytest.mark.parametrize("name", FILES)
def test_the_shipped_documents_carry_them_into_the_index(name: str):
    document, _ = read(CORPUS / name, CORPUS)
    hinted = with_hints(document, passages_of(CORPUS / name))
    held = {question for passage in hinted for question in passage.questions}
    wanted = {q for entry in noted_sentences()[document.kind] for q in entry.ask}
    assert wanted <= held


def test_the_official_text_gets_each_at_the_passage_that_says_the_same():
    document, _ = read(CORPUS / "guide.md", CORPUS)
    official = document.model_copy(update={"official": True})
    passages = [p.model_copy(update={"questions": ()}) for p in passages_of(CORPUS / "guide.md")]
    hinted = with_hints(official, passages)
    right = 0
    entries = [entry for kind, entry in ENTRIES if kind == "guide"]
    for entry in entries:
        right += any(entry.words in p.text and set(entry.ask) <= set(p.questions) for p in hinted)
    assert right >= 0.97 * len(entries)


def test_a_broken_file_is_said(tmp_path: Path):
    (tmp_path / "tournures.yaml").write_text("guide:\n  - words: 3\n", encoding="utf8")
    with pytest.raises(Problem):
        noted_sentences(tmp_path)


def test_each_question_knows_the_sentence_that_answers_it():
    document, _ = read(CORPUS / "guide.md", CORPUS)
    hinted = with_hints(document, passages_of(CORPUS / "guide.md"))
    told = {
        question: parts(passage)[place]
        for passage in hinted
        for question, place in zip(passage.questions, passage.answering, strict=True)
        if place >= 0
    }
    for kind, entry in ENTRIES:
        for question in entry.ask if kind == "guide" else ():
            assert question not in told or entry.words in told[question]
    assert len(told) > 500
    official = with_hints(document.model_copy(update={"official": True}), hinted)
    for passage in official:
        assert len(passage.answering) in (0, len(passage.questions))
        assert all(-1 <= place < len(parts(passage)) for place in passage.answering)
