"""The same guide as PDF, Word, HTML and text: same sections, nothing lost, nothing mixed."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from indexer.structure import Block, plain
from knowledge.passages import Document, Passage
from tests.fixtures.make_guide import RUNNING

FORMATS = ("pdf", "docx", "html", "txt")
Guides = dict[str, tuple[Document, tuple[Block, ...], list[Passage]]]


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", re.sub(r"[¹²]|^ *\d+\. ", " ", text.lower(), flags=re.M)))


def everything(passages: list[Passage]) -> str:
    return "\n".join("\n".join([*p.path, p.heading, p.text]) for p in passages)


@pytest.mark.parametrize("ending", FORMATS)
def test_section_numbers_are_those_of_the_guide(
    ending: str, read_guides: Guides, source: list[Block]
) -> None:
    _, blocks, _ = read_guides[ending]
    numbers = [b.number for b in blocks if b.kind == "heading" and b.number]
    assert numbers == [b.number for b in source if b.kind == "heading" and b.number]
    assert [n for n in numbers if n.startswith("5.")] == [f"5.{n}" for n in range(1, 24)]


@pytest.mark.parametrize("ending", FORMATS)
def test_no_word_is_lost_and_none_is_made_up(
    ending: str, read_guides: Guides, source: list[Block]
) -> None:
    document, _, passages = read_guides[ending]
    found, wanted = words(everything(passages)), words(plain(source))
    assert wanted - found == set()
    assert found - wanted <= words(document.title)


@pytest.mark.parametrize("ending", FORMATS)
def test_no_passage_crosses_a_section(
    ending: str, read_guides: Guides, source: list[Block]
) -> None:
    """Every word of a passage stands in its own section of the source, or in its headings."""
    own: dict[str | None, set[str]] = defaultdict(set)
    number: str | None = None
    notes = words(" ".join(b.text for b in source if b.kind == "note"))
    for block in source:
        if block.kind == "heading":
            number = block.number or (None if block.level == 2 else number)
        own[number] |= words(plain([block]))
    for passage in read_guides[ending][2]:
        allowed = own[passage.section] | words(" ".join(passage.path))
        if passage.section == "4.13":
            allowed |= notes
        assert words(passage.text) <= allowed, passage.section


@pytest.mark.parametrize("ending", FORMATS)
def test_the_retention_table_is_a_passage_a_row(
    ending: str, read_guides: Guides, source: list[Block]
) -> None:
    rows = [p for p in read_guides[ending][2] if p.section == "4.13" and p.form == "row"]
    cells = [b.cells for b in source if b.kind == "row" and len(b.cells) == 5]
    assert len(rows) == len(cells) == 10
    for row, wanted in zip(rows, cells, strict=True):
        lines = row.text.split("\n")
        assert [line.split(" : ")[0] for line in lines[:5]] == [column for column, _ in wanted]
        assert [re.sub(r"\W", "", line.split(" : ", 1)[1]) for line in lines[:5]] == [
            re.sub(r"\W", "", value) for _, value in wanted
        ]
        assert len(lines) == 5 + ("¹" in lines[0] or "²" in lines[0])
    noted = [row.text.split("\n")[-1][0] for row in rows if len(row.text.split("\n")) == 6]
    assert noted == ["¹", "²"]


def test_the_pdf_table_runs_over_a_page_break(read_guides: Guides) -> None:
    rows = [p for p in read_guides["pdf"][2] if p.section == "4.13" and p.form == "row"]
    assert len({row.page for row in rows}) == 2


@pytest.mark.parametrize("ending", FORMATS)
def test_running_lines_and_contents_are_gone(ending: str, read_guides: Guides) -> None:
    _, _, passages = read_guides[ending]
    text = "\n".join(p.text for p in passages)
    for remains in (
        RUNNING,
        "Version du",
        "Page ",
        "....",
        "Accueil",
        "En-tête",
        "<i>",
        "matières",
    ):
        assert remains not in text


@pytest.mark.parametrize("ending", FORMATS)
def test_what_each_passage_is(ending: str, read_guides: Guides) -> None:
    _, _, passages = read_guides[ending]
    assert len([p for p in passages if p.form == "definition" and p.section == "1"]) == 6
    assert {p.section for p in passages if p.form == "faq"} == {f"5.{n}" for n in range(1, 24)}
    contacts = [p for p in passages if p.form == "contact"]
    assert len(contacts) == 3
    assert {p.section for p in contacts} == {"6"}
    assert max(len(p.text.split()) for p in passages if p.form != "row") <= 170


@pytest.mark.parametrize("ending", FORMATS)
def test_what_the_document_is(ending: str, read_guides: Guides) -> None:
    document, _, _ = read_guides[ending]
    assert (document.id, document.kind) == ("guide-infonuagique-privee", "guide")
    assert (document.version, document.official) == (date(2021, 7, 22), True)
    assert document.audience == "client"
    assert document.title.startswith("Guide de l’utilisateur – Catalogue")


def test_pages_are_those_of_the_pdf_or_of_the_contents(read_guides: Guides) -> None:
    for ending in ("pdf", "docx", "txt"):
        pages = [p.page for p in read_guides[ending][2]]
        assert None not in pages
        assert pages == sorted(pages, key=lambda page: page or 0)


def test_a_word_cut_at_a_line_end_is_mended(guides: dict[str, Path]) -> None:
    import pdfplumber

    with pdfplumber.open(guides["pdf"]) as pdf:
        raw = "\n".join(page.extract_text() for page in pdf.pages[2:6])
    assert re.search(r"[a-zé]{5}-\n", raw)  # the fixture does hold such words
