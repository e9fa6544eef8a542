"""The official guide's text, where the operator's copy is at hand beside the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer.cleaning import find_contents, unmark
from indexer.hints import with_hints
from indexer.readers import read
from knowledge.passages import Passage
from tests.indexer.conftest import ROOT, passages_of

FOUND = sorted((ROOT.parent / "shared" / "guide").glob("guide-*.txt"))
pytestmark = pytest.mark.skipif(not FOUND, reason="the official guide isn't beside the repository")
SECTIONS = [
    "1",
    *(f"2.{n}" for n in range(1, 6)),
    *("3", "3.1", "3.2", "3.3", "3.3.1", "3.3.2", "3.3.3"),
    *("3.4", "3.4.1", "3.4.2", "3.4.3", "3.4.4", "3.4.5", "3.5"),
    "4",
    *(f"4.{n}" for n in range(1, 14)),
    *(f"5.{n}" for n in range(1, 24)),
    "6",
]


@pytest.fixture(scope="module")
def official() -> Path:
    return FOUND[0]


@pytest.fixture(scope="module")
def passages(official: Path) -> list[Passage]:
    return passages_of(official)


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def test_sections(passages: list[Passage]) -> None:
    assert list(dict.fromkeys(p.section for p in passages if p.section)) == SECTIONS


def test_every_word_is_in_some_passage_of_its_section(
    official: Path, passages: list[Passage]
) -> None:
    """Every run of four words of the source, outside contents and cover, is found again."""
    lines = official.read_text(encoding="utf8").split("\n")
    _, _, end = find_contents(lines)
    body = "\n".join(lines[end:])
    glyphs = re.sub(r"[✓➤]", " ", unmark(body))
    shown = "\n".join(" ".join(words("\n".join([*p.path, p.text]))) for p in passages)
    vocabulary = set(shown.split())
    assert set(words(glyphs)) - vocabulary == set()
    flat = " ".join(words(" ".join(p.text for p in passages)))
    missing = []
    for line in glyphs.split("\n"):
        own = words(line)
        runs = [" ".join(own[i : i + 4]) for i in range(len(own) - 3)]
        missing += [run for run in runs if run not in flat and run not in shown]
    # what remains: runs across table cells, whose columns now stand between, and headings'
    # numbers, which stand apart
    assert len(missing) <= 0.02 * len(words(glyphs)), missing[:20]


def test_pages_come_from_the_contents(passages: list[Passage]) -> None:
    pages = {p.section: p.page for p in passages}
    assert pages["2.4"] == 6
    assert pages["3.5"] == 14
    assert pages["4.13"] == 23
    assert pages["6"] == 30


def test_contacts_and_table(passages: list[Passage]) -> None:
    contacts = [p for p in passages if p.form == "contact"]
    assert [p.heading.split(" ")[0] for p in contacts] == ["Courtier", "Centre", "Service"]
    assert "info.ccti@itq.gouv.qc.ca" in contacts[1].text
    assert "- Encadre" in contacts[1].text
    rows = [p for p in passages if p.form == "row" and p.section == "4.13"]
    assert len(rows) == 10
    assert sum(p.text.split("\n")[-1][0] in "¹²" for p in rows) == 2


def test_nothing_of_the_extraction_remains(passages: list[Passage]) -> None:
    for passage in passages:
        assert not re.search(r"<\w|\*\*|\]\(|\t|➤|✓|\.{5}", passage.text), passage.id


def test_hints_reach_nearly_every_section(official: Path, passages: list[Passage]) -> None:
    document, _ = read(official, official.parent)
    hinted = with_hints(document, passages)
    sections = {p.section for p in hinted if p.questions}
    assert {f"5.{n}" for n in range(1, 24)} <= sections
    assert len(set(SECTIONS) - sections) <= 4
