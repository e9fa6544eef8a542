"""The smaller parts of the training."""

from pathlib import Path

import numpy as np
import torch

from indexer.training.corpus import corpus_pairs
from indexer.training.data import Pair, Parallel
from indexer.training.losses import info_nce
from indexer.training.negatives import groups
from indexer.training.noise import as_question, noisy, typos
from indexer.training.selection import cut
from indexer.training.sheets import HELD_OUT, TRAINED, held_out, sheet_pairs, sheets
from indexer.training.state import Stage
from indexer.training.tokens import Ragged, train_tokenizer


def test_noise_is_seeded_and_keeps_short_words() -> None:
    text = "qu'est-ce que l'offre prévoit pour les organismes ?"
    once = [noisy(text, np.random.default_rng(i)) for i in range(20)]
    assert once == [noisy(text, np.random.default_rng(i)) for i in range(20)]
    assert len(set(once)) > 10
    assert typos("les prix du mois", np.random.default_rng(0)) == "les prix du mois"


def test_a_heading_becomes_a_question() -> None:
    asked = {as_question("Créer une facture", np.random.default_rng(i)) for i in range(40)}
    assert "comment créer une facture ?" in asked
    assert as_question("Qui signe ?", np.random.default_rng(0)) == "Qui signe ?"


def test_every_pair_is_in_one_group_and_no_group_repeats_a_passage() -> None:
    pairs = [Pair(f"contrat numéro {i}", f"Le contrat {i % 7} est signé.") for i in range(21)]
    found = groups(pairs, seed=0)
    assert sorted(int(row) for group in found for row in group) == list(range(21))
    for group in found:
        passages = [pairs[int(row)].passage for row in group]
        assert len(set(passages)) == len(passages)


def test_no_sheet_is_both_trained_on_and_held_out() -> None:
    trained, held = sheets(TRAINED), sheets(HELD_OUT)
    assert not {sheet.body for sheet in trained} & {sheet.body for sheet in held}
    assert all(sheet.questions and sheet.body for sheet in (*trained, *held))
    asked, gold, passages = held_out()
    assert all(asked[row] in held[gold[row]].questions for row in range(len(asked)))
    assert passages[gold[-1]] == held[-1].text()
    pairs = sheet_pairs()
    assert not {pair.query for pair in pairs} & set(asked)
    first = trained[0]
    assert [pair.passage for pair in pairs[:3]] == [
        first.body,
        f"{first.heading}. {first.body}",
        first.text(),
    ]


def test_an_excluded_target_does_not_count_as_wrong() -> None:
    queries = torch.eye(2)
    targets = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    excluded = torch.tensor([[False, True], [True, False]])
    assert info_nce(queries, targets, 0.05, excluded) < 1e-6
    assert info_nce(queries, targets, 0.05) > 0.6


def test_a_long_pair_is_cut_at_the_same_share() -> None:
    pair = cut(Parallel(" ".join("abcdefghij"), " ".join("ABCDEFGHIJKLMNOPQRST"), "laws"), 5)
    assert pair.en == "a b c d e"
    assert pair.fr == "A B C D E F G H I J"


def test_apostrophes_accents_and_capitals_make_no_difference(tmp_path: Path) -> None:
    texts = ["L’offre d'été est à l'essai", "Le cœur de l'offre"] * 4
    tokenizer = train_tokenizer(texts, 120, tmp_path / "tokenizer.json")
    wanted = tokenizer.encode("l'offre d'été au cœur").ids
    assert tokenizer.encode("L’OFFRE D ete au coeur").ids == wanted
    ragged = Ragged(tokenizer, texts, 6)
    ids, mask = ragged.padded(np.array([0, 1]))
    assert ids.shape == mask.shape == (2, 6)
    assert ids[0, -1] == tokenizer.token_to_id("[SEP]")


def test_a_damaged_or_foreign_checkpoint_counts_as_none(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "distil", "digest")
    stage.save({"step": 3})
    kept = stage.restore()
    assert kept is not None
    assert kept["step"] == 3
    assert Stage(tmp_path, "distil", "another").restore() is None
    (stage.path / "checkpoint.pt").write_bytes(b"damaged")
    assert stage.restore() is None


def test_the_shipped_documents_give_pairs_with_their_heading(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# Titre\n\n## 1. Délai\n<!-- page: 2 -->\n<!-- questions:\n- combien de temps\n"
        "- how long\n-->\nDix jours.\n\nOuvrables.\n\n<!-- questions:\n- qui\n-->\nLe client.\n",
        "utf-8",
    )
    assert corpus_pairs(tmp_path) == [
        Pair("combien de temps", "1. Délai Dix jours. Ouvrables."),
        Pair("how long", "1. Délai Dix jours. Ouvrables."),
        Pair("qui", "1. Délai Le client."),
    ]
