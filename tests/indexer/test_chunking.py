"""Passages keep to their section and size, and lose nothing."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.chunking import chunk
from indexer.structure import Block
from knowledge.passages import Document
from knowledge.views import sentences

DOCUMENT = Document(id="essai", kind="autre", title="Essai", source="essai.md", digest="0")
LIMIT = 40


def heading(text: str, number: str | None = None, level: int = 2) -> Block:
    return Block(kind="heading", text=text, number=number, level=level)


def paragraph(text: str, **more: object) -> Block:
    return Block(kind="paragraph", text=text).model_copy(update=more)


def item(text: str, level: int = 0, marker: str = "-") -> Block:
    return Block(kind="item", text=text, level=level, marker=marker)


# A word of its own for each place, so that order and loss can be told.
@st.composite
def documents(draw: st.DrawFn) -> list[Block]:
    blocks: list[Block] = []
    count = 0

    def text(most: int) -> str:
        nonlocal count
        parts = []
        for _ in range(draw(st.integers(1, most))):
            size = draw(st.integers(1, 20))
            parts.append(" ".join(f"Mot{count + i}" for i in range(size)) + ".")
            count += size
        return " ".join(parts)

    for section in range(draw(st.integers(1, 4))):
        blocks.append(heading(f"Titre{section}", str(section + 1)))
        for _ in range(draw(st.integers(0, 6))):
            kind = draw(st.sampled_from(("paragraph", "lead", "item", "nested", "row")))
            if kind == "paragraph":
                blocks.append(paragraph(text(6)))
            elif kind == "lead":
                blocks.append(paragraph(text(2)[:-1] + " :"))
            elif kind == "item":
                blocks.append(item(text(3)))
            elif kind == "nested":
                blocks.append(item(text(2), level=1))
            else:
                blocks.append(Block(kind="row", cells=(("Nom", text(1)), ("Valeur", text(4)))))
    return blocks


def tokens(text: str) -> list[str]:
    return [word.strip(".:-") for word in text.split() if word.startswith("Mot")]


@settings(max_examples=150, deadline=None)
@given(documents())
def test_nothing_lost_order_kept_sections_apart_sizes_bounded(blocks: list[Block]) -> None:
    passages = chunk(DOCUMENT, blocks, LIMIT)
    assert [p.position for p in passages] == list(range(len(passages)))
    section, wanted = "", []
    own: dict[str, set[str]] = {}
    for block in blocks:
        if block.kind == "heading":
            section = block.number or ""
        texts = [block.text, *(value for _, value in block.cells)]
        found = [word for text in texts for word in tokens(text)]
        wanted += found
        own.setdefault(section, set()).update(found)
    seen: dict[str, None] = {}
    for passage in passages:
        words = tokens(passage.text)
        assert set(words) <= own[passage.section or ""]
        seen.update(dict.fromkeys(words))
        lines = [passage.text[a:b] for a, b in sentences(passage.text)]
        longest = max(len(line.split()) for line in lines)
        assert len(passage.text.split()) <= max(LIMIT, LIMIT // 2 + longest + 2)
    assert list(seen) == wanted


@settings(max_examples=50, deadline=None)
@given(documents())
def test_no_sentence_is_cut(blocks: list[Block]) -> None:
    text = "\n".join(passage.text for passage in chunk(DOCUMENT, blocks, LIMIT))
    for block in blocks:
        for value in [block.text, *(value for _, value in block.cells)]:
            if block.kind != "heading":
                for sentence in re.findall(r"[^.]+\.?", value):
                    assert sentence.strip() in text


def test_a_split_list_repeats_its_lead_in_and_the_item_above() -> None:
    blocks = [
        heading("Portée", "2.3"),
        paragraph("Une première phrase. Les fonctions sont :"),
        item("Outillage :"),
        *(item(f"fonction {n} " + "mot " * 10, level=1) for n in range(6)),
        item("dernier"),
    ]
    passages = chunk(DOCUMENT, blocks, LIMIT)
    assert len(passages) > 2
    assert passages[0].text.startswith("Une première phrase. Les fonctions sont :\n- Outillage :\n")
    for passage in passages[1:-1]:
        assert passage.text.startswith("Les fonctions sont :\n- Outillage :\n  - fonction")
    assert passages[-1].text.startswith("Les fonctions sont :")
    assert {p.form for p in passages} == {"list"}


def test_a_numbered_list_goes_on_after_what_stands_between() -> None:
    blocks = [
        heading("Étape 5", "3.5"),
        paragraph("Principales étapes :"),
        *(item(f"étape {n} " + "mot " * 8, marker=f"{n}.") for n in (1, 2, 3)),
        paragraph("Ordre du jour :"),
        *(item("point " + "mot " * 8) for _ in range(3)),
        item("étape 4 " + "mot " * 8, level=1, marker="4."),
    ]
    last = chunk(DOCUMENT, blocks, LIMIT)[-1].text
    assert "Principales étapes :\n4. étape 4" in last


def test_a_row_is_one_passage_with_its_columns_and_note() -> None:
    blocks = [
        heading("Documents", "4.13"),
        Block(kind="row", cells=(("Document", "Contrat ¹"), ("Durée", "7 ans"))),
        Block(kind="row", cells=(("Document", "Facture"), ("Durée", "7 ans"), ("Vide", ""))),
        Block(kind="note", marker="¹", text="Validé par le Courtier."),
        Block(kind="note", marker="²", text="Sans renvoi."),
    ]
    texts = [p.text for p in chunk(DOCUMENT, blocks)]
    assert texts[0] == "Document : Contrat ¹\nDurée : 7 ans\n¹ Validé par le Courtier."
    assert texts[1] == "Document : Facture\nDurée : 7 ans"
    assert texts[2] == "Sans renvoi."


def test_a_definition_is_a_passage_a_term() -> None:
    blocks = [
        heading("Définition des termes", "1"),
        paragraph("Entente-cadre : accord général."),
        paragraph("Il lie les parties."),
        paragraph("Fournisseur (ou vendeur) : entreprise."),
    ]
    passages = chunk(DOCUMENT, blocks)
    assert [(p.heading, p.form) for p in passages] == [
        ("Entente-cadre", "definition"),
        ("Fournisseur (ou vendeur)", "definition"),
    ]
    assert passages[0].path == ("Essai", "1. Définition des termes", "Entente-cadre")
    assert passages[0].text.endswith("\nIl lie les parties.")


def test_a_contact_row_is_named_after_whom_to_contact() -> None:
    cells = (("Question", "- les accès"), ("Ressource", "Service des accès\nacces@ex.gouv.qc.ca"))
    blocks = [
        heading("Contacts", "6"),
        paragraph("Ces ressources aident :"),
        Block(kind="row", cells=cells),
        Block(kind="row", cells=cells),
    ]
    first, second = chunk(DOCUMENT, blocks)
    assert first.heading == second.heading == "Service des accès"
    assert first.form == second.form == "contact"
    assert first.text.startswith("Ces ressources aident :\nService des accès\nacces@")
    assert second.text.endswith("Question :\n- les accès")


def test_a_heading_without_text_stands_for_itself_unless_it_is_a_chapter() -> None:
    blocks = [
        heading("Gestion", "4", 2),
        heading("Rendement", "4.9", 3),
        heading("Annuellement", "4.10", 3),
        paragraph("Chaque année."),
    ]
    assert [(p.section, p.text) for p in chunk(DOCUMENT, blocks)] == [
        ("4.9", "Rendement"),
        ("4.10", "Chaque année."),
    ]


def test_questions_bound_passages_and_stay_with_the_first_part() -> None:
    blocks = [
        heading("Titre", "1"),
        paragraph("Début."),
        paragraph("Voici la suite du texte. " * 12, starts=True, questions=("comment",)),
        paragraph("Fin.", starts=True, questions=("fin",)),
    ]
    passages = chunk(DOCUMENT, blocks, LIMIT)
    assert passages[0].questions == ()
    assert passages[1].questions == ("comment",)
    assert passages[2].questions == ()
    assert passages[-1].questions == ("fin",)
    assert len(passages) == 4
