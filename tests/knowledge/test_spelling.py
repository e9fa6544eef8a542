"""Misspelt words: what is repaired, what is left, and which words of noted questions are slips."""

from __future__ import annotations

import pytest

from knowledge.spelling import Speller, slips, sound


def test_typos_are_repaired_but_known_words_are_not() -> None:
    speller = Speller({"soumission": 5, "demarrage": 3, "permet": 1}, {"permis"})
    assert speller.repair("soumision") == "soumission"
    assert speller.repair("demarage") == "demarrage"
    assert speller.repair("permis") == "permis"
    assert speller.repair("xyz") == "xyz"
    assert speller.repair("lasoumission") == "lasoumission"
    assert speller.repair("dsoumission") == "soumission"  # no apostrophe
    assert speller.repair("emarrage") == "demarrage"


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("nouvo", "nouveau"),
        ("kontra", "contrat"),
        ("otorizasion", "autorisation"),
        ("fourniceur", "fournisseur"),
        ("portaille", "portail"),
        ("sertifikasion", "certification"),
        ("bezoin", "besoin"),
        ("jestion", "gestion"),
        ("filosofi", "philosophie"),
    ],
)
def test_words_written_by_their_sound(heard: str, written: str) -> None:
    assert sound(heard) == sound(written)
    assert Speller({written: 4, "autre": 9}, ()).repair(heard) == written


@pytest.mark.parametrize(
    ("one", "other"),
    [("contrat", "contact"), ("achat", "accès"), ("prix", "pris"), ("sécurité", "sûreté")],
)
def test_other_sounds_are_other_words(one: str, other: str) -> None:
    # « prix » and « pris » do sound alike; too short for that to say anything
    assert sound(one) != sound(other) or len(sound(one)) < 4


def test_the_commoner_of_two_words_that_sound_alike() -> None:
    assert Speller({"kontrat": 1, "contrat": 9}, ()).repair("quontra") == "contrat"


def test_slips_are_much_rarer_than_the_word_they_stand_for() -> None:
    written = {"contrat": 50, "courriel": 20, "courrier": 1}
    asked = {"contart": 4, "couriel": 2, "courrier": 2, "contrat": 9, "contrats": 1, "lot": 1}
    assert slips(asked, written) == {"contart", "couriel"}
    assert slips({"contart": 10}, written) == set()  # too common to be a slip
    assert slips({}, {}) == set()


def test_inflections_and_other_letters_are_no_slips() -> None:
    written = {"cadre": 80, "signe": 80, "passer": 80, "conclure": 80}
    assert slips({"carre": 2, "sigle": 2, "passe": 2, "conclut": 2}, written) == set()
