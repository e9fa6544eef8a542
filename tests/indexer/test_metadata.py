"""What a document is, told by front matter, file name or content."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indexer.readers import read
from knowledge.passages import Document, label_of
from knowledge.phrases import Problem


def described(folder: Path, name: str, text: str) -> Document:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf8")
    return read(path, folder)[0]


def test_a_sheet_by_its_name(tmp_path: Path) -> None:
    found = described(tmp_path, "a/Fiche_Nuage_Boréal_2026-03-16.txt", "Prix\n\nTexte.")
    assert (found.kind, found.supplier, found.version) == (
        "fiche",
        "Nuage Boréal",
        date(2026, 3, 16),
    )
    assert found.id == "fiche-nuage-boreal"
    assert (found.audience, found.official, found.source) == (
        "client",
        True,
        "a/Fiche_Nuage_Boréal_2026-03-16.txt",
    )


def test_two_states_of_a_sheet_share_their_id(tmp_path: Path) -> None:
    first = described(tmp_path, "Fiche_Nuage_2026-03-16.txt", "Texte.")
    second = described(tmp_path, "Fiche_Nuage_2026-09-08.txt", "Texte.")
    assert first.id == second.id
    assert first.key != second.key


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("faq_2021-07-22.txt", "Texte.", "faq"),
        ("document.md", "# Foire aux questions\n\nTexte.", "faq"),
        ("document.md", "# Guide de l’utilisateur\n\nTexte.", "guide"),
        ("guide-achat.txt", "Texte.", "guide"),
        ("document.txt", "Fiche du fournisseur Untel\n\nTexte.", "fiche"),
        ("note.txt", "Texte.", "autre"),
        ("Fiche_Untel.txt", "Prix du fournisseur.", "fiche"),
        ("fiche-passeport.md", "# Passeport\n\nPièces à fournir.", "autre"),
        ("note.txt", "Texte long. " * 60 + "Voir le guide de l’utilisateur.", "autre"),
    ],
)
def test_the_kind(tmp_path: Path, name: str, text: str, kind: str) -> None:
    assert described(tmp_path, name, text).kind == kind


def test_the_version_from_the_history_of_changes(tmp_path: Path) -> None:
    text = (
        "# Guide de l’utilisateur\n\n## Historique des modifications\n\n"
        "| Date | Quoi |\n|---|---|\n"
        "| 2021-07-22 | Création |\n| 2022-01-05 | Ajout |\n\n## 1. Autre\n\nLe 2030-01-01.\n"
    )
    assert described(tmp_path, "guide.md", text).version == date(2022, 1, 5)


def test_an_impossible_date_is_no_version(tmp_path: Path) -> None:
    assert described(tmp_path, "note_2021-13-45.txt", "Texte.").version is None


def test_front_matter_goes_first(tmp_path: Path) -> None:
    text = (
        "---\nkind: autre\nid: mon-id\ntitle: Mon titre\nversion: 2020-02-03\naudience: public\n"
        "official: false\nlabel: exemple fictif\nlabel_en: made up\n"
        "supplier: null\nlang: fr\n---\nTexte.\n"
    )
    found = described(tmp_path, "Fiche_X_2026-01-01.md", text)
    assert (found.key, found.kind, found.title) == ("mon-id@2020-02-03", "autre", "Mon titre")
    assert (found.audience, found.official, found.label) == ("public", False, "exemple fictif")
    assert label_of(found, "fr") == "exemple fictif" and label_of(found, "en") == "made up"
    french = found.model_copy(update={"label_en": None})
    assert label_of(french, "en") == "exemple fictif", "for want of an English one"
    assert label_of(french.model_copy(update={"label": None}), "en") == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("knid: guide", ["knid", "kind, id, title"]),
        ("kind: guides", ["kind", "guides", "guide, faq, fiche, autre"]),
        ("audience: tous", ["audience", "tous", "public, client, broker"]),
        ("official: peut-être", ["official", "true, false"]),
        ("version: hier", ["version", "hier", "AAAA-MM-JJ"]),
        ("id: Mon Id", ["id", "Mon Id"]),
        ("title: [a]", ["title"]),
        ("kind: [a", ["ligne 2"]),
    ],
)
def test_wrong_front_matter_is_named(tmp_path: Path, line: str, words: list[str]) -> None:
    with pytest.raises(Problem) as caught:
        described(tmp_path, "a.md", f"---\n{line}\n---\nTexte.\n")
    for word in ["a.md", *words]:
        assert word in caught.value.text("fr")
    assert "a.md" in caught.value.text("en")
