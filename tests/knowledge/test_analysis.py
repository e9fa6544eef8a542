from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.analysis import fold, looks_english, terms, words
from knowledge.views import sentences


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Délai", "DELAI"),
        ("l’entente-cadre", "entente cadre"),
        ("jusqu’à la signature", "jusqu'a la signature"),
        ("contrats spécifiques", "contrat specifique"),
        ("qu’est-ce que l’œuvre", "oeuvre"),
    ],
)
def test_spelling_variants_share_their_stems(one: str, other: str) -> None:
    assert set(terms(other)) <= set(terms(one))


def test_section_numbers_and_addresses_stay_whole_and_in_parts() -> None:
    assert "3.4.4" in terms("voir 3.4.4")
    found = terms("courtier.infonuagique@itq.gouv.qc.ca")
    assert "courtier.infonuagique@itq.gouv.qc.ca" in found
    assert "itq" in found


def test_elision_is_cut() -> None:
    assert words("l'avenant d’ITQ") == ["avenant", "itq"]


@pytest.mark.parametrize("text", ["How long do we keep the contract?", "who should I email"])
def test_english_is_told_from_french(text: str) -> None:
    assert looks_english(text)


@pytest.mark.parametrize("text", ["combien de temps garder le contrat", "adresse du CEI", "POC"])
def test_french_and_stubs_are_not_english(text: str) -> None:
    assert not looks_english(text)


@given(st.text(max_size=300))
def test_any_text_is_analysed_and_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(words(text))
    terms(text)


@given(st.text(alphabet="aB .!?\n«»é3", max_size=200))
def test_sentences_cover_the_text_in_order(text: str) -> None:
    spans = sentences(text)
    assert all(a < b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    covered = "".join(text[a:b] for a, b in spans)
    assert "".join(covered.split()) == "".join(text.split())


def test_abbreviations_and_article_numbers_do_not_end_a_sentence() -> None:
    text = "L’art. 48 du RCTI s’applique au contrat (réf. 3.4). Une autorisation est requise."
    assert [text[a:b] for a, b in sentences(text)] == [
        "L’art. 48 du RCTI s’applique au contrat (réf. 3.4).",
        "Une autorisation est requise.",
    ]


def test_ordinary_sentences_are_cut() -> None:
    text = "Le Courtier agit à titre de facilitateur. Il a plusieurs fonctions. Voir M. Roy."
    assert len(sentences(text)) == 3
