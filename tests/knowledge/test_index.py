from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from knowledge.analysis import terms
from knowledge.index import current, lexical_terms, open_revision, set_current
from knowledge.memory import give_back
from knowledge.passages import Citation, Passage
from knowledge.phrases import Problem
from knowledge.views import subject, views_of
from tests.knowledge.conftest import GUIDE, NEW, SECRET, BagEncoder, document, passages, publish


def test_a_revision_reads_back_what_was_written(root: Path) -> None:
    directory = current(root)
    assert directory is not None
    revision = open_revision(directory)
    assert list(revision.passages) == passages()
    texts, vectors = revision.vector_table()
    assert len(texts) == len(vectors) == len(set(texts))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_search_finds_all_that_is_allowed_and_nothing_else(root: Path, encoder: BagEncoder) -> None:
    directory = current(root)
    assert directory is not None
    revision = open_revision(directory)
    vector = encoder.encode_query("banc d’essai")
    allowed = np.zeros(len(revision.passages), dtype=bool)
    allowed[::2] = True
    views, cosines = revision.search(vector, revision.reach(allowed), 10)
    assert set(views) == set(np.flatnonzero(allowed[revision.view_passage]))
    expected = revision.matrix[revision.view_vector[views]] @ vector
    assert np.allclose(cosines, expected, atol=1e-5)


@pytest.mark.parametrize("name", ["manifest.json", "passages.db", "vectors.faiss"])
def test_a_missing_file_is_named(root: Path, name: str) -> None:
    directory = current(root)
    assert directory is not None
    (directory / name).unlink()
    with pytest.raises(Problem) as caught:
        open_revision(directory)
    assert "catalogue-bot index" in caught.value.text("fr")


@pytest.mark.parametrize("name", ["passages.db", "vectors.faiss"])
def test_a_changed_file_is_refused(root: Path, name: str) -> None:
    directory = current(root)
    assert directory is not None
    path = directory / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(Problem, match="index"):
        open_revision(directory)


def test_another_schema_and_broken_manifest_are_refused(root: Path) -> None:
    directory = current(root)
    assert directory is not None
    path = directory / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf8"))
    path.write_text(json.dumps({**manifest, "schema_version": 99}), encoding="utf8")
    with pytest.raises(Problem, match="99"):
        open_revision(directory)
    path.write_text("{", encoding="utf8")
    with pytest.raises(Problem):
        open_revision(directory)


def test_current_is_none_without_an_index_and_never_leaves_its_folder(tmp_path: Path) -> None:
    assert current(tmp_path) is None
    assert current(tmp_path / "file" / "none") is None
    set_current(tmp_path, "../../etc")
    directory = current(tmp_path)
    assert directory is not None
    assert directory.parent == tmp_path / "revisions"


def test_the_words_of_each_audience_are_counted_apart(root: Path) -> None:
    directory = current(root)
    assert directory is not None
    revision = open_revision(directory)
    assert revision.words(()) == {}
    assert "zirconium" not in revision.words(("public", "client"))
    everything = revision.words(("public", "client", "broker"))
    assert everything["zirconium"] == 1
    assert everything["essai"] == 4


def test_a_slip_in_a_noted_question_is_no_word(tmp_path: Path, encoder: BagEncoder) -> None:
    asked = ("autorisaton du dirigent ?", "kombien ça coûte", "kombien", "kombien de temps")
    asked += ("signatrue", "la signatrue", "signatrue ?", *["la signature ?"] * 24)
    first, *rest = passages()
    directory = publish(
        tmp_path, "noted", [first.model_copy(update={"questions": asked}), *rest], encoder
    )
    counted = open_revision(directory).words(("public", "client", "broker"))
    assert "autorisaton" not in counted
    assert counted["kombien"] == 3, "so often, it is a word that people use"
    assert "signatrue" not in counted, "three times, but the word itself is much commoner"
    assert counted["signature"] == 25


def test_a_title_stands_before_the_passages_of_a_sheet_but_not_of_the_guide() -> None:
    passage = passages()[5]
    texts = {view.kind: view.text for view in views_of(0, passage, SECRET)}
    assert texts["heading"] == "notes-internes : Négociation"
    assert texts["whole"].startswith("notes-internes : Négociation : La stratégie")
    first = {view.kind: view.text for view in views_of(0, passages()[0], GUIDE)}
    assert first["heading"] == "Conclure un contrat"
    assert not any("guide" in text for text in first.values())
    assert "not" in lexical_terms(passage, SECRET), "the stem of « notes »"
    question = passage.model_copy(update={"section": None})
    faq = SECRET.model_copy(update={"kind": "faq"})
    assert subject(question, faq) == "notes-internes"
    assert subject(question.model_copy(update={"section": "5.7"}), faq) == ""
    other = NEW.model_copy(update={"title": "Nuage de mars"})
    assert subject(passage, NEW.model_copy(update={"title": "Fiche – Nuage Boréal"})) == (
        "Nuage Boréal"
    )
    assert subject(passage, other) == "Nuage Boréal – Nuage de mars"
    alone = passage.model_copy(update={"heading": SECRET.title})
    assert views_of(0, alone, SECRET)[0].text == SECRET.title


def test_a_citation_names_its_document_in_its_version() -> None:
    fields = {"passage_id": "p", "digest": "d", "title": "t", "kind": "fiche", "source": "s"}
    cited = Citation.model_validate(
        {
            **fields,
            "document": NEW.id,
            "version": NEW.version,
            "official": False,
            "text": "x",
            "score": 1.0,
        }
    )
    assert cited.document_key == NEW.key


def test_memory_is_given_back_and_another_c_library_does_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give_back()
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    give_back()


def test_the_whole_document_speaks_for_its_passages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """« truite » stands in another section than « délai »: only the whole sheet holds both."""
    sheets = [document(name, kind="autre", audience="public") for name in ("chasse", "pêche")]
    texts = [
        ("chasse", "Objet", "Ce feuillet porte sur le chevreuil."),
        ("chasse", "Délai", "Le délai est de trois jours."),
        ("pêche", "Objet", "Ce feuillet porte sur la truite."),
        ("pêche", "Délai", "Le délai est de neuf jours."),
    ]
    by_name = {sheet.id: sheet for sheet in sheets}
    found = [
        Passage(document=by_name[name].key, position=i, heading=heading, path=(name,), text=text)
        for i, (name, heading, text) in enumerate(texts)
    ]
    directory = publish(tmp_path, "r1", found, BagEncoder(), sheets)
    few = open_revision(directory)
    assert not few.sheets and not few.document_scores(terms("truite")).any()
    monkeypatch.setattr("knowledge.revision.SHEETS_FROM", 2)
    revision = open_revision(directory)
    whole = revision.document_scores(terms("délai pour la truite"))
    assert whole[3] == whole[2] > whole[1] == whole[0]
    part = revision.lexical_scores(terms("truite"))
    assert part[3] == 0.0
    assert not revision.document_scores(terms("zzz")).any()
    assert revision.sheets


def test_one_document_or_one_passage_each_is_not_looked_at_as_a_whole(root: Path) -> None:
    directory = current(root)
    assert directory is not None
    assert not (directory / "lexical-documents").exists()  # eight passages of five documents
    assert not open_revision(directory).document_scores(terms("contrat")).any()
    assert not open_revision(directory).sheets
