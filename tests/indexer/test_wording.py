"""How what is asked of the documents is worded: learnt, bounded, kept with its revision."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from indexer import wording as learning
from indexer.build import build
from indexer.wording import learnt, wording_of
from knowledge.index import current, open_revision
from knowledge.phrases import Problem
from knowledge.revision import Revision
from knowledge.views import View
from knowledge.wording import FILE, MOST, SIZE, counted, read
from tests.indexer.conftest import CORPUS, HashEncoder

ASKED = ["qui signe le contrat", "délai de signature du contrat", "où envoyer le contrat signé"]
OTHERS = ["qui a gagné le match", "recette de pâté chinois", "délai de livraison de la pizza"]


def views(asked: list[str], others: list[str]) -> list[View]:
    return [
        *(View(passage=0, kind="question", text=text) for text in asked),
        *(View(passage=-1, kind="offtopic", text=text) for text in others),
    ]


def opened(root: Path) -> Revision:
    directory = current(root)
    assert directory is not None
    return open_revision(directory)


def test_what_is_worded_like_the_noted_questions_scores_higher() -> None:
    model = learnt(ASKED, OTHERS)
    assert model.score("quand envoyer le CONTRAT signé ?") > 0 > model.score("une recette de pizza")
    assert model.score("?!") == 0.0
    assert abs(model.score("zzz " * 50)) <= MOST
    same = learnt(ASKED, OTHERS)
    assert np.array_equal(model.weights, same.weights) and model.digest == same.digest


def test_a_pair_of_words_counts_as_one_more() -> None:
    assert len(counted("le contrat")) == 3
    assert counted("contrat contrat") != counted("contrat")


def test_the_score_never_passes_its_bounds() -> None:
    model = learnt(ASKED, OTHERS)
    loud = dataclasses.replace(model, weights=model.weights * 1e6)
    assert loud.score("contrat signé") == MOST
    assert loud.score("recette de pizza") == -MOST


def test_nothing_is_learnt_from_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wording_of(views(ASKED, OTHERS), None) is None
    monkeypatch.setattr(learning, "FEWEST", 3)
    assert wording_of(views(ASKED, OTHERS), None) is not None
    assert wording_of(views(ASKED, OTHERS[:2]), None) is None


def test_it_is_kept_and_taken_again_while_the_texts_are_the_same(
    tmp_path: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "index"
    build([CORPUS], root, encoder, created="2026-11-28T10:00:00+00:00")
    first = opened(root).wording
    assert first is not None and first.rarity.shape == (SIZE,)
    assert first.score("qui signe le contrat spécifique") > first.score("recette de pâté chinois")
    learnt_anew: list[int] = []

    def counting(asked: list[str], others: list[str]) -> object:
        learnt_anew.append(len(asked))
        return learnt(asked, others)

    monkeypatch.setattr(learning, "learnt", counting)
    (tmp_path / "note.md").write_text("# Note\n\nUne note de plus.\n", encoding="utf8")
    again = build(
        [CORPUS, tmp_path / "note.md"], root, encoder, created="2026-11-28T11:00:00+00:00"
    )
    assert not again.unchanged and learnt_anew == []
    kept = opened(root).wording
    assert kept is not None and np.array_equal(kept.weights, first.weights)


def test_documents_without_noted_questions_have_none(tmp_path: Path, encoder: HashEncoder) -> None:
    sheet = tmp_path / "permis.md"
    sheet.write_text("# 1. Permis\n\nLe permis se renouvelle en ligne.\n", encoding="utf8")
    build([sheet], tmp_path / "index", encoder, created="2026-11-28T10:00:00+00:00")
    assert opened(tmp_path / "index").wording is None


def test_a_model_of_another_size_is_damage(tmp_path: Path) -> None:
    model = learnt(ASKED, OTHERS)
    dataclasses.replace(model, weights=model.weights[:10]).write(tmp_path)
    with pytest.raises(ValueError, match="size"):
        read(tmp_path)


def test_a_changed_model_is_refused(tmp_path: Path, encoder: HashEncoder) -> None:
    build([CORPUS], tmp_path, encoder, created="2026-11-28T10:00:00+00:00")
    directory = current(tmp_path)
    assert directory is not None
    path = directory / FILE
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(Problem, match="index"):
        open_revision(directory)
